//! The one integration binary.

mod identity;
mod support;
