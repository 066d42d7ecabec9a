//! The one integration binary.

mod configuration;
mod identity;
mod support;
