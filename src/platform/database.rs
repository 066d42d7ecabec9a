//! Postgres addresses.
