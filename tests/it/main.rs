//! One binary for all integration tests.

mod configuration;
mod embedded;
mod http;
mod identity;
mod support;
mod workforce;
