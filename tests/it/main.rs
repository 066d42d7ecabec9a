//! One binary for all integration tests.

mod configuration;
mod embedded;
mod guards;
mod http;
mod identity;
mod ledger;
mod support;
mod workforce;
