//! Languages as spreadsheets write them: `Français (fr)`, `fr`, `French`.

use crate::kernel::fold;

/// What languages are called, in themselves and in English, without accents.
const NAMES: [(&str, &[&str]); 20] = [
    ("am", &["amharic"]),
    ("ar", &["arabic"]),
    ("bm", &["bambara", "bamanankan"]),
    ("en", &["english", "anglais"]),
    ("es", &["spanish", "espanol"]),
    ("fr", &["french", "francais"]),
    ("ha", &["hausa"]),
    (
        "ht",
        &["haitian creole", "kreyol", "kreyol ayisyen", "creole"],
    ),
    ("lg", &["luganda", "ganda"]),
    ("mg", &["malagasy"]),
    ("ny", &["chichewa", "nyanja", "chinyanja"]),
    ("om", &["oromo", "afaan oromo"]),
    ("pt", &["portuguese", "portugues"]),
    ("rn", &["kirundi", "rundi"]),
    ("rw", &["kinyarwanda"]),
    ("so", &["somali"]),
    ("sw", &["swahili", "kiswahili"]),
    ("ti", &["tigrinya"]),
    ("wo", &["wolof"]),
    ("yo", &["yoruba"]),
];

/// The code of a language.
pub(super) fn code(written: &str) -> Option<String> {
    let written = written.trim();
    let inside = written
        .rsplit_once('(')
        .map(|(_, it)| it.trim_end_matches(')'));
    let is_code = |it: &&str| {
        let primary = it.split('-').next().unwrap_or_default();
        (2..=3).contains(&primary.len()) && primary.bytes().all(|it| it.is_ascii_alphabetic())
    };
    let code = inside
        .filter(is_code)
        .or_else(|| Some(written).filter(is_code));
    if let Some(code) = code {
        let primary = code.split('-').next().unwrap_or_default();
        return Some(primary.to_ascii_lowercase());
    }
    let folded = fold(written);
    let known = NAMES
        .iter()
        .find(|(_, names)| names.contains(&folded.as_str()));
    known.map(|(code, _)| (*code).to_owned())
}

/// A language as the header of a column names it: `Kiswahili (sw)`.
pub(super) fn header(code: &str) -> String {
    let name = match code {
        "bm" => "Bamanankan",
        "en" => "English",
        "es" => "Español",
        "fr" => "Français",
        "ht" => "Kreyòl",
        "ny" => "Chichewa",
        "pt" => "Português",
        "rn" => "Kirundi",
        "rw" => "Kinyarwanda",
        "sw" => "Kiswahili",
        "wo" => "Wolof",
        other => other,
    };
    format!("{name} ({code})")
}

/// Yes and no, where a form in these languages is exported.
pub(super) fn yes_and_no(code: &str) -> Option<[&'static str; 2]> {
    Some(match code {
        "en" => ["Yes", "No"],
        "fr" => ["Oui", "Non"],
        "ht" => ["Wi", "Non"],
        "ny" => ["Inde", "Ayi"],
        "pt" => ["Sim", "Não"],
        "sw" => ["Ndiyo", "Hapana"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_code_and_by_name() {
        for (written, wanted) in [
            ("Français (fr)", Some("fr")),
            ("fr", Some("fr")),
            ("FR", Some("fr")),
            ("pt-BR", Some("pt")),
            ("Kreyòl Ayisyen", Some("ht")),
            ("English", Some("en")),
            ("Klingon", None),
            ("(old) version", None),
            ("", None),
        ] {
            assert_eq!(code(written).as_deref(), wanted, "{written}");
        }
        assert_eq!(code(&header("sw")).as_deref(), Some("sw"));
    }
}
