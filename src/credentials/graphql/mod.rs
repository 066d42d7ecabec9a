//! Credentials on the wire.

mod codes;
mod inputs;
mod licences;
mod mutations;
mod objects;
mod providers;
mod trainings;
mod vettings;
mod worker;

pub use codes::{RecordQualificationErrorCode, WithdrawCredentialErrorCode};
pub use licences::{
    DecideOnLicenceErrorCode, IssueLicenceErrorCode, Licence, LicenceFilterInput, LicencesMutation,
    LicencesQuery, RecordRegistrationErrorCode, RenewLicenceErrorCode,
};
pub use mutations::CredentialsMutation;
pub use providers::{ExperiencedProvider, ProviderFilterInput, ProvidersQuery};
pub use trainings::{
    RecordAttendanceErrorCode, SaveCourseErrorCode, ScheduleSessionErrorCode, TrainingSession,
    TrainingsMutation, TrainingsQuery,
};
pub use vettings::{RecordVettingErrorCode, VettingsMutation, VettingsQuery};
