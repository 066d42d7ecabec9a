//! One binary for all integration tests.

mod commands;
mod configuration;
mod embedded;
mod http;
mod identity;
mod support;
mod workforce;
