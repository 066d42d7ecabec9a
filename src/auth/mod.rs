//! Who calls: a bearer token becomes a [`Caller`]; its roles become permissions, its claims a scope.

mod actor;
mod role;

pub use actor::{Actor, Caller};
pub use role::{Permission, Role};
