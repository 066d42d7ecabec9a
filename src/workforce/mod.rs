//! Who works: persons and their postings.

mod load;

pub use load::{NewContact, NewIdentifier, NewPosting, NewWorker, Sex, is_any_registered, load};
