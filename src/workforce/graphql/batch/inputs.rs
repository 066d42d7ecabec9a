//! What a batch is given.

use async_graphql::{InputObject, OneofObject};

use crate::workforce::Link;
use crate::workforce::graphql::inputs::{
    CorrectWorkerInput, EndPostingInput, PostWorkerInput, RegisterWorkerInput, TransferWorkerInput,
};
use crate::workforce::graphql::leave::RequestLeaveInput;
use crate::workforce::graphql::particulars::SaveParticularsInput;
use crate::workforce::graphql::submissions::{CorrectSubmissionInput, SubmitFormInput};

/// What an item of a batch does: what the mutation of that name does.
#[derive(OneofObject)]
pub enum BatchDeedInput {
    /// Put a person on the register.
    RegisterWorker(Box<RegisterWorkerInput>),
    /// Correct a person's record; merged with what others made of it, unless it says otherwise.
    CorrectWorker(Box<CorrectWorkerInput>),
    /// Say who a person is besides.
    SaveParticulars(Box<SaveParticularsInput>),
    /// Post a worker.
    PostWorker(Box<PostWorkerInput>),
    /// Transfer a worker.
    TransferWorker(Box<TransferWorkerInput>),
    /// End a posting.
    EndPosting(EndPostingInput),
    /// Ask for leave.
    RequestLeave(RequestLeaveInput),
    /// Answer a form.
    SubmitForm(Box<SubmitFormInput>),
    /// Correct an answer.
    CorrectSubmission(CorrectSubmissionInput),
}

/// One change, as the mutation of its name takes it.
#[derive(InputObject)]
pub struct BatchItemInput {
    /// Its idempotency key, 8 to 200 characters: of the same kind as `idempotencyKey`, so that what was sent by itself
    /// before is not done again.
    pub key: String,
    /// The keys of what it builds on, in this batch or sent before: it waits until all of that is done.
    #[graphql(default)]
    pub after: Vec<String>,
    /// What it does.
    #[graphql(name = "do")]
    pub deed: BatchDeedInput,
}

/// Changes that were written down without the network.
#[derive(InputObject)]
pub struct SubmitBatchInput {
    /// At most 500, in any order; whatever was done before is told again and not done twice.
    pub items: Vec<BatchItemInput>,
}

impl BatchItemInput {
    pub fn link(&self) -> Link<'_> {
        Link {
            key: &self.key,
            after: &self.after,
        }
    }
}
