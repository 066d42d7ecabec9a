//! The register as its users work with it.

mod careers;
mod duplicates;
mod handover;
mod leave;
mod lists;
pub mod office;
mod paths;
mod quality;
mod records;
mod refusals;
pub mod service;
