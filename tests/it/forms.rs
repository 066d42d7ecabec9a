//! Forms that a ministry writes itself.

mod answers;
mod budgets;
mod definitions;
pub mod desk;
mod filters;
mod judged;
mod lifecycle;
mod properties;
