//! One binary for all integration tests.

mod configuration;
mod embedded;
mod http;
mod identity;
mod isolation;
mod load;
mod migrations;
mod support;
mod workforce;
