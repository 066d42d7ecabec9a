//! The layout, as JSON Forms has it: where each field stands. What a scope names must be a field.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::field::Field;
use super::flaw::{Fault, Reading, shortened};

const LAYOUTS: [&str; 5] = [
    "VerticalLayout",
    "HorizontalLayout",
    "Group",
    "Categorization",
    "Category",
];
const EFFECTS: [&str; 4] = ["SHOW", "HIDE", "ENABLE", "DISABLE"];
const MOST_ELEMENTS: usize = 1_000;

pub(super) fn read(reading: &mut Reading, element: &Value, fields: &HashMap<&str, &Field>) {
    let Some(element) = reading.object(element) else {
        return;
    };
    reading.only(
        element,
        &[
            "type", "elements", "scope", "label", "text", "i18n", "options", "rule",
        ],
    );
    match element.get("type").and_then(Value::as_str) {
        Some(layout) if LAYOUTS.contains(&layout) => elements(reading, element, fields),
        Some("Control") => scope(reading, element, fields),
        Some("Label") => {}
        _ => reading.refuse_at("type", Fault::BadValue),
    }
    for key in ["label", "text", "i18n"] {
        let given = element.get(key);
        if given.is_some_and(|it| !(it.is_string() || (key == "label" && it.is_boolean()))) {
            reading.refuse_at(key, Fault::WrongType("string"));
        }
    }
    if let Some(options) = element.get("options") {
        reading.at("options", |reading| {
            if let Some(detail) = reading.object(options).and_then(|it| it.get("detail"))
                && detail.is_object()
            {
                reading.at("detail", |reading| {
                    within_items(reading, element, detail, fields);
                });
            }
        });
    }
    if let Some(rule) = element.get("rule") {
        reading.at("rule", |reading| condition(reading, rule, fields));
    }
}

fn elements(reading: &mut Reading, layout: &Map<String, Value>, fields: &HashMap<&str, &Field>) {
    let Some(elements) = layout.get("elements") else {
        reading.refuse_at("elements", Fault::WrongType("array"));
        return;
    };
    reading.at("elements", |reading| {
        for (at, element) in reading.list(elements, MOST_ELEMENTS).iter().enumerate() {
            reading.at(at, |reading| read(reading, element, fields));
        }
    });
}

/// The layout of a repeating group's items, whose scopes begin at the item.
fn within_items(
    reading: &mut Reading,
    control: &Map<String, Value>,
    detail: &Value,
    fields: &HashMap<&str, &Field>,
) {
    let list = control.get("scope").and_then(Value::as_str).and_then(path);
    let inside: HashMap<&str, &Field> = list.map_or_else(HashMap::new, |list| {
        let inside = fields.iter().filter_map(|(path, field)| {
            let below = path.strip_prefix(list.as_str())?.strip_prefix('.')?;
            Some((below, *field))
        });
        inside.collect()
    });
    read(reading, detail, &inside);
}

fn scope(reading: &mut Reading, element: &Map<String, Value>, fields: &HashMap<&str, &Field>) {
    reading.at("scope", |reading| match element.get("scope") {
        Some(Value::String(scope)) => {
            if !path(scope).is_some_and(|it| fields.contains_key(it.as_str())) {
                reading.refuse(Fault::UnknownField(shortened(scope)));
            }
        }
        _ => reading.refuse(Fault::WrongType("string")),
    });
}

/// `#/properties/home/properties/ward` is the field `home.ward`.
fn path(scope: &str) -> Option<String> {
    let mut names = Vec::new();
    let mut parts = scope.strip_prefix("#/")?.split('/');
    while let Some(part) = parts.next() {
        match part {
            "properties" => names.push(parts.next()?),
            "items" => {}
            _ => return None,
        }
    }
    Some(names.join("."))
}

fn condition(reading: &mut Reading, rule: &Value, fields: &HashMap<&str, &Field>) {
    let Some(rule) = reading.object(rule) else {
        return;
    };
    reading.only(rule, &["effect", "condition"]);
    let effect = rule.get("effect").and_then(Value::as_str);
    if !effect.is_some_and(|it| EFFECTS.contains(&it)) {
        reading.refuse_at("effect", Fault::BadValue);
    }
    let condition = rule.get("condition").unwrap_or(&Value::Null);
    reading.at("condition", |reading| {
        if let Some(condition) = reading.object(condition) {
            reading.only(condition, &["scope", "schema"]);
            scope(reading, condition, fields);
            if condition.get("schema").is_some_and(refers) {
                reading.refuse_at("schema", Fault::Reference);
            }
        }
    });
}

/// Whether a schema that only renderers read refers anywhere.
fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(parts) => {
            parts.keys().any(|key| key.starts_with('$')) || parts.values().any(refers)
        }
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}
