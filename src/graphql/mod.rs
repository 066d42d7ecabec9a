//! (skeleton)

pub mod limits;
