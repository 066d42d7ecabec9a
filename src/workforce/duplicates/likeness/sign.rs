//! What speaks for one person, or against it, and how much.

use serde::{Deserialize, Serialize};

/// What speaks for one person, or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// The names are the same, or sound the same.
    SameName,
    /// The family name of one is the given name of the other.
    SwappedNames,
    /// The names differ by a letter or two.
    CloseName,
    /// A part of the names is the same or close.
    PartOfName,
    SameBirthDate,
    /// The same month of the same year, and one has the first day, as is written where it is not known.
    DayNotKnown,
    /// The same year, and one has its first day, as is written where no more is known.
    SameBirthYear,
    /// Day and month in the other order, or a figure of the year or one of the three that differs.
    MistypedBirthDate,
    SamePhone,
    /// A telephone that many have.
    SharedPhone,
    SameIdentifier,
    /// Another number of the same type.
    OtherIdentifier,
    OtherBirthDate,
    OtherSex,
    OtherName,
}

impl Sign {
    pub const ALL: [Sign; 15] = [
        Sign::SameName,
        Sign::SwappedNames,
        Sign::CloseName,
        Sign::PartOfName,
        Sign::SameBirthDate,
        Sign::DayNotKnown,
        Sign::SameBirthYear,
        Sign::MistypedBirthDate,
        Sign::SamePhone,
        Sign::SharedPhone,
        Sign::SameIdentifier,
        Sign::OtherIdentifier,
        Sign::OtherBirthDate,
        Sign::OtherSex,
        Sign::OtherName,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sign::SameName => "same_name",
            Sign::SwappedNames => "swapped_names",
            Sign::CloseName => "close_name",
            Sign::PartOfName => "part_of_name",
            Sign::SameBirthDate => "same_birth_date",
            Sign::DayNotKnown => "day_not_known",
            Sign::SameBirthYear => "same_birth_year",
            Sign::MistypedBirthDate => "mistyped_birth_date",
            Sign::SamePhone => "same_phone",
            Sign::SharedPhone => "shared_phone",
            Sign::SameIdentifier => "same_identifier",
            Sign::OtherIdentifier => "other_identifier",
            Sign::OtherBirthDate => "other_birth_date",
            Sign::OtherSex => "other_sex",
            Sign::OtherName => "other_name",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.as_str() == text)
    }

    /// How much it speaks for one person.
    pub(super) fn weight(self) -> f64 {
        match self {
            // Of one person by the rules of the register; whatever else differs was mistyped.
            Sign::SameIdentifier => 24.0,
            Sign::SameName | Sign::SwappedNames | Sign::SameBirthDate => 5.0,
            Sign::CloseName => 4.0,
            Sign::DayNotKnown | Sign::SamePhone => 3.0,
            Sign::SameBirthYear => 2.0,
            Sign::MistypedBirthDate => 2.5,
            Sign::PartOfName => 1.5,
            Sign::SharedPhone => 0.5,
            Sign::OtherSex => -2.5,
            Sign::OtherIdentifier => -3.0,
            Sign::OtherBirthDate => -5.0,
            Sign::OtherName => -8.0,
        }
    }
}
