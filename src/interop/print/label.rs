//! The words of printed records that are Kada's own, by what the catalogue calls them.

use strum::{IntoStaticStr, VariantArray};

use crate::credentials::{LicenceStatus, Outcome};
use crate::kernel::{Languages, Sector, Text};
use crate::workforce::{ContactKind, PostingKind, Sex};

/// A word or two of Kada's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE", prefix = "PRINTED_")]
pub enum Label {
    Cv,
    Card,
    Health,
    Social,
    Sex,
    Female,
    Male,
    Unknown,
    BirthDate,
    Nationality,
    Languages,
    Phone,
    Email,
    Career,
    Qualifications,
    Registrations,
    Licences,
    Trainings,
    Before,
    Nothing,
    Today,
    Additional,
    Acting,
    Secondment,
    Grade,
    Act,
    Planned,
    Active,
    Expired,
    Suspended,
    Revoked,
    Completed,
    Failed,
    Absent,
    Credits,
    Licence,
    Until,
    Issued,
    AsOf,
}

impl Label {
    pub const ALL: &'static [Label] = <Label as VariantArray>::VARIANTS;

    /// As it stands in the catalogue of messages.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// In what words a record is printed: those of the catalogue, and the country's in the order of these languages.
pub struct Words<'a> {
    pub say: &'a dyn Fn(&str) -> String,
    pub languages: &'a Languages,
}

impl Words<'_> {
    #[must_use]
    pub fn label(&self, label: Label) -> String {
        (self.say)(label.code())
    }

    #[must_use]
    pub fn text(&self, text: &Text) -> String {
        text.get(self.languages).to_owned()
    }
}

impl From<Sex> for Label {
    fn from(sex: Sex) -> Self {
        match sex {
            Sex::Female => Label::Female,
            Sex::Male => Label::Male,
            Sex::Unknown => Label::Unknown,
        }
    }
}

impl From<Sector> for Label {
    fn from(sector: Sector) -> Self {
        match sector {
            Sector::Health => Label::Health,
            Sector::Social => Label::Social,
        }
    }
}

impl From<ContactKind> for Label {
    fn from(kind: ContactKind) -> Self {
        match kind {
            ContactKind::Phone => Label::Phone,
            ContactKind::Email => Label::Email,
        }
    }
}

impl From<LicenceStatus> for Label {
    fn from(status: LicenceStatus) -> Self {
        match status {
            LicenceStatus::Planned => Label::Planned,
            LicenceStatus::Active => Label::Active,
            LicenceStatus::Expired => Label::Expired,
            LicenceStatus::Suspended => Label::Suspended,
            LicenceStatus::Revoked => Label::Revoked,
        }
    }
}

impl From<Outcome> for Label {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Completed => Label::Completed,
            Outcome::Failed => Label::Failed,
            Outcome::Absent => Label::Absent,
        }
    }
}

/// What kind of duty a posting is, where that needs saying.
pub fn duty(kind: PostingKind, is_primary: bool) -> Option<Label> {
    match kind {
        PostingKind::Acting => Some(Label::Acting),
        PostingKind::Secondment => Some(Label::Secondment),
        PostingKind::Substantive if !is_primary => Some(Label::Additional),
        PostingKind::Substantive => None,
    }
}
