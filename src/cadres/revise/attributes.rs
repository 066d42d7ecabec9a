//! What a cadre may say of itself, by a mutation or in the country's folder.

use std::collections::HashSet;
use std::hash::Hash;

use super::refusal::{Objection, Refusal};
use crate::cadres::State;
use crate::kernel::{Reason, Text, is_language};

/// So many entries has a list that a proposal brings.
pub(in crate::cadres) const MOST: usize = 50;
/// So many languages are there for a text.
const LANGUAGES: usize = 20;

/// Notes all that is wrong with the attributes of a state.
pub(super) fn check(state: &State, refusals: &mut Vec<Refusal>) {
    refusals.extend(check_label(&state.label).map(|it| it.at(&["labels"])));
    refusals.extend(check_description(&state.description).map(|it| it.at(&["descriptions"])));
    let attributes = Attributes {
        entry_qualification: state.entry_qualification.as_deref(),
        is_licensed: state.is_licensed,
        council: state.council.as_deref(),
        retirement_age: state.retirement_age,
        salary_grades: &state.salary_grades,
        career_steps: state.career_steps.len(),
    };
    let objections = attributes.check().into_iter();
    refusals.extend(objections.map(|(field, it)| it.at(&[field])));
}

pub(in crate::cadres) fn check_label(label: &Text) -> Option<Objection> {
    (label.0.is_empty() || !is_text(label, 200)).then_some(Objection::InvalidLabel)
}

pub(in crate::cadres) fn check_description(description: &Text) -> Option<Objection> {
    (!is_text(description, 2_000)).then_some(Objection::InvalidText)
}

/// All but the texts.
pub(in crate::cadres) struct Attributes<'a> {
    pub entry_qualification: Option<&'a str>,
    pub is_licensed: bool,
    pub council: Option<&'a str>,
    pub retirement_age: Option<i16>,
    pub salary_grades: &'a [String],
    pub career_steps: usize,
}

impl Attributes<'_> {
    /// All that is wrong, by the field of the mutations.
    pub fn check(&self) -> Vec<(&'static str, Objection)> {
        let mut wrong = Vec::new();
        let short = |text: &str| is_line(text, 200);
        if !self.entry_qualification.is_none_or(short) {
            wrong.push(("entryQualification", Objection::InvalidText));
        }
        if !self.council.is_none_or(short) {
            wrong.push(("licensingCouncil", Objection::InvalidText));
        }
        if self.council.is_some() && !self.is_licensed {
            wrong.push(("licensingCouncil", Objection::NotLicensed));
        }
        let fits = |age: i16| (30..=99).contains(&age);
        if !self.retirement_age.is_none_or(fits) {
            wrong.push(("retirementAge", Objection::InvalidRetirementAge));
        }
        if self.career_steps > MOST {
            wrong.push(("careerSteps", Objection::TooMany(MOST)));
        }
        if self.salary_grades.len() > MOST {
            wrong.push(("salaryGrades", Objection::TooMany(MOST)));
        } else if !self.salary_grades.iter().all(|it| is_line(it, 40)) {
            wrong.push(("salaryGrades", Objection::InvalidText));
        }
        wrong
    }
}

/// What is wrong with the cadres that are to follow one in a career; `code` knows those that there are.
pub(in crate::cadres) fn check_steps<'a, C: Copy + Eq + Hash>(
    cadre: C,
    steps: &[C],
    code: impl Fn(C) -> Option<&'a str>,
) -> Vec<(C, Objection)> {
    let mut named = HashSet::from([cadre]);
    let objections = steps.iter().filter_map(|step| match code(*step) {
        None => Some((*step, Objection::CadreNotFound)),
        Some(known) => {
            let again = !named.insert(*step);
            again.then(|| (*step, Objection::NamedTwice(known.to_owned())))
        }
    });
    objections.collect()
}

fn is_text(text: &Text, longest: usize) -> bool {
    text.0.len() <= LANGUAGES
        && text.0.keys().all(|it| is_language(it))
        && text.0.values().all(|it| is_line(it, longest))
}

fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
}
