pub mod database;
pub mod issuer;
