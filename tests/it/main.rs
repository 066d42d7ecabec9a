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
mod isolation;
mod ledger;
mod load;
mod migrations;
mod support;
mod workforce;
