//! Why a change of a record is refused. Each mutation offers its own part of these as its codes.

use serde_json::Value;

use super::{CareerFault, Conflict, LONGEST_LEAVE, Likely, Overtaken, PhotoFault};
use crate::forms::{AnswerFault, LARGEST_ANSWER};
use crate::kernel::{self, Date, Fault, Reason, WorkerId};

/// One thing that is wrong, and where in the input.
pub type Refusal = kernel::Refusal<Objection>;

/// How a change can fail.
pub type WriteError = kernel::WriteError<Objection>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Objection {
    #[error("there is no such worker")]
    WorkerNotFound,
    #[error("there is no such posting")]
    PostingNotFound,
    #[error("there is no such org unit")]
    OrgUnitNotFound,
    #[error("there is no such facility")]
    FacilityNotFound,
    #[error("there is no such supervising office")]
    SupervisorNotFound,
    #[error("there is no such cadre")]
    CadreNotFound,
    #[error("{0} is a group of cadres")]
    CadreIsAGroup(String),
    #[error("{0} takes nobody then")]
    CadreNotInForce(String),
    #[error("no career step leads there from {0}")]
    NoCareerStep(String),
    #[error("the place is outside the caller's scope")]
    OutsideYourScope,
    #[error("the name is none")]
    InvalidName,
    #[error("the birth date is out of range")]
    InvalidBirthDate,
    #[error("{0} is not a telephone number")]
    InvalidPhone(String),
    #[error("{0} is not an e-mail address")]
    InvalidEmail(String),
    #[error("{0} is no type of identifier")]
    UnknownIdentifierType(String),
    #[error("{value} is not written like a {type_code}")]
    InvalidIdentifier { type_code: String, value: String },
    #[error("another person has this identifier")]
    IdentifierTaken,
    #[error("the id names something already")]
    IdTaken,
    #[error("there is no such conflict")]
    ConflictNotFound,
    #[error("somebody has decided on the conflict")]
    ConflictDecided,
    #[error("the conflict changed since it was read")]
    ConflictChanged,
    #[error("{0} is no term of employment")]
    UnknownEmploymentType(String),
    #[error("{0} is no departure reason")]
    UnknownReason(String),
    #[error("at most {0}")]
    TooMany(usize),
    #[error("another primary posting covers that day")]
    Overlaps,
    #[error("this is needed and not there")]
    Missing,
    #[error("{0} names several")]
    Ambiguous(String),
    #[error("nothing says who this is: neither an identifier nor name and birth date")]
    NobodyNamed,
    #[error("the form is answered no more")]
    NotAnswerable,
    #[error("the form {form} does not take this answer")]
    Answer {
        form: String,
        /// The path of the field.
        path: String,
        fault: AnswerFault,
    },
    #[error("somebody else fills the post on one of these days")]
    PostFilled,
    #[error("the posting fills a post already")]
    FillsAPost,
    #[error("the posting fills no post")]
    FillsNoPost,
    #[error("people on the register may be the same person")]
    LikelyDuplicate(Vec<Likely>),
    #[error("there is no such pair of records")]
    DuplicateNotFound,
    #[error("the reason is none")]
    InvalidReason,
    #[error("somebody has said that they are two people")]
    AlreadyDecided,
    #[error("both are one record")]
    SameRecord,
    #[error("what hangs on both records cannot stand side by side")]
    RecordsClash,
    #[error("the record did not go into another")]
    NotMerged,
    #[error("another record went into the same one later")]
    LaterMerge(WorkerId),
    #[error("what was set aside finds its place taken")]
    PlaceTaken,
    #[error("there is no such proposal")]
    ProposalNotFound,
    #[error("another transfer of the worker waits for its receiving side")]
    AlreadyProposed,
    #[error("the proposal has been decided on")]
    NotPending,
    #[error("the worker moved or left after it was proposed")]
    Overtaken,
    #[error("the proposal changed since it was read")]
    ProposalChanged,
    #[error("there is no such leave")]
    LeaveNotFound,
    #[error("{0} is no type of leave")]
    UnknownLeaveType(String),
    #[error("the last day is before the first")]
    EndsBeforeItStarts,
    #[error("that is more days than a leave may have")]
    LeaveTooLong,
    #[error("the worker holds no posting on {0}")]
    NotServing(Date),
    #[error("none of the days is worked")]
    NoWorkingDay,
    #[error("approved leave takes in one of the days")]
    LeaveOverlaps,
    #[error("only {left} days are left in {year}")]
    BalanceExceeded { year: i32, left: i64 },
    #[error("whoever asked for leave cannot decide on it")]
    OwnRequest,
    #[error("the leave has begun")]
    LeaveBegun,
    #[error("the leave was never approved")]
    LeaveNotApproved,
    #[error("the leave cannot be cut short on that day")]
    NotDuringLeave,
    #[error("the leave changed since it was read")]
    LeaveChanged,
    #[error("the day is out of range")]
    InvalidDate,
    #[error("the name is no label")]
    InvalidLabel,
    #[error("{0} is none of the country's languages")]
    ForeignLanguage(String),
    #[error("there is no name in {0}")]
    MissingLanguage(String),
    #[error("the day is a public holiday already")]
    AlreadyAHoliday,
    #[error("the day is no public holiday")]
    HolidayNotFound,
    #[error("the entry changed since it was read")]
    EntryChanged,
    #[error("there is no such entry of a service file")]
    ServiceEntryNotFound,
    #[error("another such entry takes in one of the days")]
    EntryOverlaps,
    #[error("such an entry has no end that is said later")]
    DoesNotGoOn,
    #[error("{0} is no disciplinary action")]
    UnknownDisciplinaryAction(String),
    #[error("{0} is no marital status")]
    UnknownMaritalStatus(String),
    #[error("{0} is no relation")]
    UnknownRelation(String),
    #[error("the country is none")]
    InvalidCountry,
    #[error("{0} is no language, or named twice")]
    InvalidLanguage(String),
    #[error("the text is none")]
    InvalidText,
    #[error("the score is none")]
    InvalidScore,
    #[error("the amount is none")]
    InvalidAmount,
    #[error("the currency is none")]
    InvalidCurrency,
    #[error("acting duty and secondment stand beside a primary posting")]
    OnlyBesides,
    #[error("{0} is no salary grade of the cadre")]
    UnknownSalaryGrade(String),
    #[error("{0} is no exit")]
    NotAnExit(String),
    #[error("nothing would change")]
    NothingChanges,
    #[error("there is no such spot check")]
    SpotCheckNotFound,
    #[error("a sample has no such size")]
    InvalidSampleSize,
    #[error("nobody entered anything since")]
    NothingToCheck,
    #[error("whoever entered a record cannot check it")]
    OwnEntry,
    #[error("somebody has looked at the record")]
    AlreadyChecked,
    #[error("a field is named twice")]
    FieldTwice,
    #[error("what would be right is none")]
    InvalidRightValue,
    #[error("there is no such change request")]
    ChangeRequestNotFound,
    #[error("the change request changed since it was read")]
    RequestChanged,
    #[error("another change of the field waits for a decision")]
    ChangePending,
    #[error("somebody else asked for the change")]
    NotYourRequest,
    #[error("fields have other values since a change of them was asked for")]
    FieldsChanged(Vec<Overtaken>),
    #[error("a second person has to decide on a change of this")]
    NeedsSecondPerson,
    #[error("the career does not allow it")]
    Career(CareerFault),
    #[error(transparent)]
    Photo(PhotoFault),
    #[error("the record changed since it was read")]
    Stale(Box<Conflict>),
}

fn of_career(fault: &CareerFault) -> &'static str {
    match fault {
        CareerFault::NotPosted => "NOT_POSTED",
        CareerFault::SameFacility => "SAME_FACILITY",
        CareerFault::FacilityClosed => "FACILITY_CLOSED",
        CareerFault::FacilityNotOpen => "FACILITY_NOT_OPEN",
        CareerFault::BeforePosting(_) => "BEFORE_POSTING",
        CareerFault::AlreadyEnded(_) => "ALREADY_ENDED",
        CareerFault::LaterPosting(_) => "LATER_POSTING",
    }
}

impl Reason for Objection {
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn code(&self) -> &'static str {
        match self {
            Objection::WorkerNotFound => "WORKER_NOT_FOUND",
            Objection::PostingNotFound => "POSTING_NOT_FOUND",
            Objection::OrgUnitNotFound => "ORG_UNIT_NOT_FOUND",
            Objection::FacilityNotFound => "FACILITY_NOT_FOUND",
            Objection::SupervisorNotFound => "SUPERVISOR_NOT_FOUND",
            Objection::CadreNotFound => "CADRE_NOT_FOUND",
            Objection::CadreIsAGroup(_) => "CADRE_IS_A_GROUP",
            Objection::CadreNotInForce(_) => "CADRE_NOT_IN_FORCE",
            Objection::NoCareerStep(_) => "NO_CAREER_STEP",
            Objection::OutsideYourScope => "OUTSIDE_YOUR_SCOPE",
            Objection::InvalidName => "INVALID_NAME",
            Objection::InvalidBirthDate => "INVALID_BIRTH_DATE",
            Objection::InvalidPhone(_) => "INVALID_PHONE",
            Objection::InvalidEmail(_) => "INVALID_EMAIL",
            Objection::UnknownIdentifierType(_) => "UNKNOWN_IDENTIFIER_TYPE",
            Objection::InvalidIdentifier { .. } => "INVALID_IDENTIFIER",
            Objection::IdentifierTaken => "IDENTIFIER_TAKEN",
            Objection::IdTaken => "ID_TAKEN",
            Objection::ConflictNotFound => "CONFLICT_NOT_FOUND",
            Objection::ConflictDecided => "CONFLICT_DECIDED",
            Objection::UnknownEmploymentType(_) => "UNKNOWN_EMPLOYMENT_TYPE",
            Objection::UnknownReason(_) => "UNKNOWN_REASON",
            Objection::TooMany(_) => "TOO_MANY",
            Objection::Overlaps => "OVERLAPS",
            Objection::Missing => "MISSING",
            Objection::Ambiguous(_) => "AMBIGUOUS",
            Objection::NobodyNamed => "NOBODY_NAMED",
            Objection::NotAnswerable => "NOT_ANSWERABLE",
            Objection::Answer { fault, .. } => fault.code(),
            Objection::PostFilled => "POST_FILLED",
            Objection::FillsAPost => "FILLS_A_POST",
            Objection::FillsNoPost => "FILLS_NO_POST",
            Objection::LikelyDuplicate(_) => "LIKELY_DUPLICATE",
            Objection::DuplicateNotFound => "DUPLICATE_NOT_FOUND",
            Objection::InvalidReason => "INVALID_REASON",
            Objection::AlreadyDecided => "ALREADY_DECIDED",
            Objection::SameRecord => "SAME_RECORD",
            Objection::RecordsClash => "RECORDS_CLASH",
            Objection::NotMerged => "NOT_MERGED",
            Objection::LaterMerge(_) => "LATER_MERGE",
            Objection::PlaceTaken => "PLACE_TAKEN",
            Objection::ProposalNotFound => "PROPOSAL_NOT_FOUND",
            Objection::AlreadyProposed => "ALREADY_PROPOSED",
            Objection::NotPending => "NOT_PENDING",
            Objection::Overtaken => "OVERTAKEN",
            Objection::LeaveNotFound => "LEAVE_NOT_FOUND",
            Objection::UnknownLeaveType(_) => "UNKNOWN_LEAVE_TYPE",
            Objection::EndsBeforeItStarts => "ENDS_BEFORE_IT_STARTS",
            Objection::LeaveTooLong => "LEAVE_TOO_LONG",
            Objection::NotServing(_) => "NOT_SERVING",
            Objection::NoWorkingDay => "NO_WORKING_DAY",
            Objection::LeaveOverlaps => "LEAVE_OVERLAPS",
            Objection::BalanceExceeded { .. } => "BALANCE_EXCEEDED",
            Objection::OwnRequest => "OWN_REQUEST",
            Objection::LeaveBegun => "LEAVE_BEGUN",
            Objection::LeaveNotApproved => "LEAVE_NOT_APPROVED",
            Objection::NotDuringLeave => "NOT_DURING_LEAVE",
            Objection::InvalidDate => "INVALID_DATE",
            Objection::InvalidLabel => "INVALID_LABEL",
            Objection::ForeignLanguage(_) => "FOREIGN_LANGUAGE",
            Objection::MissingLanguage(_) => "MISSING_LANGUAGE",
            Objection::AlreadyAHoliday => "ALREADY_A_HOLIDAY",
            Objection::HolidayNotFound => "HOLIDAY_NOT_FOUND",
            Objection::OnlyBesides => "ONLY_BESIDES",
            Objection::UnknownSalaryGrade(_) => "UNKNOWN_SALARY_GRADE",
            Objection::NotAnExit(_) => "NOT_AN_EXIT",
            Objection::NothingChanges => "NOTHING_CHANGES",
            Objection::ServiceEntryNotFound => "SERVICE_ENTRY_NOT_FOUND",
            Objection::EntryOverlaps => "ENTRY_OVERLAPS",
            Objection::DoesNotGoOn => "DOES_NOT_GO_ON",
            Objection::UnknownDisciplinaryAction(_) => "UNKNOWN_DISCIPLINARY_ACTION",
            Objection::UnknownMaritalStatus(_) => "UNKNOWN_MARITAL_STATUS",
            Objection::UnknownRelation(_) => "UNKNOWN_RELATION",
            Objection::InvalidCountry => "INVALID_COUNTRY",
            Objection::InvalidLanguage(_) => "INVALID_LANGUAGE",
            Objection::InvalidText => "INVALID_TEXT",
            Objection::InvalidScore => "INVALID_SCORE",
            Objection::InvalidAmount => "INVALID_AMOUNT",
            Objection::InvalidCurrency => "INVALID_CURRENCY",
            Objection::ProposalChanged
            | Objection::LeaveChanged
            | Objection::EntryChanged
            | Objection::ConflictChanged
            | Objection::RequestChanged
            | Objection::Stale(_) => "STALE",
            Objection::ChangeRequestNotFound => "CHANGE_REQUEST_NOT_FOUND",
            Objection::ChangePending => "CHANGE_PENDING",
            Objection::NotYourRequest => "NOT_YOUR_REQUEST",
            Objection::FieldsChanged(_) => "FIELDS_CHANGED",
            Objection::NeedsSecondPerson => "NEEDS_SECOND_PERSON",
            Objection::SpotCheckNotFound => "SPOT_CHECK_NOT_FOUND",
            Objection::InvalidSampleSize => "INVALID_SAMPLE_SIZE",
            Objection::NothingToCheck => "NOTHING_TO_CHECK",
            Objection::OwnEntry => "OWN_ENTRY",
            Objection::AlreadyChecked => "ALREADY_CHECKED",
            Objection::FieldTwice => "FIELD_TWICE",
            Objection::InvalidRightValue => "INVALID_RIGHT_VALUE",
            Objection::Career(fault) => of_career(fault),
            Objection::Photo(fault) => fault.code(),
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Objection::NoCareerStep(code) | Objection::CadreIsAGroup(code) => {
                vec![("cadre", code.clone())]
            }
            Objection::InvalidPhone(value)
            | Objection::InvalidEmail(value)
            | Objection::UnknownIdentifierType(value)
            | Objection::UnknownEmploymentType(value)
            | Objection::UnknownReason(value)
            | Objection::CadreNotInForce(value)
            | Objection::UnknownLeaveType(value)
            | Objection::UnknownDisciplinaryAction(value)
            | Objection::UnknownMaritalStatus(value)
            | Objection::UnknownRelation(value)
            | Objection::InvalidLanguage(value)
            | Objection::UnknownSalaryGrade(value)
            | Objection::NotAnExit(value)
            | Objection::ForeignLanguage(value)
            | Objection::MissingLanguage(value)
            | Objection::Ambiguous(value) => vec![("value", value.clone())],
            Objection::LeaveTooLong => vec![("limit", LONGEST_LEAVE.to_string())],
            Objection::BalanceExceeded { year, left } => {
                vec![("year", year.to_string()), ("left", left.to_string())]
            }
            Objection::InvalidIdentifier { type_code, value } => {
                vec![("type", type_code.clone()), ("value", value.clone())]
            }
            Objection::Answer {
                fault: AnswerFault::WrongType(kind),
                ..
            } => vec![("value", (*kind).to_owned())],
            Objection::Answer {
                fault: AnswerFault::TooLarge,
                ..
            } => vec![("limit", LARGEST_ANSWER.to_string())],
            Objection::Photo(fault) => fault.arguments(),
            Objection::LaterMerge(worker) => vec![("worker", worker.to_string())],
            Objection::TooMany(limit) => vec![("limit", limit.to_string())],
            Objection::NotServing(day)
            | Objection::Career(
                CareerFault::BeforePosting(day)
                | CareerFault::AlreadyEnded(day)
                | CareerFault::LaterPosting(day),
            ) => vec![("date", day.to_string())],
            _ => Vec::new(),
        }
    }

    fn conflict(&self) -> Result<Option<Value>, Fault> {
        match self {
            Objection::Stale(conflict) => Ok(Some(serde_json::to_value(conflict)?)),
            Objection::LikelyDuplicate(likely) => Ok(Some(serde_json::to_value(likely)?)),
            Objection::FieldsChanged(fields) => Ok(Some(serde_json::to_value(fields)?)),
            _ => Ok(None),
        }
    }
}
