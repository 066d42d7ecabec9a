//! Forms that a ministry writes itself.

mod answers;
mod budgets;
mod definitions;
pub mod desk;
mod files;
mod filters;
mod hostile;
mod judged;
mod lifecycle;
mod properties;
mod stale;
