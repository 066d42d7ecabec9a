//! What an operator types.

pub mod apply;
pub mod folder;
pub mod sample;
