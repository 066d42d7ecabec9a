//! A transfer that one side proposes and the other decides on. No SQL, no clock.

use crate::kernel::{CadreId, Date, FacilityId, Instant, ProposalId, WorkerId};
use crate::ledger::{ActReference, Standing, Verb};
use crate::workforce::{Lists, PersonName, Reach, TransferWorker};

/// How far a proposal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalStatus {
    /// It waits for the receiving side.
    Pending,
    /// It was never decided on, and the posting that it would have ended has an end: the worker moved or left meanwhile.
    Overtaken,
    Accepted,
    Declined,
    /// Taken back by the releasing side.
    Withdrawn,
}

impl ProposalStatus {
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Overtaken,
        Self::Accepted,
        Self::Declined,
        Self::Withdrawn,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Overtaken => "overtaken",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Which of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where the worker serves when it is proposed.
    Releasing,
    /// Where the worker is to serve.
    Receiving,
}

/// What becomes of a proposal that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Decline,
    Withdraw,
}

impl Decision {
    /// Whose it is to say.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Accept | Self::Decline => Side::Receiving,
            Self::Withdraw => Side::Releasing,
        }
    }

    #[must_use]
    pub fn status(self) -> ProposalStatus {
        match self {
            Self::Accept => ProposalStatus::Accepted,
            Self::Decline => ProposalStatus::Declined,
            Self::Withdraw => ProposalStatus::Withdrawn,
        }
    }

    pub(super) fn verb(self) -> Verb {
        match self {
            Self::Accept => Verb::AcceptTransfer,
            Self::Decline => Verb::DeclineTransfer,
            Self::Withdraw => Verb::WithdrawTransfer,
        }
    }
}

/// A transfer, with all that the receiving side needs of a worker who is not theirs yet.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub id: ProposalId,
    pub worker: WorkerId,
    pub name: PersonName,
    pub from: FacilityId,
    pub from_cadre: CadreId,
    pub to: FacilityId,
    /// The first day there.
    pub on: Date,
    pub cadre: CadreId,
    pub employment_type: String,
    pub supervisor: Option<FacilityId>,
    /// Why the old posting would end.
    pub reason: String,
    pub status: ProposalStatus,
    pub proposed_by: String,
    pub proposed_at: Instant,
    pub decided_by: Option<String>,
    pub decided_at: Option<Instant>,
    pub comment: Option<String>,
    pub act: Option<ActReference>,
    pub version: i32,
}

impl Proposal {
    /// The unit and the sector of a side, by the places of today.
    #[must_use]
    pub fn standing(&self, side: Side, lists: &Lists) -> Option<Standing> {
        let (facility, cadre) = match side {
            Side::Releasing => (self.from, self.from_cadre),
            Side::Receiving => (self.to, self.cadre),
        };
        Some(Standing {
            unit: lists.places_today.facility(facility)?.unit,
            sector: lists.cadres.get(cadre)?.sector,
        })
    }

    /// Whether a caller works for a side.
    #[must_use]
    pub fn is_on(&self, side: Side, reach: &Reach, lists: &Lists) -> bool {
        let standing = self.standing(side, lists);
        standing.is_some_and(|it| reach.admits_place(it.unit, it.sector))
    }

    /// The transfer that it comes to when it is accepted.
    pub(super) fn transfer(&self) -> TransferWorker {
        TransferWorker {
            worker: self.worker,
            posting: None,
            to: self.to,
            on: self.on,
            cadre: Some(self.cadre),
            employment_type: Some(self.employment_type.clone()),
            salary_grade: None,
            supervisor: self.supervisor,
            reason: Some(self.reason.clone()),
            base_version: None,
        }
    }
}
