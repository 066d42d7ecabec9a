//! Taking elements out of a resource. What is taken has been understood; what is left when a translation is done is
//! what Kada could not carry, and [`left_over`] names it.

use std::collections::BTreeSet;
use std::slice;

use serde_json::{Map, Value};

use crate::kernel::{Date, fold};

/// A code of a code system, with what people call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coding {
    pub system: String,
    pub code: String,
    pub label: Option<String>,
}

/// A resource that another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `Location`; absent in a `urn:` address.
    pub kind: Option<String>,
    pub id: String,
}

impl Reference {
    /// `Location/1`, `https://ihris.example/fhir/Location/1/_history/2` and `urn:uuid:…` are the forms in use.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Some(name) = text.strip_prefix("urn:") {
            let id = name.split_once(':').map_or(name, |(_, id)| id).to_owned();
            return Self { kind: None, id };
        }
        let address = text.split("/_history/").next().unwrap_or_default();
        let mut parts = address.rsplit('/');
        let id = parts.next().unwrap_or_default().to_owned();
        let kind = parts.next().map(str::to_owned);
        Self { kind, id }
    }

    /// Whether it may lead to a resource of this type.
    #[must_use]
    pub fn is_to(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|it| it == kind)
    }
}

/// What a date element says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    Absent,
    /// A year, a year and a month, or nonsense: no day of the calendar.
    Partial,
    On(Date),
}

impl Day {
    #[must_use]
    pub fn known(self) -> Option<Date> {
        match self {
            Day::On(date) => Some(date),
            Day::Absent | Day::Partial => None,
        }
    }
}

/// The objects under a key, whether it holds one or a list.
pub fn objects<'a>(
    of: &'a mut Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    let values: &mut [Value] = match of.get_mut(key) {
        Some(Value::Array(items)) => items,
        Some(one) => slice::from_mut(one),
        None => &mut [],
    };
    values.iter_mut().filter_map(Value::as_object_mut)
}

/// A text without the spaces around it; `None` when there is none.
pub fn take_text(of: &mut Map<String, Value>, key: &str) -> Option<String> {
    let text = of.get(key)?.as_str()?.trim().to_owned();
    of.remove(key);
    (!text.is_empty()).then_some(text)
}

/// The texts of a list, as one; anything else stays, to be reported.
pub fn take_joined(of: &mut Map<String, Value>, key: &str, between: &str) -> Option<String> {
    let list = of.get(key)?.as_array()?;
    let words: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    let words: Vec<&str> = words?.into_iter().map(str::trim).collect();
    let words = words.join(between);
    of.remove(key);
    (!words.is_empty()).then_some(words)
}

/// Takes an element that says what is taken for granted; with another value it stays, to be reported.
pub fn take_expected(of: &mut Map<String, Value>, key: &str, expected: &Value) {
    if of.get(key) == Some(expected) {
        of.remove(key);
    }
}

/// A day, out of a date or the date of a moment.
pub fn take_day(of: &mut Map<String, Value>, key: &str) -> Day {
    let Some(text) = take_text(of, key) else {
        return Day::Absent;
    };
    let date = text.split('T').next().unwrap_or_default();
    date.parse().map_or(Day::Partial, Day::On)
}

/// The resource that an element refers to; some registers write a bare text where FHIR has an object, or an object
/// where it has a list.
pub fn take_reference(of: &mut Map<String, Value>, key: &str) -> Option<Reference> {
    if of.get(key).is_some_and(Value::is_string) {
        return take_text(of, key).map(|text| Reference::parse(&text));
    }
    let object = objects(of, key).next()?;
    let text = take_text(object, "reference")?;
    let reference = Reference::parse(&text);
    if let Some(kind) = &reference.kind {
        take_expected(object, "type", &Value::from(kind.as_str()));
    }
    Some(reference)
}

/// A Coding; it needs a code.
pub fn take_coding(of: &mut Map<String, Value>) -> Option<Coding> {
    let code = take_text(of, "code")?;
    Some(Coding {
        system: take_text(of, "system").unwrap_or_default(),
        code,
        label: take_text(of, "display"),
    })
}

/// The first code of a `CodeableConcept`, called by its text; a concept that is only a text is its own code.
pub fn take_concept(of: &mut Map<String, Value>) -> Option<Coding> {
    let text = take_text(of, "text");
    let coding = objects(of, "coding").find_map(|coding| {
        let display = coding.get("display").cloned();
        let mut taken = take_coding(coding)?;
        if let Some(text) = text.clone() {
            // Where the two differ, the text is what people see; the other one is left to be reported.
            let differs = taken
                .label
                .as_ref()
                .is_some_and(|it| fold(it) != fold(&text));
            if let Some(display) = display.filter(|_| differs) {
                coding.insert("display".to_owned(), display);
            }
            taken.label = Some(text);
        }
        Some(taken)
    });
    coding.or_else(|| {
        text.map(|text| Coding {
            system: String::new(),
            code: text.clone(),
            label: Some(text),
        })
    })
}

/// The Coding of an extension, looked for by the end of its address, wherever extensions nest.
pub fn take_extension(of: &mut Map<String, Value>, name: &str) -> Option<Coding> {
    objects(of, "extension").find_map(|extension| {
        let url = extension.get("url").and_then(Value::as_str);
        if url.is_some_and(|it| last_part(it) == name) {
            objects(extension, "valueCoding").find_map(take_coding)
        } else {
            take_extension(extension, name)
        }
    })
}

/// The resource that an extension refers to, looked for by the end of its address.
pub fn take_reference_of(of: &mut Map<String, Value>, name: &str) -> Option<Reference> {
    let mut extensions = objects(of, "extension");
    let extension = extensions.find(|it| {
        let url = it.get("url").and_then(Value::as_str);
        url.is_some_and(|it| last_part(it) == name)
    })?;
    take_reference(extension, "valueReference")
}

/// What follows the last `/` of an address.
#[must_use]
pub fn last_part(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The elements that nobody took, each once. Those named in `opened` are looked into; any other is named as a whole.
#[must_use]
pub fn left_over(body: &Map<String, Value>, opened: &[&str]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (key, value) in body {
        walk(key, value, opened.contains(&key.as_str()), &mut paths);
    }
    paths
}

fn walk(path: &str, value: &Value, is_open: bool, paths: &mut BTreeSet<String>) {
    let is_extension = path == "extension" || path.ends_with(".extension");
    match value {
        Value::Null => {}
        Value::Object(object) if object.is_empty() => {}
        Value::Array(items) if is_extension => {
            for item in items.iter().filter_map(Value::as_object) {
                extension(path, item, paths);
            }
        }
        Value::Array(items) => {
            let many = items.len() > 1;
            for (place, item) in items.iter().enumerate() {
                if is_open && many {
                    walk(&format!("{path}[{place}]"), item, true, paths);
                } else {
                    walk(path, item, is_open, paths);
                }
            }
        }
        Value::Object(object) if is_open => {
            for (key, value) in object {
                walk(&format!("{path}.{key}"), value, true, paths);
            }
        }
        _ => {
            paths.insert(path.to_owned());
        }
    }
}

/// An extension is named by the end of its address; one whose value was taken has nothing left but that.
fn extension(path: &str, item: &Map<String, Value>, paths: &mut BTreeSet<String>) {
    let url = item.get("url").and_then(Value::as_str).unwrap_or_default();
    let path = format!("{path}({})", last_part(url));
    for (key, value) in item.iter().filter(|(key, _)| *key != "url") {
        if key == "extension" {
            walk(&format!("{path}.extension"), value, true, paths);
        } else if *value != Value::Object(Map::new()) {
            paths.insert(path.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn references_lead_to_one_place_in_all_their_forms() {
        for text in [
            "Location/TF.W",
            "https://ihris.example/fhir/Location/TF.W",
            "Location/TF.W/_history/3",
        ] {
            let reference = Reference::parse(text);
            assert_eq!(reference.id, "TF.W", "{text}");
            assert!(reference.is_to("Location") && !reference.is_to("Practitioner"));
        }
        let urn = Reference::parse("urn:uuid:5b1c");
        assert_eq!((urn.id.as_str(), urn.is_to("Location")), ("5b1c", true));
    }

    #[test]
    fn a_year_is_no_day() {
        let mut of = object(
            json!({ "a": "1978", "b": "1978-05", "c": "1978-05-17T08:00:00+02:00", "d": "1978-02-30" }),
        );
        let days = ["a", "b", "c", "d", "e"].map(|key| take_day(&mut of, key));
        let day = Day::On("1978-05-17".parse().expect("a date"));
        assert_eq!(
            days,
            [Day::Partial, Day::Partial, day, Day::Partial, Day::Absent]
        );
    }

    #[test]
    fn what_is_not_taken_is_left_over() {
        let mut of = object(json!({
            "photo": [{ "data": "AAAA" }], "address": [],
            "name": [{ "family": "Traoré", "prefix": ["Dr"] }, { "family": "Diallo" }],
            "code": [{ "coding": [{ "code": "1", "system": "s", "display": "Nurse" }], "text": "Infirmier" }],
            "extension": [
                { "url": "http://x/pay", "valueMoney": { "value": 5 } },
                { "url": "http://x/details", "extension": [
                    { "url": "reason", "valueCoding": { "code": "death" } },
                    { "url": "position", "valueReference": { "reference": "Basic/1" } },
                ] },
            ],
        }));
        let concept = objects(&mut of, "code").find_map(take_concept).expect("it");
        assert_eq!(concept.label.as_deref(), Some("Infirmier"));
        let reason = take_extension(&mut of, "reason").expect("it");
        assert_eq!(reason.code, "death");
        objects(&mut of, "name")
            .next()
            .and_then(|it| take_text(it, "family"))
            .expect("it");
        let left: Vec<String> = left_over(&of, &["name", "code"]).into_iter().collect();
        assert_eq!(
            left,
            [
                "code.coding.display",
                "extension(details).extension(position)",
                "extension(pay)",
                "name[0].prefix",
                "name[1].family",
                "photo",
            ]
        );
    }
}
