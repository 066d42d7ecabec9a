//! What a list of cadres may say, by the rules that hold for mutations.

use std::collections::HashMap;

use super::CadreRow;
use crate::cadres::Objection;
use crate::cadres::revise::{Attributes, check_description, check_label, check_steps};
use crate::kernel::{Sector, Text};

/// One thing that is wrong with a row.
#[derive(Debug)]
pub struct Misfit {
    pub field: String,
    /// Which of the values, where the field has several.
    pub value: Option<String>,
    pub objection: Objection,
}

impl CadreRow {
    /// All that is wrong with what it says of itself; `sectors` are those of the cadres that there are.
    #[must_use]
    pub fn check(&self, sectors: &HashMap<&str, Sector>) -> Vec<Misfit> {
        let labels = by_language("label", &self.label, check_label);
        let descriptions = by_language("description", &self.description, check_description);
        let mut wrong: Vec<Misfit> = labels.chain(descriptions).collect();
        let attributes = Attributes {
            entry_qualification: self.entry_qualification.as_deref(),
            is_licensed: self.licensed,
            council: self.licensing_council.as_deref(),
            retirement_age: self.retirement_age,
            salary_grades: &self.salary_grades,
            career_steps: self.career_steps.len(),
        };
        wrong.extend(
            attributes
                .check()
                .into_iter()
                .map(|(field, objection)| Misfit {
                    field: own_name(field).to_owned(),
                    value: None,
                    objection,
                }),
        );
        let steps: Vec<&str> = self.career_steps.iter().map(String::as_str).collect();
        let code = |step: &str| sectors.get_key_value(step).map(|(code, _)| *code);
        let steps = check_steps(self.code.as_str(), &steps, code).into_iter();
        wrong.extend(steps.map(|(step, objection)| Misfit {
            field: "career_steps".to_owned(),
            value: Some(step.to_owned()),
            objection,
        }));
        wrong.extend(self.check_ending(sectors));
        wrong
    }
}

fn by_language<'a>(
    name: &'a str,
    text: &'a Text,
    check: fn(&Text) -> Option<Objection>,
) -> impl Iterator<Item = Misfit> + 'a {
    text.0.iter().filter_map(move |(language, text)| {
        let alone = Text::from_iter([(language.clone(), text.clone())]);
        Some(Misfit {
            field: format!("{name}:{language}"),
            value: None,
            objection: check(&alone)?,
        })
    })
}

/// What the list calls a field of the mutations.
fn own_name(field: &str) -> &str {
    match field {
        "entryQualification" => "entry_qualification",
        "licensingCouncil" => "licensing_council",
        "retirementAge" => "retirement_age",
        "salaryGrades" => "salary_grades",
        _ => "career_steps",
    }
}
