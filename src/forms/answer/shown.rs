//! An answer in two halves: what everybody who sees it may read, and what tells of a person.

use serde_json::{Map, Value};

use crate::forms::definition::{Field, FieldKind};

/// The halves of an answer; an item of a repeating group has the same position in both.
#[must_use]
pub fn parted(
    fields: &[Field],
    answers: &Value,
    is_personal: &dyn Fn(&str) -> bool,
) -> (Value, Value) {
    let (mut open, mut personal) = (Map::new(), Map::new());
    for field in fields {
        let Some(answer) = answers.get(&field.name) else {
            continue;
        };
        let name = field.name.clone();
        match &field.kind {
            FieldKind::Group(fields) => {
                let (ours, theirs) = parted(fields, answer, is_personal);
                open.insert(name.clone(), ours);
                if theirs.as_object().is_some_and(|it| !it.is_empty()) {
                    personal.insert(name, theirs);
                }
            }
            FieldKind::Repeat { fields, .. } => {
                let items = answer.as_array().into_iter().flatten();
                let (ours, theirs): (Vec<Value>, Vec<Value>) =
                    items.map(|item| parted(fields, item, is_personal)).unzip();
                open.insert(name.clone(), Value::Array(ours));
                if theirs
                    .iter()
                    .any(|it| it.as_object().is_some_and(|it| !it.is_empty()))
                {
                    personal.insert(name, Value::Array(theirs));
                }
            }
            _ if field.personal || is_personal(&field.path) => {
                personal.insert(name, answer.clone());
            }
            _ => {
                open.insert(name, answer.clone());
            }
        }
    }
    (Value::Object(open), Value::Object(personal))
}
