//! Forms that a ministry defines itself, in versions; and the answers to them.
//!
//! Writing forms is here and in `lifecycle.rs`; answering them, for a subject that the caller may see, in
//! `submission.rs`. Who the subjects are is known to those above: they bring it along.

mod answer;
mod configure;
mod definition;
mod evolution;
mod files;
mod form;
pub mod graphql;

mod handing;
mod lifecycle;
mod many;
mod preview;
mod refusal;
mod relocate;
mod store;
mod submission;

use std::sync::Arc;

pub use answer::{
    AnswerFault, ChangedAnswer, Circumstances, IndexedValue, LARGEST_ANSWER, Misfit, changed,
    indexed, parted, settle,
};
pub use configure::{FormRow, FormsConfiguration, configure};
pub use definition::{
    Choice, DEEPEST, Definition, Fault as DefinitionFault, Field, FieldKind, Flaw, LARGEST,
    LONGEST_RULE, Options, Range, Rule,
};
pub use evolution::{
    Carried, Change, ChangeClass, ChangeKind, Mapped, carry, compare, gravest, to_be_mapped,
};
pub use files::{StoredFile, Upload, UploadError, UploadObjection, content, file, upload};
pub use form::{Form, Forms, Stage, Subject, Version, is_form_code};
pub use handing::hand_over;
pub use lifecycle::{Publish, Retire, RollBack, SaveDraft, publish, retire, roll_back, save_draft};
pub use many::{Counting, amended, counting, entries, hand_in_all, hold};
pub use preview::{Example, Preview, preview};
pub use refusal::{FormObjection, FormRefusal, WriteError};
pub use relocate::relocate;
pub use submission::{
    About, Decision, HandIn, Status, Submission, SubmissionError, correct, hand_in, locked, review,
};

use crate::auth::{Actor, Permission};
use crate::kernel::{Instant, ReadError};
use crate::ledger::ActReference;
use crate::tenancy::Reader;

/// Who acts, when, and by what legal act.
pub struct Occasion<'a> {
    pub actor: &'a Actor,
    pub now: Instant,
    pub act: Option<ActReference>,
}

/// All forms of the country, as they are in this view of the data.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn all(db: &mut Reader<'_>, actor: &Actor) -> Result<Arc<Forms>, ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, forms) = db.current::<Forms>().await?;
    Ok(forms)
}
