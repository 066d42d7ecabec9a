//! Files as answers: how large they may be, and of which types.

use serde_json::{Map, Value};

use super::field::FieldKind;
use super::flaw::{Fault, Reading, shortened};
use super::kinds::bound;
use super::schema::DESCRIBING;
use crate::kernel::{LARGEST_FILE, MediaType};

/// `"x-file": { "maxBytes": 1000000, "types": ["image/jpeg", "application/pdf"] }`
pub(super) fn file(reading: &mut Reading, schema: &Map<String, Value>) -> Option<FieldKind> {
    reading.only(schema, &[&DESCRIBING[..], &["x-file"]].concat());
    let given = schema.get("x-file").unwrap_or(&Value::Null);
    reading.at("x-file", |reading| {
        let given = reading.object(given)?;
        reading.only(given, &["maxBytes", "types"]);
        let largest = bound(reading, given, "maxBytes", LARGEST_FILE, LARGEST_FILE);
        if largest == 0 {
            reading.refuse_at("maxBytes", Fault::BadValue);
        }
        let types = match given.get("types") {
            None => MediaType::ALL.to_vec(),
            Some(given) => reading.at("types", |reading| types(reading, given)),
        };
        Some(FieldKind::File { largest, types })
    })
}

fn types(reading: &mut Reading, given: &Value) -> Vec<MediaType> {
    let mut types: Vec<MediaType> = Vec::new();
    let named = reading.list(given, MediaType::ALL.len());
    for (at, name) in named.iter().enumerate() {
        match name.as_str().and_then(MediaType::parse) {
            Some(one) if types.contains(&one) => {
                reading.refuse_at(at, Fault::Twice(shortened(one.as_str())));
            }
            Some(one) => types.push(one),
            None => {
                let known = "image/jpeg | image/png | image/webp | application/pdf";
                reading.refuse_at(at, Fault::WrongType(known));
            }
        }
    }
    if types.is_empty() {
        reading.refuse(Fault::BadValue);
    }
    types
}
