//! Kada: one GraphQL backend for the health and social-service workforce registries of many countries.
//! The modules stand in tiers; an import points down, never up (`tests/it/architecture.rs`).

pub mod kernel;

pub mod platform;

pub mod tenancy;

pub mod auth;

pub mod ledger;

pub mod graphql;

pub mod places;

pub mod cadres;

pub mod forms;

pub mod workforce;

pub mod credentials;

pub mod establishment;

pub mod indicators;

pub mod interop;

pub mod api;

pub mod cli;
