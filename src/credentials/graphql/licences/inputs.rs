//! What mutations of registrations and licences take.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::objects::Ruling;
use crate::credentials::{DecideOnLicence, IssueLicence, RecordRegistration, RenewLicence};
use crate::graphql::{ActInput, Command, Day, id};
use crate::kernel::Invalid;

/// That a council has somebody on its register.
#[derive(InputObject, Serialize)]
pub struct RecordRegistrationInput {
    /// The worker.
    worker: ID,
    /// As what: a cadre, no group.
    cadre: ID,
    /// The council, at most 200 characters; absent: the one that licenses the cadre.
    council: Option<String>,
    /// The number there, at most 60 characters; spaces, points and hyphens do not make it another.
    number: String,
    /// Since when.
    registered_on: Day,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A licence to issue.
#[derive(InputObject, Serialize)]
pub struct IssueLicenceInput {
    /// The worker.
    worker: ID,
    /// What it lets its holder practise as: a cadre, no group.
    cadre: ID,
    /// The council, at most 200 characters; absent: the one that licenses the cadre.
    council: Option<String>,
    /// Its number, at most 60 characters; spaces, points and hyphens do not make it another.
    number: String,
    /// The first day.
    starts_on: Day,
    /// The last day.
    ends_on: Day,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A licence to go on.
#[derive(InputObject, Serialize)]
pub struct RenewLicenceInput {
    /// The licence.
    licence: ID,
    /// The first day of the new term; absent: the day after the last one.
    starts_on: Option<Day>,
    /// The last day of the new term.
    ends_on: Day,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What is decided about a licence.
#[derive(InputObject, Serialize)]
pub struct DecideOnLicenceInput {
    /// The licence.
    licence: ID,
    /// What is decided.
    ruling: Ruling,
    /// The first day on which it holds.
    from: Day,
    /// Why, by a code of the list `licence_reason`; to suspend and to revoke it is needed.
    reason: Option<String>,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl Command for RecordRegistrationInput {
    type Read = RecordRegistration;

    fn read(&self) -> Result<RecordRegistration, Invalid> {
        Ok(RecordRegistration {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            cadre: id("input.cadre", &self.cadre)?,
            council: self.council.as_deref().map(|it| it.trim().to_owned()),
            number: self.number.trim().to_owned(),
            registered_on: self.registered_on.0,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for IssueLicenceInput {
    type Read = IssueLicence;

    fn read(&self) -> Result<IssueLicence, Invalid> {
        Ok(IssueLicence {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            cadre: id("input.cadre", &self.cadre)?,
            council: self.council.as_deref().map(|it| it.trim().to_owned()),
            number: self.number.trim().to_owned(),
            starts_on: self.starts_on.0,
            ends_on: self.ends_on.0,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for RenewLicenceInput {
    type Read = RenewLicence;

    fn read(&self) -> Result<RenewLicence, Invalid> {
        Ok(RenewLicence {
            licence: id("input.licence", &self.licence)?,
            base_version: self.base_version,
            starts_on: self.starts_on.map(|Day(day)| day),
            ends_on: self.ends_on.0,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for DecideOnLicenceInput {
    type Read = DecideOnLicence;

    fn read(&self) -> Result<DecideOnLicence, Invalid> {
        Ok(DecideOnLicence {
            licence: id("input.licence", &self.licence)?,
            base_version: self.base_version,
            from: self.from.0,
            ruling: self.ruling.into(),
            reason: self.reason.clone(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}
