//! What the tests lean on.

pub mod issuer;
pub mod raw;
