//! What is given about records that may be one person's.

use async_graphql::{Enum, ID, InputObject};
use serde::{Deserialize, Serialize};

use crate::graphql::{ActInput, Command, Day, id};
use crate::kernel::{DuplicateId, Invalid};
use crate::workforce::graphql::Sex;
use crate::workforce::graphql::inputs::{ContactInput, IdentifierInput, contacts, identifiers};
use crate::workforce::{MergeWorkers, Stranger, Taken, UnmergeWorkers};

/// Somebody who may be on the register.
#[derive(InputObject)]
pub struct PersonInput {
    /// The family name, or the only name.
    family_name: String,
    /// The given names; absent for those with a single name.
    given_names: Option<String>,
    /// Sex.
    sex: Sex,
    /// The birth date, where known.
    birth_date: Option<Day>,
    /// At most 20.
    #[graphql(default)]
    identifiers: Vec<IdentifierInput>,
    /// At most 20.
    #[graphql(default)]
    contacts: Vec<ContactInput>,
}

impl PersonInput {
    pub(super) fn read(self) -> Stranger {
        Stranger {
            family_name: self.family_name,
            given_names: self.given_names.unwrap_or_default(),
            sex: self.sex.into(),
            birth_date: self.birth_date.map(|Day(day)| day),
            identifiers: identifiers(&self.identifiers),
            contacts: contacts(&self.contacts),
        }
    }
}

/// What the kept record can take from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(remote = "Taken")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PersonPart {
    /// Family name and given names.
    Name,
    /// Sex.
    Sex,
    /// The birth date.
    BirthDate,
}

/// Two records of one person. What only one of them has, the kept record has; where they differ, what it has stays, but
/// for what is taken.
#[derive(InputObject, Serialize)]
pub struct MergeWorkersInput {
    /// The record that is kept.
    keep: ID,
    /// The version of it that you saw.
    keep_version: i32,
    /// The record that goes into it; its id names the kept record from then on.
    absorb: ID,
    /// The version of it that you saw.
    absorb_version: i32,
    /// What the record that goes has right.
    #[graphql(default)]
    take: Vec<PersonPart>,
    /// Say what would become of them, and change nothing; such an answer is not remembered under the key.
    // A merge that was remembered before there were dry runs is still the same merge.
    #[graphql(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A record to be two again.
#[derive(InputObject, Serialize)]
pub struct UnmergeWorkersInput {
    /// The id of the record that went into another.
    absorbed: ID,
    /// The version of the other that you saw.
    base_version: i32,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A pair of records that are two people's.
#[derive(InputObject, Serialize)]
pub struct DismissDuplicateInput {
    /// The pair.
    duplicate: ID,
    /// How one knows; at most 500 characters.
    because: String,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A search through the register.
#[derive(InputObject, Serialize)]
pub struct SearchDuplicatesInput {
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl Command for MergeWorkersInput {
    type Read = MergeWorkers;

    fn read(&self) -> Result<MergeWorkers, Invalid> {
        Ok(MergeWorkers {
            keep: id("input.keep", &self.keep)?,
            keep_version: self.keep_version,
            absorb: id("input.absorb", &self.absorb)?,
            absorb_version: self.absorb_version,
            take: self.take.iter().map(|it| (*it).into()).collect(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for UnmergeWorkersInput {
    type Read = UnmergeWorkers;

    fn read(&self) -> Result<UnmergeWorkers, Invalid> {
        Ok(UnmergeWorkers {
            absorbed: id("input.absorbed", &self.absorbed)?,
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

impl Command for DismissDuplicateInput {
    type Read = (DuplicateId, String);

    fn read(&self) -> Result<(DuplicateId, String), Invalid> {
        Ok((
            id("input.duplicate", &self.duplicate)?,
            self.because.clone(),
        ))
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}
