//! What cadres are in classifications, as the country's list has it: what was approved, by whose word.

use chrono::Datelike;
use serde::Serialize;

use super::Misfit;
use crate::cadres::crosswalk::{Classifications, check_targets};
use crate::cadres::{Cadres, Objection, Standing, Target};
use crate::kernel::Date;

/// What a cadre is in an edition from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MappingRow {
    /// The code of the cadre.
    pub cadre: String,
    pub edition: String,
    pub valid_from: Date,
    /// The largest share first.
    pub targets: Vec<Target>,
    pub author: String,
    pub approver: String,
}

/// More than any issuer calls anybody.
const LONGEST: usize = 200;

impl MappingRow {
    pub(super) fn key(&self) -> String {
        format!("{} {} {}", self.cadre, self.edition, self.valid_from)
    }

    /// All that is wrong with it, by the rules that hold for mutations.
    #[must_use]
    pub fn check(&self, units: &Classifications) -> Vec<Misfit> {
        let mut wrong = Vec::new();
        let mut note = |field: &str, objection: Objection| {
            wrong.push(Misfit {
                field: field.to_owned(),
                value: None,
                objection,
            });
        };
        if !(1900..=2200).contains(&self.valid_from.year()) {
            note("valid_from", Objection::InvalidDate);
        }
        for (objection, path) in check_targets(&self.edition, &self.targets, units) {
            let field = match path {
                ["targets"] => "code",
                [.., field] => field,
                [] => "edition",
            };
            note(field, objection);
        }
        for (field, who) in [("author", &self.author), ("approver", &self.approver)] {
            let is_name = who.chars().count() <= LONGEST && !who.chars().any(char::is_control);
            if !is_name {
                note(field, Objection::InvalidText);
            }
        }
        if self.author == self.approver && !self.author.is_empty() {
            note("approver", Objection::OwnProposal);
        }
        wrong
    }
}

/// The approved mappings that stand.
pub(super) fn rows(cadres: &Cadres) -> Vec<MappingRow> {
    let of = cadres.all().iter().flat_map(|cadre| {
        let approved = cadre.mappings.iter();
        let approved = approved.filter(|it| it.standing == Standing::Approved);
        approved.filter_map(|it| {
            Some(MappingRow {
                cadre: cadre.code.clone(),
                edition: it.edition.clone(),
                valid_from: it.from,
                targets: it
                    .targets
                    .iter()
                    .map(|(target, _)| target.clone())
                    .collect(),
                author: it.author.clone(),
                approver: it.reviewer.clone()?,
            })
        })
    });
    of.collect()
}
