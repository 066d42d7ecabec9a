//! Ids on the wire are opaque; one that cannot be read is told apart from one that does not exist only by its kind.

use async_graphql::ID;

use crate::kernel::{Id, Invalid, Unfit};

/// Reads an id of one kind; `field` is its path in the input.
///
/// # Errors
/// Names the field when the text is not an id of this kind.
pub fn id<I: Id>(field: &str, id: &ID) -> Result<I, Invalid> {
    I::decode(id).map_err(|_| Invalid::new(field, Unfit::NotAnId))
}

/// # Errors
/// As [`id`].
pub fn optional_id<I: Id>(field: &str, given: Option<&ID>) -> Result<Option<I>, Invalid> {
    given.map(|given| id(field, given)).transpose()
}

/// Reads an id that a client has made: of its kind, and of version 7, as the service's own are.
///
/// # Errors
/// As [`id`], and for another version.
pub fn made_id<I: Id>(field: &str, given: Option<&ID>) -> Result<Option<I>, Invalid> {
    let given: Option<I> = optional_id(field, given)?;
    match given {
        Some(id) if !id.is_of_version_7() => Err(Invalid::new(field, Unfit::NotVersion7)),
        given => Ok(given),
    }
}
