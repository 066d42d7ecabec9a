//! What mutations of the crosswalk are given, and the codes with which they refuse.

use async_graphql::{Enum, ID, InputObject};
use serde::{Deserialize, Serialize};

use super::objects::Relation;
use crate::cadres::{self, ProposeMapping};
use crate::graphql::{ActInput, Day, id};
use crate::kernel::Invalid;

/// Why a mapping was not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProposeCadreMappingErrorCode {
    /// There is no such cadre.
    CadreNotFound,
    /// The cadre gathers others: map these.
    GathersCadres,
    /// The cadre is still to come on that day.
    CadreNotInForce,
    /// Another mapping of the cadre in this edition holds, or is proposed, from that day.
    AlreadyMapped,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// There is no such edition.
    UnknownEdition,
    /// No edition has this code.
    UnknownUnit,
    /// The code is one of another edition.
    OfAnotherEdition,
    /// A unit is named twice.
    NamedTwice,
    /// No unit, or more than ten.
    TooMany,
    /// One unit with a share, or several whose shares do not add up to 1.
    InvalidShares,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a mapping was neither approved nor rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewCadreMappingErrorCode {
    /// There is no such mapping.
    MappingNotFound,
    /// The mapping was approved or rejected already.
    AlreadyReviewed,
    /// Whoever proposed a mapping cannot approve it.
    OwnProposal,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// A unit that a cadre is to be mapped to.
#[derive(InputObject, Serialize)]
pub struct MappingTargetInput {
    /// The code of the unit.
    code: String,
    /// How the cadre stands to it.
    relation: Relation,
    /// The share of the cadre's people who are of it, from 0 to 1, with four decimals; with PARTIAL alone.
    share: Option<f64>,
}

/// What a cadre is to be in an edition of a classification from a day on.
#[derive(InputObject, Serialize)]
pub struct ProposeCadreMappingInput {
    /// The cadre.
    cadre: ID,
    /// The edition, without which a code means nothing: `isco-08`, `isco-88`, `kada-hub-1`.
    edition: String,
    /// The first day on which it holds.
    from: Day,
    /// One unit, or at most ten whose shares add up to 1.
    targets: Vec<MappingTargetInput>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A mapping to approve or to reject.
#[derive(InputObject, Serialize)]
pub struct ReviewCadreMappingInput {
    /// The mapping.
    pub mapping: ID,
    /// Whether it is to hold. Its author may only take it back.
    pub approve: bool,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ProposeCadreMappingInput {
    pub fn read(&self) -> Result<ProposeMapping, Invalid> {
        let targets = self.targets.iter().map(|it| cadres::Target {
            code: it.code.clone(),
            relation: it.relation.into(),
            share: it.share.map(ten_thousandths),
        });
        Ok(ProposeMapping {
            cadre: id("input.cadre", &self.cadre)?,
            edition: self.edition.clone(),
            from: self.from.0,
            targets: targets.collect(),
        })
    }
}

/// What is no share becomes one that no whole has.
#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded by the test before it"
)]
fn ten_thousandths(share: f64) -> i16 {
    let whole = (share * 10_000.0).round();
    if (1.0..10_000.0).contains(&whole) && (share * 10_000.0 - whole).abs() < 1e-6 {
        whole as i16
    } else {
        0
    }
}
