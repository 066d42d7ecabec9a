//! What people have passed, what they may practise, what they were taught in service, and whether they were vetted.
//!
//! A credential is part of its worker's record: it is written under the record's lock, raises its version and stands in its
//! history. What was entered by mistake is withdrawn with a reason, and stays in the history too.

mod courses;
pub mod graphql;
mod licence;
mod licensing;
mod load;
mod providers;
mod qualification;
mod record;
mod refusal;
mod scope;
mod search;
mod store;
mod training;
mod vet;
mod vetting;
mod withdrawal;

pub use courses::{
    MOST_ATTENDANCES, SessionKey, courses, record_attendance, save_course, schedule_session,
    sessions, untrained,
};
pub use licence::{
    DecideOnLicence, Decision, Entry, IssueLicence, Licence, LicenceStatus, RecordRegistration,
    Registration, RenewLicence, Ruling, Term,
};
pub use licensing::{
    LicenceFilter, LicenceKey, decide_on_licence, issue_licence, licences, record_registration,
    renew_licence, unlicensed,
};
pub use load::{Holdings, load};
pub use providers::{Candidate, Ground, Nearness, RankKey, Ranked, days_in_all, rank, years};
pub use qualification::{Passed, Qualification, RecordQualification};
pub use record::record_qualification;
pub use refusal::{Objection, Refusal, WriteError};
pub use scope::PeopleFilter;
pub use search::{ProviderFilter, experienced_providers, qualified_not_posted};
pub use training::{
    Attendance, Attended, Course, Outcome, RecordAttendance, SaveCourse, ScheduleSession, Session,
};
pub use vet::{record_vetting, unvetted};
pub use vetting::{Found, RecordVetting, Vetting, VettingStatus};
pub use withdrawal::{CredentialId, WithdrawCredential, withdraw};
