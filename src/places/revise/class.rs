//! Types of facility and kinds of ownership: added, changed, retired. A class is never deleted: one that is retired stays
//! readable, and no facility takes it any more.

use chrono::Datelike;

use super::refusal::{Objection, Refusal};
use super::words;
use crate::kernel::{Date, Reason};
use crate::places::{ClassCard, FacilityType, Ownership};

/// The groups of the National Health Workforce Accounts.
const NHWA_GROUPS: [&str; 3] = ["public", "private_not_for_profit", "private_for_profit"];

/// A class as it is to be.
#[derive(Clone, Debug)]
pub struct SaveClass<T> {
    pub class: T,
    /// The version that the caller saw; absent for a new class.
    pub base_version: Option<i32>,
    /// The first day on which no facility takes it; absent: it is in use.
    pub retired_on: Option<Date>,
}

/// A type of facility or a kind of ownership.
pub trait Class: Clone + PartialEq {
    fn code(&self) -> &str;
    fn check(&self, languages: &[String], refusals: &mut Vec<Refusal>);
}

impl Class for FacilityType {
    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, languages: &[String], refusals: &mut Vec<Refusal>) {
        words::check_names(&self.label, languages, &["labels"], refusals);
        if !words::is_optional_line(&self.tier, 60) {
            refusals.push(Objection::InvalidText.at(&["tier"]));
        }
        if !words::is_optional_line(&self.provider_class, 40) {
            refusals.push(Objection::InvalidText.at(&["providerClass"]));
        }
    }
}

impl Class for Ownership {
    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, languages: &[String], refusals: &mut Vec<Refusal>) {
        words::check_names(&self.label, languages, &["labels"], refusals);
        if !NHWA_GROUPS.contains(&self.nhwa_group.as_str()) {
            refusals.push(Objection::InvalidText.at(&["nhwaGroup"]));
        }
    }
}

/// Whether a class may be retired from such a day on.
#[must_use]
pub fn is_day_of_retirement(day: Date) -> bool {
    (1900..=2200).contains(&day.year())
}

impl<T: Class> SaveClass<T> {
    /// The version that the class gets.
    pub(super) fn decide(
        &self,
        before: Option<(&T, ClassCard)>,
        languages: &[String],
    ) -> Result<i32, Vec<Refusal>> {
        let mut refusals = Vec::new();
        let code = self.class.code();
        match (before, self.base_version) {
            (None, Some(_)) => refusals.push(Objection::ClassNotFound.at(&["code"])),
            (None, None) if !words::is_code(code) => {
                refusals.push(Objection::InvalidCode.at(&["code"]));
            }
            (Some(_), None) => {
                refusals.push(Objection::CodeTaken(code.to_owned()).at(&["code"]));
            }
            (Some((_, card)), Some(base)) if card.version != base => {
                refusals.push(Objection::StaleClass.at(&["baseVersion"]));
            }
            (Some((class, card)), Some(_))
                if *class == self.class && card.retired_on == self.retired_on =>
            {
                refusals.push(Objection::NothingChanges.at(&[]));
            }
            _ => {}
        }
        self.class.check(languages, &mut refusals);
        if !self.retired_on.is_none_or(is_day_of_retirement) {
            refusals.push(Objection::InvalidDate.at(&["retiredOn"]));
        }
        if refusals.is_empty() {
            Ok(before.map_or(0, |(_, card)| card.version) + 1)
        } else {
            Err(refusals)
        }
    }
}
