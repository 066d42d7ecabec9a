//! What somebody has passed, and for which cadres that is enough. No SQL, no clock.

use std::collections::HashSet;

use chrono::Datelike;
use serde_json::{Value, json};

use super::refusal::{Objection, Refusal, is_text};
use crate::cadres::QUALIFICATION_LEVEL;
use crate::kernel::{CadreId, Date, Id, QualificationId, Reason, WorkerId, is_country};
use crate::ledger::ActReference;
use crate::workforce::Lists;

/// Something that a worker has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualification {
    pub id: QualificationId,
    pub worker: WorkerId,
    pub passed: Passed,
    pub act: Option<ActReference>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// By the country's list of levels.
    pub level: String,
    pub title: String,
    pub major: String,
    pub institution: String,
    /// Of the institution, by ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub year: Option<i32>,
    /// The cadres that it lets its holder into. It names them itself: what a cadre says of entry is in the country's own
    /// words, which nothing can be compared with.
    pub cadres: Vec<CadreId>,
}

/// A qualification to record, or one to correct.
#[derive(Clone, Debug)]
pub struct RecordQualification {
    pub worker: WorkerId,
    pub base_version: Option<i32>,
    pub corrects: Option<QualificationId>,
    pub passed: Passed,
}

/// More cadres than any one qualification lets into.
const MOST_CADRES: usize = 20;

impl Passed {
    /// Notes what is wrong with it. What it was before may name a level that new ones may not.
    pub(super) fn check(
        &self,
        lists: &Lists,
        today: Date,
        before: Option<&Self>,
        refusals: &mut Vec<Refusal>,
    ) {
        let kept = before.is_some_and(|it| it.level == self.level);
        if !kept
            && (lists
                .codes
                .admitted(QUALIFICATION_LEVEL, &self.level, today))
            .is_none()
        {
            refusals.push(Objection::UnknownLevel(self.level.clone()).at(&["level"]));
        }
        for (field, text, is_needed) in [
            ("title", &self.title, true),
            ("major", &self.major, false),
            ("institution", &self.institution, true),
        ] {
            if !is_text(text, 200) || (is_needed && text.is_empty()) {
                refusals.push(Objection::InvalidText.at(&[field]));
            }
        }
        if self.country.as_deref().is_some_and(|it| !is_country(it)) {
            refusals.push(Objection::InvalidCountry.at(&["country"]));
        }
        if self
            .year
            .is_some_and(|it| !(1900..=today.year()).contains(&it))
        {
            refusals.push(Objection::YearToCome.at(&["year"]));
        }
        self.check_cadres(lists, refusals);
    }

    fn check_cadres(&self, lists: &Lists, refusals: &mut Vec<Refusal>) {
        let path = &["qualifiesFor"];
        if self.cadres.len() > MOST_CADRES {
            refusals.push(Objection::TooMany(MOST_CADRES).at(path));
        }
        for cadre in self.cadres.iter().collect::<HashSet<_>>() {
            match lists.cadres.get(*cadre) {
                None => refusals.push(Objection::CadreNotFound.at(path)),
                Some(it) if lists.cadres.is_group(*cadre) => {
                    refusals.push(Objection::CadreIsAGroup(it.code.clone()).at(path));
                }
                Some(_) => {}
            }
        }
    }
}

impl Qualification {
    /// By what the ledger calls it.
    pub(super) fn field(&self) -> String {
        format!("qualifications.{}", self.id)
    }

    pub(super) fn describe(&self) -> Value {
        let it = &self.passed;
        json!({
            "level": it.level,
            "title": it.title,
            "major": it.major,
            "institution": it.institution,
            "country": it.country,
            "year": it.year,
            "qualifiesFor": it.cadres.iter().map(|it| CadreId::encode(*it)).collect::<Vec<_>>(),
        })
    }
}
