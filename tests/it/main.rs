//! One binary for all integration tests.

mod architecture;
mod configuration;
mod cost;
mod dialect;
mod embedded;
mod house;
mod http;
mod identity;
mod support;
mod workforce;
