//! What differs between two states of an answer, question by question.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::forms::definition::{Field, FieldKind};

/// A question with what was answered to it then and now; null where nothing was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedAnswer {
    /// Where it stands in the answer: the names from the top, and the places of items of repeating groups.
    pub path: Vec<String>,
    pub base: Value,
    pub current: Value,
    pub is_personal: bool,
}

/// What was answered to one question.
struct Leaf<'a> {
    path: Vec<String>,
    value: &'a Value,
    is_personal: bool,
}

/// The questions to which another thing is answered now than then, in the order in which the form asks them now, each
/// answer read by the questions of its own version. What one version has as personal is personal.
#[must_use]
pub fn changed(
    base: (&[Field], &Value),
    current: (&[Field], &Value),
    is_personal: &dyn Fn(&str) -> bool,
) -> Vec<ChangedAnswer> {
    let then = leaves(base, is_personal);
    let now = leaves(current, is_personal);
    let mut changed = Vec::new();
    for leaf in &now {
        let before = then.iter().find(|it| it.path == leaf.path);
        changed.push(pair(before, Some(leaf)));
    }
    let is_gone = |leaf: &&Leaf<'_>| !now.iter().any(|it| it.path == leaf.path);
    changed.extend(then.iter().filter(is_gone).map(|it| pair(Some(it), None)));
    changed.retain(|it| it.base != it.current);
    changed
}

fn pair(base: Option<&Leaf<'_>>, current: Option<&Leaf<'_>>) -> ChangedAnswer {
    let both = [current, base];
    let value = |of: Option<&Leaf<'_>>| of.map_or(Value::Null, |it| it.value.clone());
    let path = both.iter().flatten().map(|it| it.path.clone()).next();
    ChangedAnswer {
        path: path.unwrap_or_default(),
        base: value(base),
        current: value(current),
        is_personal: both.iter().flatten().any(|it| it.is_personal),
    }
}

fn leaves<'a>(
    (fields, answers): (&[Field], &'a Value),
    is_personal: &dyn Fn(&str) -> bool,
) -> Vec<Leaf<'a>> {
    let mut found = Vec::new();
    gather(fields, answers, &[], is_personal, &mut found);
    found
}

fn gather<'a>(
    fields: &[Field],
    answers: &'a Value,
    above: &[String],
    is_personal: &dyn Fn(&str) -> bool,
    found: &mut Vec<Leaf<'a>>,
) {
    for field in fields {
        let Some(value) = answers.get(&field.name) else {
            continue;
        };
        let path = [above, std::slice::from_ref(&field.name)].concat();
        match &field.kind {
            FieldKind::Group(fields) => gather(fields, value, &path, is_personal, found),
            FieldKind::Repeat { fields, .. } => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    let path = [&path[..], &[place.to_string()]].concat();
                    gather(fields, item, &path, is_personal, found);
                }
            }
            _ => found.push(Leaf {
                path,
                value,
                is_personal: field.personal || is_personal(&field.path),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forms::definition::Definition;

    fn definition(properties: &Value) -> Definition {
        let document = json!({ "schema": { "type": "object", "properties": properties } });
        Definition::read(&document).expect("a definition")
    }

    fn told(changed: &[ChangedAnswer]) -> Vec<String> {
        let each = changed.iter().map(|it| {
            let mark = if it.is_personal { " personal" } else { "" };
            format!("{} {} {}{mark}", it.path.join("."), it.base, it.current)
        });
        each.collect()
    }

    #[test]
    fn each_question_is_compared_where_it_stands() {
        let home = json!({ "type": "object", "properties": {
            "ward": { "type": "string" }, "street": { "type": "string", "x-sensitivity": "personal" } } });
        let child = json!({ "type": "object", "properties": {
            "name": { "type": "string", "x-sensitivity": "personal" }, "age": { "type": "integer" } } });
        let children = json!({ "type": "array", "maxItems": 9, "items": child });
        let form = definition(&json!({
            "stipend": { "type": "boolean" }, "home": home, "children": children,
        }));
        let base = json!({
            "stipend": true, "home": { "ward": "Mji", "street": "One" },
            "children": [{ "name": "Asha", "age": 3 }, { "name": "Juma", "age": 5 }],
        });
        let current = json!({
            "home": { "ward": "Mji", "street": "Two" },
            "children": [{ "name": "Asha", "age": 4 }],
        });
        let differing = changed((form.fields(), &base), (form.fields(), &current), &|_| {
            false
        });
        let mut told_of = told(&differing);
        told_of.sort();
        insta::assert_snapshot!(told_of.join("\n"), @r#"
        children.0.age 3 4
        children.1.age 5 null
        children.1.name "Juma" null personal
        home.street "One" "Two" personal
        stipend true null
        "#);
        let same = changed((form.fields(), &base), (form.fields(), &base), &|_| false);
        assert_eq!(same, []);
        let from_nothing = changed((&[], &Value::Null), (form.fields(), &current), &|_| false);
        assert_eq!(from_nothing.len(), 4);
    }

    #[test]
    fn what_another_version_asks_is_told_too_and_stays_personal() {
        let old = definition(
            &json!({ "ward": { "type": "string", "x-sensitivity": "personal" },
            "payer": { "type": "string" } }),
        );
        let new =
            definition(&json!({ "ward": { "type": "string" }, "stipend": { "type": "boolean" } }));
        let base = json!({ "ward": "Mji", "payer": "ngo" });
        let current = json!({ "ward": "Kijiji", "stipend": false });
        let differing = changed((old.fields(), &base), (new.fields(), &current), &|_| false);
        let mut told_of = told(&differing);
        told_of.sort();
        insta::assert_snapshot!(told_of.join("\n"), @r#"
        payer "ngo" null
        stipend null false
        ward "Mji" "Kijiji" personal
        "#);
        let kept = changed((new.fields(), &base), (new.fields(), &current), &|path| {
            path == "stipend"
        });
        assert_eq!(
            told(&kept)[..],
            ["stipend null false personal", "ward \"Mji\" \"Kijiji\""][..]
        );
    }
}
