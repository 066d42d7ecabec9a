//! What a cell is besides its value: several values in one, and a text that a spreadsheet would take for a formula.
//! What is written here is read here, to the letter.

/// Between several values in one cell. In a cell that has one, `\|` is the sign itself and `\\` a backslash.
const BETWEEN: char = '|';

/// What makes a spreadsheet calculate a cell instead of showing it.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The values of a cell; those that are empty are none.
#[must_use]
pub fn parts(cell: &str) -> Vec<String> {
    if !cell.contains(BETWEEN) {
        return vec![cell.to_owned()];
    }
    let mut parts = vec![String::new()];
    let mut signs = cell.chars();
    while let Some(sign) = signs.next() {
        match sign {
            BETWEEN => parts.push(String::new()),
            '\\' => last(&mut parts).extend(signs.next()),
            sign => last(&mut parts).push(sign),
        }
    }
    let parts = parts.iter().map(|it| it.trim().to_owned());
    parts.filter(|it| !it.is_empty()).collect()
}

fn last(parts: &mut [String]) -> &mut String {
    let Some(last) = parts.last_mut() else {
        unreachable!("there is a part from the beginning");
    };
    last
}

/// Values as one cell.
#[must_use]
pub fn joined<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let values: Vec<&str> = values.into_iter().collect();
    match values[..] {
        [only] if !only.contains(BETWEEN) => only.to_owned(),
        _ => {
            let escaped = values
                .iter()
                .map(|it| it.replace('\\', r"\\").replace(BETWEEN, r"\|"));
            escaped.collect::<Vec<_>>().join("|")
        }
    }
}

/// A text that no spreadsheet calculates: an apostrophe stands before what would begin a formula, and before those
/// that stood there already. A number is left alone.
#[must_use]
pub fn guarded(text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or_default();
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok();
    if is_formula(text) && !is_plain {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text that [`guarded`] was given.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// Whether a text begins like a formula, behind any apostrophes.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_written_as_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+22365012345", "'+22365012345"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-cmd", "'-cmd"),
            ("'=x", "''=x"),
            ("-5", "-5"),
            ("-5.25", "-5.25"),
            ("N’Diaye", "N’Diaye"),
            ("'Aïcha", "'Aïcha"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), cell);
        }
    }

    proptest! {
        #[test]
        fn unguarding_undoes_guarding(text in "['=+@a-]{0,6}|.{0,12}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), text);
        }

        #[test]
        fn parting_undoes_joining(values in prop::collection::vec(r"[a-c|\\,]{1,5}", 1..4)) {
            let cell = joined(values.iter().map(String::as_str));
            prop_assert_eq!(parts(&cell), values);
        }
    }
}
