//! Answers to one version as the next would have them.

use serde_json::{Map, Value};

use super::Mapped;
use crate::forms::answer::fitted;
use crate::forms::definition::{Definition, Field, FieldKind};

/// Answers in another version, and what had no place there.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub answers: Value,
    /// The paths of fields whose answers were not carried over.
    pub lost: Vec<String>,
    /// The fields whose answers moved or changed: from, to, before, after.
    pub moved: Vec<(String, String, Value, Value)>,
}

/// Carries answers over to a version, by its mapping.
#[must_use]
pub fn carry(old: &Definition, new: &Definition, mapping: &[Mapped], answers: &Value) -> Carried {
    let mut carried = Carried {
        answers: answers.clone(),
        lost: Vec::new(),
        moved: Vec::new(),
    };
    let mut arriving = Vec::new();
    for mapped in mapping {
        let Some(field) = old.field(&mapped.from) else {
            continue;
        };
        if field.repeat.is_some() {
            continue;
        }
        let Some(before) = take(&mut carried.answers, &mapped.from) else {
            continue;
        };
        let target = mapped.to.as_deref().and_then(|to| new.field(to));
        let after = target.and_then(|target| converted(target, &before, mapped));
        match (after, &mapped.to) {
            (Some(after), Some(to)) => {
                arriving.push((mapped.from.clone(), to.clone(), before, after));
            }
            _ => carried.lost.push(mapped.from.clone()),
        }
    }
    keep(new.fields(), "", &mut carried.answers, &mut carried.lost);
    for (from, to, before, after) in arriving {
        put(&mut carried.answers, &to, after.clone());
        carried.moved.push((from, to, before, after));
    }
    carried
}

fn converted(target: &Field, before: &Value, mapped: &Mapped) -> Option<Value> {
    let one = |value: &Value| {
        let key = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let becomes = mapped.values.get(&key);
        becomes.map_or_else(|| value.clone(), |it| Value::String(it.clone()))
    };
    let value = match before {
        Value::Array(several) => Value::Array(several.iter().map(one).collect()),
        value => one(value),
    };
    let value = match (&target.kind, value) {
        (FieldKind::Choices { .. }, value) => value,
        (_, Value::Array(several)) if several.len() == 1 => several.into_iter().next()?,
        (_, value) => value,
    };
    match (&target.kind, &value) {
        (FieldKind::Boolean, Value::String(text)) => text.parse().ok().map(Value::Bool),
        _ => fitted(target, value),
    }
}

/// Leaves what the fields have; notes what they have not.
fn keep(fields: &[Field], above: &str, answers: &mut Value, lost: &mut Vec<String>) {
    let Some(parts) = answers.as_object_mut() else {
        return;
    };
    let strange: Vec<String> = (parts.keys())
        .filter(|name| !fields.iter().any(|field| field.name == **name))
        .cloned()
        .collect();
    for name in strange {
        if parts.remove(&name).is_some_and(|it| !is_empty(&it)) {
            let path = if above.is_empty() {
                name
            } else {
                format!("{above}.{name}")
            };
            if !lost.contains(&path) {
                lost.push(path);
            }
        }
    }
    for field in fields {
        match (&field.kind, parts.get_mut(&field.name)) {
            (FieldKind::Group(inside), Some(part)) => keep(inside, &field.path, part, lost),
            (FieldKind::Repeat { fields, .. }, Some(Value::Array(items))) => {
                for item in items {
                    keep(fields, &field.path, item, lost);
                }
            }
            _ => {}
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(parts) => parts.values().all(is_empty),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn take(answers: &mut Value, path: &str) -> Option<Value> {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut around = answers;
    for step in above.split('.').filter(|it| !it.is_empty()) {
        around = around.get_mut(step)?;
    }
    around.as_object_mut()?.remove(name)
}

/// Puts a value at a path, with the groups around it.
pub(in crate::forms) fn put(answers: &mut Value, path: &str, value: Value) {
    let mut place = answers;
    for step in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[step];
    }
    *place = value;
}
