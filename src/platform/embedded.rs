//! A private Postgres cluster for `kada dev`.
