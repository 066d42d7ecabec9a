//! A worker, their career, and the rules of posting. No SQL, no clock.

use serde::{Deserialize, Serialize};

use crate::kernel::{CadreId, Date, FacilityId, OrgUnitId, PostingId, Sector, WorkerId, fold};
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
    pub starts_on: Date,
    /// The last day; absent while it runs.
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub supervisor: Option<FacilityId>,
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::CareerFault::{
        AlreadyEnded, BeforePosting, FacilityClosed, NotPosted, SameFacility,
    };
    use super::*;
    use crate::places::{FacilityState, FacilityStatus, Setting};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn facility() -> Facility {
        Facility {
            id: FacilityId::new(),
            number: 1,
            code: "F".into(),
            version: 1,
            opened_on: Some(day("2001-01-01")),
            closures: [(day("2020-01-01"), None)].into(),
            since: None,
            until: None,
            state: Arc::new(FacilityState {
                name: "F".into(),
                type_code: "HC".into(),
                ownership: "GOV".into(),
                unit: OrgUnitId::new(),
                setting: Setting::Rural,
                status: FacilityStatus::Open,
            }),
        }
    }

    fn posting(at: &Facility, from: &str, to: Option<&str>) -> Posting {
        Posting {
            id: PostingId::new(),
            worker: WorkerId::new(),
            facility: at.id,
            cadre: CadreId::new(),
            employment_type: "civil_servant".into(),
            is_primary: true,
            starts_on: day(from),
            ends_on: to.map(day),
            end_reason: to.map(|_| "transfer".into()),
            supervisor: None,
        }
    }

    #[test]
    fn names_are_taken_as_people_have_them() {
        for (family, given) in [
            ("Traoré", "Aminata"),
            ("N’Diaye", "Fatou"),
            ("Jean-Baptiste", "Marie Rose"),
            ("Madalitso", ""),
            ("Ɔ", ""),
        ] {
            let name = PersonName::try_new(family, given).expect(family);
            assert_eq!((name.family.as_str(), name.given.as_str()), (family, given));
        }
        let single = PersonName::try_new("", " Awa ").expect("a single name");
        assert_eq!(single.full(), "Awa");
        for nonsense in ["", "   ", "'", "123", "Tra\u{0}oré", &"x".repeat(101)] {
            assert_eq!(PersonName::try_new(nonsense, ""), None, "{nonsense}");
        }
    }

    #[test]
    fn a_transfer_ends_the_posting_the_day_before() {
        let (here, there) = (facility(), facility());
        let career = [
            posting(&here, "2005-01-01", Some("2009-12-31")),
            posting(&here, "2010-01-01", None),
        ];
        let (ended, last) = transfer(&career, &there, day("2012-04-01"), |_| false).expect("legal");
        assert_eq!((ended.id, last), (career[1].id, day("2012-03-31")));
    }

    #[test]
    fn transfers_that_make_no_sense_are_refused() {
        let (here, there) = (facility(), facility());
        let career = [posting(&here, "2010-01-01", None)];
        let ask = |to, on: &str, terms| transfer(&career, to, day(on), |_| terms).err();
        assert_eq!(ask(&there, "2009-06-01", false), Some(NotPosted));
        let ended = [posting(&here, "2010-01-01", Some("2019-01-01"))];
        let of_ended = |on| transfer(&ended, &there, day(on), |_| true).err();
        assert_eq!(of_ended("2019-01-02"), Some(NotPosted));
        assert_eq!(
            of_ended("2018-06-01"),
            Some(AlreadyEnded(day("2019-01-01")))
        );
        assert_eq!(ask(&here, "2012-06-01", false), Some(SameFacility));
        assert_eq!(ask(&here, "2012-06-01", true), None);
        assert_eq!(ask(&there, "2020-06-01", false), Some(FacilityClosed));
        assert_eq!(
            ask(&there, "2010-01-01", false),
            Some(BeforePosting(day("2010-01-01")))
        );
    }

    proptest! {
        #[test]
        fn a_transfer_never_leaves_a_day_with_two_postings(start in 0i32..3000, on in 0i32..3000) {
            let (here, there) = (facility(), facility());
            let base = day("2005-01-01");
            let at = |days: i32| base + chrono::TimeDelta::days(days.into());
            let mut first = posting(&here, "2005-01-01", None);
            first.starts_on = at(start);
            if let Ok((ended, last)) = transfer(std::slice::from_ref(&first), &there, at(on), |_| false) {
                prop_assert!(ended.starts_on <= last && last < at(on));
            }
        }
    }
}
