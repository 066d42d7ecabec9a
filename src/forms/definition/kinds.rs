//! Single values: texts, choices and numbers, each bounded.

use serde_json::{Map, Value, json};

use super::MOST_PATTERNS;
use super::field::{FieldKind, Range};
use super::file::file;
use super::flaw::{Fault, Reading};
use super::schema::{Counts, DESCRIBING};
use super::words::options;

/// Free text is bounded by so many characters when a form does not say.
const LONG: u64 = 1_000;
const LONGEST: u64 = 10_000;
const LONGEST_PATTERN: usize = 200;
/// What a compiled pattern may take: `[a-z]{1,40}` fits, `(x{999}){999}` does not.
const PATTERN_BYTES: usize = 64 * 1024;

pub(super) fn text(
    reading: &mut Reading,
    schema: &Map<String, Value>,
    counts: &mut Counts,
) -> Option<FieldKind> {
    if schema.contains_key("x-file") {
        return file(reading, schema);
    }
    if ["enum", "oneOf", "x-codeList", "x-cadre"]
        .iter()
        .any(|it| schema.contains_key(*it))
    {
        let known = ["enum", "oneOf", "x-codeList", "x-cadre", "default"];
        reading.only(schema, &[&DESCRIBING[..], &known].concat());
        return options(reading, schema, &counts.language).map(FieldKind::Choice);
    }
    let known = ["minLength", "maxLength", "pattern", "format", "default"];
    reading.only(schema, &[&DESCRIBING[..], &known].concat());
    if let Some(format) = schema.get("format") {
        for key in ["minLength", "maxLength", "pattern"] {
            if schema.contains_key(key) {
                reading.refuse_at(key, Fault::BadValue);
            }
        }
        return match format.as_str() {
            Some("date") => Some(FieldKind::Date),
            Some("email") => Some(FieldKind::Email),
            _ => {
                reading.refuse_at("format", Fault::BadValue);
                None
            }
        };
    }
    let shortest = bound(reading, schema, "minLength", 0, LONGEST);
    let longest = bound(reading, schema, "maxLength", LONG, LONGEST);
    if shortest > longest {
        reading.refuse_at("minLength", Fault::BadValue);
    }
    let pattern = schema.get("pattern").and_then(|given| {
        reading.at("pattern", |reading| {
            let pattern = reading.text(given, LONGEST_PATTERN)?;
            counts.patterns += 1;
            if counts.patterns > MOST_PATTERNS {
                reading.refuse(Fault::TooMany(MOST_PATTERNS));
            } else if !is_pattern(pattern) {
                // A pattern that was given up is dear: the next ones are not tried.
                counts.patterns = MOST_PATTERNS;
                reading.refuse(Fault::BadPattern);
            }
            Some(pattern.to_owned())
        })
    });
    Some(FieldKind::Text {
        shortest,
        longest,
        pattern,
    })
}

fn is_pattern(pattern: &str) -> bool {
    let schema = json!({ "type": "string", "pattern": pattern });
    validator_options().build(&schema).is_ok()
}

/// Linear-time patterns of a bounded size, formats checked, nothing fetched.
pub(in crate::forms) fn validator_options() -> jsonschema::ValidationOptions<'static> {
    let patterns = jsonschema::PatternOptions::regex()
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES);
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_pattern_options(patterns)
        .should_validate_formats(true)
}

pub(super) fn number(reading: &mut Reading, schema: &Map<String, Value>, whole: bool) -> FieldKind {
    let known = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "x-unit",
        "default",
    ];
    reading.only(schema, &[&DESCRIBING[..], &known].concat());
    let mut limit = |key: &str| {
        let given = schema.get(key)?;
        let number = given.as_f64().filter(|it| it.is_finite());
        if number.is_none() {
            reading.refuse_at(key, Fault::WrongType("number"));
        }
        number
    };
    let range = Range {
        least: limit("minimum"),
        most: limit("maximum"),
        above: limit("exclusiveMinimum"),
        below: limit("exclusiveMaximum"),
        multiple_of: limit("multipleOf"),
    };
    if range.multiple_of.is_some_and(|it| it <= 0.0) {
        reading.refuse_at("multipleOf", Fault::BadValue);
    }
    let least = range.least.or(range.above);
    let most = range.most.or(range.below);
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        reading.refuse_at("minimum", Fault::BadValue);
    }
    FieldKind::Number { whole, range }
}

pub(super) fn bound(
    reading: &mut Reading,
    schema: &Map<String, Value>,
    key: &str,
    absent: u64,
    most: u64,
) -> u64 {
    match schema.get(key) {
        None => absent,
        Some(given) => match given.as_u64() {
            Some(bound) if bound <= most => bound,
            Some(_) => {
                reading.refuse_at(key, Fault::BadValue);
                most
            }
            None => {
                reading.refuse_at(key, Fault::WrongType("integer"));
                absent
            }
        },
    }
}
