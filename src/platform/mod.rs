//! What any service needs and no ministry would recognise: configuration, Postgres, Redis, telemetry. No domain word.

pub mod config;
pub mod database;
pub mod embedded;
pub mod redis;
pub mod shutdown;
pub mod telemetry;
pub mod tls;
