//! Words every other module uses: ids, dates, text, pages, and the three ways in which a call can fail. No I/O.

mod changes;
mod clock;
mod error;
mod ids;
mod iso;
mod media;
mod page;
mod phone;
mod refusal;
mod text;

pub use changes::{Changes, FieldChange, ListChanges};
pub use chrono::NaiveDate as Date;
pub use clock::{AsOf, Clock, Instant, first_moment};
pub use error::{Denied, Fault, Invalid, ReadError, Unfit};
pub use ids::{
    AttendanceId, CadreId, ChangeRequestId, ConflictId, CourseId, DocumentId, DuplicateId,
    FacilityId, FileId, FormId, Id, IdError, LeaveId, LicenceId, MappingId, NormId, OrgUnitId,
    PhotoId, PostId, PostingId, ProposalId, QualificationId, RegistrationId, ServiceEntryId,
    SessionId, SpotCheckId, SubmissionId, TenantCode, VettingId, WorkerId,
};
pub use iso::{is_country, is_language};
pub use media::{FILE_WAITS, LARGEST_FILE, LARGEST_FILES_WAITING, MOST_FILES_WAITING, MediaType};
pub use page::{Page, PageRequest, admits};
pub use phone::{E164, PhoneError};
pub use refusal::{Reason, Refusal, WriteError};
pub use text::{LabelFlaw, Languages, Text, fold};

/// The two services whose workforce one register holds side by side.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Sector {
    /// Health services.
    Health,
    /// Social services: welfare, protection, community development.
    Social,
}

impl Sector {
    pub const ALL: [Sector; 2] = [Sector::Health, Sector::Social];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sector::Health => "health",
            Sector::Social => "social",
        }
    }
}

impl std::str::FromStr for Sector {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "health" => Ok(Sector::Health),
            "social" => Ok(Sector::Social),
            _ => Err(Invalid::new("sector", Unfit::NotASector)),
        }
    }
}
