//! The schema as a validator takes it: closed, every text and list bounded, nothing that only describes.

use serde_json::{Map, Value, json};

use super::field::{Field, FieldKind, Options};

/// An object with these fields and no others. `complete` demands what is required.
pub(super) fn closed(fields: &[Field], complete: bool) -> Value {
    let properties = fields
        .iter()
        .map(|field| (field.name.clone(), validating(field, complete)));
    let required = fields.iter().filter(|it| complete && it.required);
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": required.map(|it| it.name.as_str()).collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

/// What a validator checks of an answer to a field. Options that the country keeps are checked with its lists.
fn validating(field: &Field, complete: bool) -> Value {
    match &field.kind {
        FieldKind::Text {
            shortest,
            longest,
            pattern,
        } => {
            let mut schema = json!({ "type": "string", "maxLength": longest });
            if *shortest > 0 {
                schema["minLength"] = json!(shortest);
            }
            if let Some(pattern) = pattern {
                schema["pattern"] = json!(pattern);
            }
            schema
        }
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::Email => json!({ "type": "string", "format": "email", "maxLength": 254 }),
        FieldKind::Number { whole, range } => {
            let mut schema = json!({ "type": if *whole { "integer" } else { "number" } });
            for (key, limit) in [
                ("minimum", range.least),
                ("maximum", range.most),
                ("exclusiveMinimum", range.above),
                ("exclusiveMaximum", range.below),
                ("multipleOf", range.multiple_of),
            ] {
                if let Some(limit) = limit {
                    schema[key] = json!(limit);
                }
            }
            schema
        }
        FieldKind::Boolean => json!({ "type": "boolean" }),
        FieldKind::Choice(options) => option(options),
        FieldKind::Choices {
            options,
            fewest,
            most,
        } => json!({
            "type": "array", "items": option(options), "uniqueItems": true, "maxItems": most,
            "minItems": if complete { *fewest } else { 0 },
        }),
        FieldKind::File { .. } => json!({ "type": "string", "pattern": "^fil_[0-9a-f]{32}$" }),
        FieldKind::Group(fields) => closed(fields, complete),
        FieldKind::Repeat {
            fields,
            fewest,
            most,
        } => json!({
            "type": "array", "items": closed(fields, complete), "maxItems": most,
            "minItems": if complete { *fewest } else { 0 },
        }),
    }
}

fn option(options: &Options) -> Value {
    match options {
        Options::Listed(choices) => {
            let codes: Vec<&str> = choices.iter().map(|it| it.code.as_str()).collect();
            json!({ "type": "string", "enum": codes })
        }
        Options::CodeList(_) | Options::Cadres => json!({ "type": "string", "maxLength": 100 }),
    }
}
