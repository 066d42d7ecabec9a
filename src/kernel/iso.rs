//! Codes as ISO writes them; which of them it has given away, it changes from year to year.

/// Two capitals, as ISO 3166-1 writes countries.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|it| it.is_ascii_uppercase())
}

/// Two or three small letters, as ISO 639 writes languages.
#[must_use]
pub fn is_language(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|it| it.is_ascii_lowercase())
}
