//! One binary for all integration tests.

mod access;
mod commands;
mod configuration;
mod embedded;
mod guards;
mod http;
mod identity;
mod ledger;
mod support;
mod workforce;
