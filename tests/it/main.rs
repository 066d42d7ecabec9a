//! One binary for all integration tests.

mod http;
mod support;
