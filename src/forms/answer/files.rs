//! The files that an answer names.

use serde_json::Value;

use super::place::Place;
use crate::forms::definition::{Definition, Field, FieldKind};
use crate::kernel::{FileId, Id};

/// A file, and where an answer names it.
pub struct NamedFile<'d> {
    pub path: Vec<String>,
    pub field: &'d Field,
    pub id: FileId,
}

/// All files that an answer names.
#[must_use]
pub fn files<'d>(definition: &'d Definition, answers: &Value) -> Vec<NamedFile<'d>> {
    let mut named = Vec::new();
    let fields = definition.all_fields();
    for field in fields {
        if !matches!(field.kind, FieldKind::File { .. }) {
            continue;
        }
        for place in Place::all(answers, &field.path) {
            let id = place.get(answers).and_then(Value::as_str);
            if let Some(Ok(id)) = id.map(FileId::decode) {
                named.push(NamedFile {
                    path: place.told(),
                    field,
                    id,
                });
            }
        }
    }
    named
}
