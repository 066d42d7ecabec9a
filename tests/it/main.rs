//! One binary for all integration tests.

mod access;
mod architecture;
mod commands;
mod configuration;
mod cost;
mod dialect;
mod embedded;
mod guards;
mod house;
mod http;
mod identity;
mod ledger;
mod support;
mod workforce;
