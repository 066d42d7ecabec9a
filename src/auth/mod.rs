//! Who calls: a bearer token becomes a [`Caller`]; its roles become permissions, its claims a scope.
//!
//! `verifier` leads: `token` reads and checks the token, `jwks` keeps the issuer's `keys`, `claims` maps what
//! the issuer says to what Kada knows.

mod actor;
mod claims;
mod development;
mod jwks;
mod keys;
mod role;
mod token;
mod verifier;

pub use actor::{Actor, Caller};
pub use development::DevelopmentIssuer;
pub use role::{Permission, Role, UnknownRole, WHOLE_RECORD};
pub use verifier::{Realm, Refused, Unauthorized, Verified, Verifier};
