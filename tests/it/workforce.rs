//! The register as its users work with it.

pub mod approvals;
mod away;
mod careers;
mod clerks;
mod conflicts;
mod documents;
mod duplicates;
mod handover;
mod leave;
mod lists;
pub mod office;
pub mod offline;
mod particulars;
mod paths;
pub mod photos;
mod quality;
mod records;
mod refusals;
mod rehearsed;
pub mod service;
mod year;
