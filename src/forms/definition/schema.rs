//! The closed subset of JSON Schema 2020-12 that describes answers.

use serde_json::{Map, Value, json};

use super::MOST_FIELDS;
use super::field::{Field, FieldKind, Options};
use super::flaw::{Fault, Reading, shortened};
use super::kinds::{bound, number, text};
use super::words::{language, options, texts};

/// A repeating group or a list of options is bounded by so many when a form does not say.
const MANY: u64 = 100;
const MOST: u64 = 200;

pub(super) const DESCRIBING: [&str; 5] = [
    "title",
    "description",
    "x-translations",
    "x-sensitivity",
    "type",
];

/// What is counted while a schema is read.
pub(super) struct Counts {
    fields: usize,
    pub patterns: usize,
    /// The language of plain titles.
    pub language: String,
}

/// A field's place: the path of what it stands in, and the innermost repeating group.
#[derive(Clone, Copy)]
struct Around<'a> {
    path: &'a str,
    repeat: Option<&'a str>,
    personal: bool,
}

pub(super) fn read(reading: &mut Reading, schema: &Value) -> Vec<Field> {
    let Some(root) = reading.object(schema) else {
        return Vec::new();
    };
    let mut keywords = vec![
        "$schema",
        "type",
        "title",
        "description",
        "x-translations",
        "x-language",
    ];
    keywords.extend(["properties", "required", "additionalProperties"]);
    reading.only(root, &keywords);
    if let Some(dialect) = root.get("$schema")
        && dialect != "https://json-schema.org/draft/2020-12/schema"
    {
        reading.refuse_at("$schema", Fault::BadValue);
    }
    let language = match root.get("x-language") {
        None => "en".to_owned(),
        Some(given) => reading.at("x-language", |reading| language(reading, given)),
    };
    let mut counts = Counts {
        fields: 0,
        patterns: 0,
        language,
    };
    texts(reading, root, &counts.language);
    let around = Around {
        path: "",
        repeat: None,
        personal: false,
    };
    object(reading, root, around, &mut counts)
}

/// The properties of an object, in the order of their names.
fn object(
    reading: &mut Reading,
    schema: &Map<String, Value>,
    around: Around<'_>,
    counts: &mut Counts,
) -> Vec<Field> {
    if schema.get("type") != Some(&json!("object")) {
        reading.refuse_at("type", Fault::WrongType("object"));
    }
    if !matches!(
        schema.get("additionalProperties"),
        None | Some(Value::Bool(false))
    ) {
        reading.refuse_at("additionalProperties", Fault::BadValue);
    }
    let empty = Map::new();
    let properties = match schema.get("properties") {
        None => &empty,
        Some(given) => {
            let properties = reading.at("properties", |reading| reading.object(given));
            properties.unwrap_or(&empty)
        }
    };
    if properties.is_empty() {
        reading.refuse_at("properties", Fault::WrongType("object"));
    }
    let required = required(reading, schema.get("required"), properties);
    let mut fields = Vec::new();
    for (name, property) in properties {
        counts.fields += 1;
        if counts.fields > MOST_FIELDS {
            if counts.fields == MOST_FIELDS + 1 {
                reading.refuse_at("properties", Fault::TooMany(MOST_FIELDS));
            }
            return fields;
        }
        let is_required = required.contains(&name.as_str());
        reading.at("properties", |reading| {
            reading.at(name, |reading| {
                if !is_name(name) {
                    reading.refuse(Fault::BadName(shortened(name)));
                } else if let Some(mut read) = field(reading, name, property, around, counts) {
                    read.required = is_required;
                    fields.push(read);
                }
            });
        });
    }
    fields
}

/// Letters, digits and `_`, a letter first: the name of a column, of a variable of `XLSForm`, of a part of a path.
fn is_name(name: &str) -> bool {
    name.len() <= 60
        && name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

fn required<'v>(
    reading: &mut Reading,
    given: Option<&'v Value>,
    properties: &Map<String, Value>,
) -> Vec<&'v str> {
    let Some(given) = given else {
        return Vec::new();
    };
    reading.at("required", |reading| {
        let mut names = Vec::new();
        for (at, name) in reading.list(given, MOST_FIELDS).iter().enumerate() {
            match name.as_str() {
                Some(name) if properties.contains_key(name) => names.push(name),
                Some(name) => reading.refuse_at(at, Fault::UnknownField(shortened(name))),
                None => reading.refuse_at(at, Fault::WrongType("string")),
            }
        }
        names
    })
}

fn field(
    reading: &mut Reading,
    name: &str,
    schema: &Value,
    around: Around<'_>,
    counts: &mut Counts,
) -> Option<Field> {
    let schema = reading.object(schema)?;
    let path = match around.path {
        "" => name.to_owned(),
        above => format!("{above}.{name}"),
    };
    let personal = match schema.get("x-sensitivity").map(Value::as_str) {
        None | Some(Some("public")) => around.personal,
        Some(Some("personal")) => true,
        Some(_) => {
            reading.refuse_at("x-sensitivity", Fault::BadValue);
            false
        }
    };
    let (title, description) = texts(reading, schema, &counts.language);
    let kind = match schema.get("type").and_then(Value::as_str) {
        Some("string") => text(reading, schema, counts),
        Some("integer") => Some(number(reading, schema, true)),
        Some("number") => Some(number(reading, schema, false)),
        Some("boolean") => {
            reading.only(schema, &[&DESCRIBING[..], &["default"]].concat());
            Some(FieldKind::Boolean)
        }
        Some("array") => array(reading, schema, (&path, personal), counts),
        Some("object") => {
            let more = ["properties", "required", "additionalProperties"];
            reading.only(schema, &[&DESCRIBING[..], &more].concat());
            let around = Around {
                path: &path,
                personal,
                ..around
            };
            Some(FieldKind::Group(object(reading, schema, around, counts)))
        }
        _ => {
            let types = "string | integer | number | boolean | array | object";
            reading.refuse_at("type", Fault::WrongType(types));
            None
        }
    }?;
    let unit = schema.get("x-unit").and_then(|given| {
        reading.at("x-unit", |reading| {
            reading.text(given, 40).map(str::to_owned)
        })
    });
    Some(Field {
        name: name.to_owned(),
        default: default(reading, schema.get("default"), &kind),
        path,
        kind,
        required: false,
        personal,
        title,
        description,
        unit,
        repeat: around.repeat.map(str::to_owned),
    })
}

fn default(reading: &mut Reading, given: Option<&Value>, kind: &FieldKind) -> Option<Value> {
    let given = given?;
    let fits = match kind {
        FieldKind::Number { whole, .. } => given.is_number() && (!whole || given.is_i64()),
        FieldKind::Boolean => given.is_boolean(),
        FieldKind::Choice(Options::Listed(options)) => {
            options.iter().any(|it| given == it.code.as_str())
        }
        _ => given.is_string(),
    };
    if !fits {
        reading.refuse_at("default", Fault::BadValue);
    }
    fits.then(|| given.clone())
}

fn array(
    reading: &mut Reading,
    schema: &Map<String, Value>,
    (path, personal): (&str, bool),
    counts: &mut Counts,
) -> Option<FieldKind> {
    let known = ["items", "minItems", "maxItems", "uniqueItems"];
    reading.only(schema, &[&DESCRIBING[..], &known].concat());
    let fewest = bound(reading, schema, "minItems", 0, MOST);
    let most = bound(reading, schema, "maxItems", MANY, MOST);
    if fewest > most {
        reading.refuse_at("minItems", Fault::BadValue);
    }
    let items = schema.get("items").unwrap_or(&Value::Null);
    let unique = schema.get("uniqueItems").cloned();
    reading.at("items", |reading| {
        let items = reading.object(items)?;
        if items.get("type") == Some(&json!("object")) {
            if unique.is_some() {
                reading.refuse(Fault::BadValue);
            }
            let more = ["properties", "required", "additionalProperties"];
            reading.only(items, &[&DESCRIBING[..], &more].concat());
            let around = Around {
                path,
                repeat: Some(path),
                personal,
            };
            let fields = object(reading, items, around, counts);
            return Some(FieldKind::Repeat {
                fields,
                fewest,
                most,
            });
        }
        reading.only(items, &["type", "enum", "oneOf", "x-codeList", "x-cadre"]);
        if items.get("type") != Some(&json!("string")) {
            reading.refuse_at("type", Fault::WrongType("string | object"));
        }
        if unique != Some(Value::Bool(true)) {
            reading.refuse(Fault::UnknownKeyword(
                "items without uniqueItems".to_owned(),
            ));
        }
        let options = options(reading, items, &counts.language)?;
        Some(FieldKind::Choices {
            options,
            fewest,
            most,
        })
    })
}
