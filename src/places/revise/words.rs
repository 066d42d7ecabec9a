//! How codes, names and other texts of places are written.

use super::refusal::{Objection, Refusal};
use crate::kernel::{Reason, Text};

pub(super) fn is_code(code: &str) -> bool {
    let mut characters = code.chars();
    code.len() <= 40
        && characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// A name in the country's first language at least, and in none that it does not write in.
pub(super) fn check_names(
    names: &Text,
    languages: &[String],
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) {
    if names.0.is_empty() || !names.0.values().all(|it| is_line(it, 200)) {
        refusals.push(Objection::InvalidLabel.at(path));
    }
    if let Some(foreign) = names.0.keys().find(|it| !languages.contains(it)) {
        refusals.push(Objection::ForeignLanguage(foreign.clone()).at(path));
    } else if let Some(first) = languages.first().filter(|it| !names.0.contains_key(*it))
        && !names.0.is_empty()
    {
        refusals.push(Objection::MissingLanguage(first.clone()).at(path));
    }
}

pub(super) fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && is_optional_line(text, longest)
}

pub(super) fn is_optional_line(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}
