//! What mutations of qualifications take.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::credentials::{CredentialId, Passed, RecordQualification, WithdrawCredential};
use crate::graphql::{ActInput, Command, id, optional_id};
use crate::kernel::{Invalid, Unfit};

/// A qualification to record, or one to correct.
#[derive(InputObject, Serialize)]
pub struct RecordQualificationInput {
    /// The worker.
    worker: ID,
    /// The one to correct, all of which is said anew; absent: a new one.
    qualification: Option<ID>,
    /// Its level, by a code of the list `qualification_level`.
    level: String,
    /// As it stands on the certificate, at most 200 characters.
    title: String,
    /// The main subject, where that is more than the title.
    #[graphql(default)]
    major: String,
    /// Where it was passed, at most 200 characters.
    institution: String,
    /// The country of the institution, by ISO 3166-1: `ML`.
    country: Option<String>,
    /// The year in which it was passed; absent while it is not, or not known.
    year: Option<i32>,
    /// The cadres that it lets its holder into, no groups; at most 20.
    #[graphql(default)]
    qualifies_for: Vec<ID>,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A credential that was entered by mistake.
#[derive(InputObject, Serialize)]
pub struct WithdrawCredentialInput {
    /// The qualification, registration, licence, training or clearance.
    credential: ID,
    /// Why it does not count, at most 500 characters.
    reason: String,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl Command for RecordQualificationInput {
    type Read = RecordQualification;

    fn read(&self) -> Result<RecordQualification, Invalid> {
        let cadres = self.qualifies_for.iter();
        let cadres = cadres.map(|it| id("input.qualifiesFor", it));
        Ok(RecordQualification {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            corrects: optional_id("input.qualification", self.qualification.as_ref())?,
            passed: Passed {
                level: self.level.clone(),
                title: self.title.trim().to_owned(),
                major: self.major.trim().to_owned(),
                institution: self.institution.trim().to_owned(),
                country: self.country.clone(),
                year: self.year,
                cadres: cadres.collect::<Result<_, _>>()?,
            },
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for WithdrawCredentialInput {
    type Read = WithdrawCredential;

    fn read(&self) -> Result<WithdrawCredential, Invalid> {
        let credential = CredentialId::decode(&self.credential);
        Ok(WithdrawCredential {
            credential: credential
                .ok_or_else(|| Invalid::new("input.credential", Unfit::NotAnId))?,
            reason: self.reason.trim().to_owned(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}
