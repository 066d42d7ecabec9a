//! How codes, names and other texts of places are written.

use super::refusal::{Objection, Refusal};
use crate::kernel::Text;

pub(super) fn is_code(code: &str) -> bool {
    let mut characters = code.chars();
    code.len() <= 40
        && characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// A name in one of the country's languages at least, and in no others.
pub(super) fn check_names(
    names: &Text,
    languages: &[String],
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) {
    if names.0.is_empty() || !names.0.values().all(|it| is_line(it, 200)) {
        refusals.push(Objection::InvalidLabel.at(path));
    }
    for language in names.0.keys().filter(|it| !languages.contains(it)) {
        refusals.push(Objection::ForeignLanguage(language.clone()).at(path));
    }
}

pub(super) fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && is_optional_line(text, longest)
}

pub(super) fn is_optional_line(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}
