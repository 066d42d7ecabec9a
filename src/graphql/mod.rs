//! The dialect every domain speaks: ids, scalars, connections, refusals as data, guards. No domain word.

mod act;
mod connection;
mod error;
mod guard;
mod ids;
pub mod limits;
mod messages;
mod mutation;
mod outside;
mod request;
mod scalars;
mod viewer;
mod written;

pub use act::{Act, ActInput};
pub use connection::{Connection, Cursors, Paging, Total, connection, cursor, page_after, page_of};
pub use error::{bad_input, nullable, refuse};
pub use guard::{PersonalKind, check, guarded, personal};
pub use ids::{id, made_id, optional_id};
pub use messages::message;
pub use mutation::{
    ACT_DOCUMENT_NOT_FOUND, Answer, Beginning, Command, Ended, Refused, Told, UserErrorOf,
    answered, begin, conflict, rehearsed, settle, try_begin, try_settle, user_errors,
};
pub use outside::from_json;
pub use request::{Request, request};
pub use scalars::{Day, Json, LocalizedText, LocalizedTextInput, SectorName, Upload, labels, text};
pub use viewer::{Viewer, ViewerQuery};
pub use written::{Chosen, Fields, Written, list, object};
