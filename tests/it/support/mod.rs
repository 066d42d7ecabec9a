//! What the tests lean on.

pub mod database;
pub mod issuer;
pub mod node;
pub mod raw;
pub mod redis;
pub mod world;
