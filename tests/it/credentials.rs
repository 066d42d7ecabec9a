//! Credentials: what people have passed, may practise and were taught, as the register keeps it.

pub mod desk;
mod licences;
mod many;
mod providers;
mod qualifications;
mod trainings;
mod vettings;
