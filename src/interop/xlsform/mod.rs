//! `XLSForm`: the spreadsheets in which ministries and their partners write forms for ODK and `KoboToolbox`.

mod book;
mod languages;
mod loss;
pub(super) mod names;
mod read;
mod write;
pub(super) mod xpath;

pub use loss::{Loss, LossCode, Losses, Spot};
pub use read::{NotAForm, Read, read};
pub use write::Written;
pub(in crate::interop) use write::write;

#[cfg(test)]
mod tests;
