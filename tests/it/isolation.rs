//! Countries apart: whatever a caller names that is not theirs answers as if it were nowhere.
//!
//! [`calls`] reads the schema itself, so that a field that appears tomorrow is either tried or fails these tests.

mod calls;
mod hostile;
mod neighbours;
mod scope;
mod sql;
mod subtree;
