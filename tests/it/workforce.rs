//! The register as its users work with it.

mod careers;
mod lists;
pub mod office;
mod records;
mod refusals;
