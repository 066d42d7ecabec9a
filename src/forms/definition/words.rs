//! The words of a definition: titles in several languages, and the options of a choice.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::field::{Choice, Options};
use super::flaw::{Fault, Reading};
use crate::kernel::Text;

const MOST_OPTIONS: usize = 500;
const LONGEST_TITLE: usize = 2_000;

pub(super) fn language(reading: &mut Reading, given: &Value) -> String {
    match given.as_str() {
        Some(code)
            if (2..=3).contains(&code.len()) && code.bytes().all(|it| it.is_ascii_lowercase()) =>
        {
            code.to_owned()
        }
        _ => {
            reading.refuse(Fault::BadValue);
            "en".to_owned()
        }
    }
}

/// A field's title and description, in the form's language and those it is translated to.
pub(super) fn texts(
    reading: &mut Reading,
    schema: &Map<String, Value>,
    language: &str,
) -> (Text, Text) {
    let mut read = [Text::default(), Text::default()];
    for (key, text) in ["title", "description"].into_iter().zip(&mut read) {
        if let Some(given) = schema.get(key) {
            let given = reading.at(key, |reading| reading.text(given, LONGEST_TITLE));
            if let Some(given) = given {
                text.0.insert(language.to_owned(), given.to_owned());
            }
        }
    }
    if let Some(given) = schema.get("x-translations") {
        reading.at("x-translations", |reading| {
            for (language, texts) in reading.object(given).into_iter().flatten() {
                reading.at(language, |reading| {
                    self::language(reading, &json!(language));
                    let Some(texts) = reading.object(texts) else {
                        return;
                    };
                    reading.only(texts, &["title", "description"]);
                    for (key, text) in ["title", "description"].into_iter().zip(&mut read) {
                        if let Some(given) = texts.get(key)
                            && let Some(given) =
                                reading.at(key, |reading| reading.text(given, LONGEST_TITLE))
                        {
                            text.0.insert(language.clone(), given.to_owned());
                        }
                    }
                });
            }
        });
    }
    let [title, description] = read;
    (title, description)
}

/// The options of a choice, from exactly one place.
pub(super) fn options(
    reading: &mut Reading,
    schema: &Map<String, Value>,
    language: &str,
) -> Option<Options> {
    let places = ["enum", "oneOf", "x-codeList", "x-cadre"];
    let mut given = places.iter().filter_map(|it| Some((*it, schema.get(*it)?)));
    let (Some((key, value)), None) = (given.next(), given.next()) else {
        reading.refuse(Fault::WrongType("enum | oneOf | x-codeList | x-cadre"));
        return None;
    };
    reading.at(key, |reading| match key {
        "x-codeList" => {
            let list = reading.text(value, 100)?;
            Some(Options::CodeList(list.to_owned()))
        }
        "x-cadre" => {
            if *value != Value::Bool(true) {
                reading.refuse(Fault::WrongType("true"));
            }
            Some(Options::Cadres)
        }
        _ => listed(reading, value, key == "oneOf", language).map(Options::Listed),
    })
}

fn listed(
    reading: &mut Reading,
    value: &Value,
    titled: bool,
    language: &str,
) -> Option<Vec<Choice>> {
    let mut seen = BTreeSet::new();
    let mut choices = Vec::new();
    let entries = reading.list(value, MOST_OPTIONS);
    if entries.is_empty() {
        reading.refuse(Fault::WrongType("array"));
        return None;
    }
    for (at, entry) in entries.iter().enumerate() {
        reading.at(at, |reading| {
            let (code, title) = if titled {
                let Some(entry) = reading.object(entry) else {
                    return;
                };
                reading.only(entry, &["const", "title", "description", "x-translations"]);
                let code = entry.get("const").unwrap_or(&Value::Null);
                let code = reading.at("const", |reading| reading.text(code, 100));
                (code, texts(reading, entry, language).0)
            } else {
                (reading.text(entry, 100), Text::default())
            };
            match code {
                Some("") => reading.refuse(Fault::BadValue),
                Some(code) if !seen.insert(code) => {
                    reading.refuse(Fault::Twice(code.to_owned()));
                }
                Some(code) => choices.push(Choice {
                    code: code.to_owned(),
                    title,
                }),
                None => {}
            }
        });
    }
    Some(choices)
}
