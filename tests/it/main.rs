//! One binary for all integration tests.
#![expect(
    clippy::too_many_lines,
    clippy::format_collect,
    clippy::match_same_arms,
    clippy::needless_pass_by_value,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::cast_possible_wrap,
    clippy::unused_self,
    clippy::assigning_clones,
    clippy::cloned_ref_to_slice_refs,
    reason = "a test reads from top to bottom, with its tables; what it costs matters little"
)]

mod access;
mod architecture;
mod cache;
mod cadres;
mod commands;
mod configuration;
mod cost;
mod credentials;
mod dialect;
mod embedded;
mod establishment;
mod forms;
mod guards;
mod house;
mod http;
mod identity;
mod ihris;
mod indicators;
mod interop;
mod isolation;
mod ledger;
mod load;
mod migrations;
mod places;
mod plans;
mod support;
mod telemetry;
mod workforce;
