//! What a cadre may say of itself.

use super::refusal::{Objection, Refusal};
use crate::cadres::State;
use crate::kernel::{Reason, Text};

/// So many entries has a list that a proposal brings.
pub(super) const MOST: usize = 50;
/// So many languages are there for a text.
const LANGUAGES: usize = 20;

/// Notes all that is wrong with the attributes of a state.
pub(super) fn check(state: &State, refusals: &mut Vec<Refusal>) {
    if state.label.0.is_empty() || !is_text(&state.label, 200) {
        refusals.push(Objection::InvalidLabel.at(&["labels"]));
    }
    if !is_text(&state.description, 2_000) {
        refusals.push(Objection::InvalidText.at(&["descriptions"]));
    }
    let short = |text: &str| is_line(text, 200);
    if !state.entry_qualification.as_deref().is_none_or(short) {
        refusals.push(Objection::InvalidText.at(&["entryQualification"]));
    }
    if !state.council.as_deref().is_none_or(short) {
        refusals.push(Objection::InvalidText.at(&["licensingCouncil"]));
    }
    if state.council.is_some() && !state.is_licensed {
        refusals.push(Objection::NotLicensed.at(&["licensingCouncil"]));
    }
    if state
        .retirement_age
        .is_some_and(|age| !(30..=99).contains(&age))
    {
        refusals.push(Objection::InvalidRetirementAge.at(&["retirementAge"]));
    }
    if state.career_steps.len() > MOST {
        refusals.push(Objection::TooMany(MOST).at(&["careerSteps"]));
    }
    if state.salary_grades.len() > MOST {
        refusals.push(Objection::TooMany(MOST).at(&["salaryGrades"]));
    } else if !state.salary_grades.iter().all(|it| is_line(it, 40)) {
        refusals.push(Objection::InvalidText.at(&["salaryGrades"]));
    }
}

fn is_text(text: &Text, longest: usize) -> bool {
    let is_language = |code: &String| {
        (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())
    };
    text.0.len() <= LANGUAGES
        && text.0.keys().all(is_language)
        && text.0.values().all(|it| is_line(it, longest))
}

fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
}
