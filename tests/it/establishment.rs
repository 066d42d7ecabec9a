//! The establishment as a ministry keeps it: posts, norms, and what is missing.

pub mod desk;
mod gaps;
mod norms;
mod posts;
mod sorted;
