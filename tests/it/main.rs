//! One binary for all integration tests.

mod embedded;
mod http;
mod identity;
mod support;
