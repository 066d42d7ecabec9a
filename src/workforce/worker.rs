//! A worker, their career, and the rules of posting. No SQL, no clock.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::kernel::{CadreId, Date, FacilityId, OrgUnitId, PostingId, Sector, WorkerId, fold};
use crate::ledger::Standing;
use crate::places::Facility;

/// A person on the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    pub id: WorkerId,
    pub name: PersonName,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    /// The org unit whose office keeps the record: that of the latest primary posting.
    pub unit: OrgUnitId,
    pub sector: Sector,
    /// Rises with every change of the record.
    pub version: i32,
    pub status: Status,
    /// The primary posting in force on the day that was asked about.
    pub posting: Option<Posting>,
}

impl Worker {
    /// Where the record is kept.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            unit: self.unit,
            sector: self.sector,
        }
    }
}

/// A name as people have it: with a family name and given names, or a single name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// The only name of those who have one.
    pub family: String,
    /// Empty for those with a single name.
    pub given: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    Female,
    Male,
    Unknown,
}

/// How a worker stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A posting is in force.
    Active,
    /// Postings are over and none is in force.
    Former,
    /// No posting has begun yet.
    Unposted,
}

/// Where a worker serves, as what, from when to when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub id: PostingId,
    pub worker: WorkerId,
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub employment_type: String,
    /// A worker has at most one primary posting a day; others are additional duties.
    pub is_primary: bool,
    #[serde(default)]
    pub kind: PostingKind,
    /// One of the cadre's salary grades.
    #[serde(default)]
    pub salary_grade: Option<String>,
    pub starts_on: Date,
    /// The last day; absent while it runs.
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub supervisor: Option<FacilityId>,
}

/// What a posting is beside where it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PostingKind {
    /// A post of one's own, or another duty.
    #[default]
    Substantive,
    /// In the place of somebody else, or of a post that nobody holds, beside one's own posting.
    Acting,
    /// Lent to another facility, beside one's own posting.
    Secondment,
}

/// A number by which an authority knows the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    pub type_code: String,
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    Phone,
    Email,
}

/// A way to reach the person; telephone numbers in E.164.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub kind: ContactKind,
    pub value: String,
    pub preferred: bool,
}

impl Sex {
    pub const ALL: [Sex; 3] = [Sex::Female, Sex::Male, Sex::Unknown];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sex| sex.as_str() == text)
    }
}

impl ContactKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ContactKind::Phone => "phone",
            ContactKind::Email => "email",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [ContactKind::Phone, ContactKind::Email]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

impl PersonName {
    /// A name as it was typed, with its white space put right; `None` when it is none: no letter, control characters,
    /// or longer than a hundred characters.
    #[must_use]
    pub fn try_new(family: &str, given: &str) -> Option<Self> {
        let (family, given) = (tidy(family)?, tidy(given)?);
        let (family, given) = if family.is_empty() {
            (given, family)
        } else {
            (family, given)
        };
        family
            .chars()
            .any(char::is_alphabetic)
            .then_some(Self { family, given })
    }

    /// Given names first.
    #[must_use]
    pub fn full(&self) -> String {
        if self.given.is_empty() {
            self.family.clone()
        } else {
            format!("{} {}", self.given, self.family)
        }
    }

    /// The form that lists are sorted and searched by: family name first.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&format!("{} {}", self.family, self.given))
    }
}

fn tidy(name: &str) -> Option<String> {
    let tidy = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let legal = tidy.chars().count() <= 100 && !tidy.chars().any(char::is_control);
    legal.then_some(tidy)
}

impl Identifier {
    /// The form in which identifiers are compared: letters and digits, capitals.
    #[must_use]
    pub fn key(&self) -> String {
        let significant = self.value.chars().filter(|c| c.is_alphanumeric());
        significant.flat_map(char::to_uppercase).collect()
    }
}

impl PostingKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Posting {
    #[must_use]
    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| end >= day)
    }
}

/// Why a career cannot go on like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CareerFault {
    NotPosted,
    SameFacility,
    FacilityClosed,
    FacilityNotOpen,
    BeforePosting(Date),
    AlreadyEnded(Date),
    /// Another posting begins later.
    LaterPosting(Date),
}

/// Whether people can be posted to a facility from a day.
///
/// # Errors
/// When it does not work on that day.
pub fn can_serve_at(facility: &Facility, from: Date) -> Result<(), CareerFault> {
    if facility.is_closed_on(from) {
        return Err(CareerFault::FacilityClosed);
    }
    if !facility.is_open_on(from) {
        return Err(CareerFault::FacilityNotOpen);
    }
    Ok(())
}

/// The posting that a transfer on a day ends, with its last day: the day before.
/// A transfer within the same facility needs another cadre or other terms, or it would change nothing.
///
/// # Errors
/// When there is nothing to transfer from, or the transfer makes no sense.
pub fn transfer<'a>(
    postings: &'a [Posting],
    to: &Facility,
    on: Date,
    changes_terms: impl FnOnce(&Posting) -> bool,
) -> Result<(&'a Posting, Date), CareerFault> {
    let current = postings
        .iter()
        .find(|posting| posting.is_primary && posting.is_in_force_on(on))
        .ok_or(CareerFault::NotPosted)?;
    // Its end and the reason are on record, and a transfer would write over them.
    if let Some(ended) = current.ends_on {
        return Err(CareerFault::AlreadyEnded(ended));
    }
    if current.facility == to.id && !changes_terms(current) {
        return Err(CareerFault::SameFacility);
    }
    if current.starts_on >= on {
        return Err(CareerFault::BeforePosting(current.starts_on));
    }
    can_serve_at(to, on)?;
    let last_day = on
        .pred_opt()
        .ok_or(CareerFault::BeforePosting(current.starts_on))?;
    Ok((current, last_day))
}

/// Whether a posting can end on a day.
///
/// # Errors
/// When it ended already, or would end before it began.
pub fn can_end(posting: &Posting, last_day: Date) -> Result<(), CareerFault> {
    if let Some(ended) = posting.ends_on {
        return Err(CareerFault::AlreadyEnded(ended));
    }
    if last_day < posting.starts_on {
        return Err(CareerFault::BeforePosting(posting.starts_on));
    }
    Ok(())
}

/// The postings that somebody's departure ends: all that are in force on their last day or go on after it.
///
/// # Errors
/// When nothing is in force on that day, or another posting begins after it.
pub fn departure(postings: &[Posting], last_day: Date) -> Result<Vec<&Posting>, CareerFault> {
    if let Some(later) = postings.iter().find(|it| it.starts_on > last_day) {
        return Err(CareerFault::LaterPosting(later.starts_on));
    }
    let held = |it: &&Posting| it.is_in_force_on(last_day);
    if !postings.iter().any(|it| held(&it) && it.is_primary) {
        return Err(CareerFault::NotPosted);
    }
    let ends = |it: &&Posting| held(it) && it.ends_on != Some(last_day);
    let ended: Vec<&Posting> = postings.iter().filter(ends).collect();
    // A primary posting whose end and reason are on record is not written over.
    match ended
        .iter()
        .filter(|it| it.is_primary)
        .find_map(|it| it.ends_on)
    {
        Some(known) => Err(CareerFault::AlreadyEnded(known)),
        None if ended.is_empty() => Err(CareerFault::AlreadyEnded(last_day)),
        None => Ok(ended),
    }
}

#[cfg(test)]
mod tests;
