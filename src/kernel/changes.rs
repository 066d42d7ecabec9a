//! What bringing a list up to date changes: a comparison by code and field, printed for people and kept in the ledger.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

/// One list as it is wanted against the list that stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListChanges {
    pub list: String,
    pub added: Vec<String>,
    /// By code, each field with its value before and after.
    pub changed: BTreeMap<String, Vec<FieldChange>>,
    pub unchanged: usize,
    /// Standing entries that the wanted list does not name: they stay.
    pub kept: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

impl ListChanges {
    /// Compares two lists of plain rows; `code` names a row in both.
    pub fn between<T: Serialize>(
        list: &str,
        wanted: &[T],
        standing: &[T],
        code: impl Fn(&T) -> String,
    ) -> Self {
        let mut left: HashMap<String, &T> = standing.iter().map(|row| (code(row), row)).collect();
        let mut changes = Self {
            list: list.to_owned(),
            ..Self::default()
        };
        for row in wanted {
            let code = code(row);
            match left.remove(&code) {
                None => changes.added.push(code),
                Some(stands) => {
                    let fields = differing(&fields(stands), &fields(row));
                    if fields.is_empty() {
                        changes.unchanged += 1;
                    } else {
                        changes.changed.insert(code, fields);
                    }
                }
            }
        }
        changes.kept = left.into_keys().collect();
        changes.kept.sort();
        changes
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }

    /// The rows that are new or changed, out of the wanted ones.
    pub fn touched<'a, T>(&self, wanted: &'a [T], code: impl Fn(&T) -> String) -> Vec<&'a T> {
        let added: std::collections::HashSet<&String> = self.added.iter().collect();
        wanted
            .iter()
            .filter(|row| {
                let code = code(row);
                added.contains(&code) || self.changed.contains_key(&code)
            })
            .collect()
    }
}

/// A row's fields; a text in several languages is one field for each, as the files have it: `label:fr`.
fn fields<T: Serialize>(row: &T) -> BTreeMap<String, Value> {
    let Ok(Value::Object(row)) = serde_json::to_value(row) else {
        unreachable!("rows of a list are plain structs");
    };
    let mut fields = BTreeMap::new();
    for (name, value) in row {
        match value {
            Value::Object(parts) => fields.extend(
                parts
                    .into_iter()
                    .map(|(part, value)| (format!("{name}:{part}"), value)),
            ),
            Value::Null => {}
            value => {
                fields.insert(name, value);
            }
        }
    }
    fields
}

fn differing(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
) -> Vec<FieldChange> {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldChange {
            field: name.clone(),
            before: before.get(name).cloned().unwrap_or_default(),
            after: after.get(name).cloned().unwrap_or_default(),
        })
        .collect()
}

/// Several lists, in the order in which they are brought up to date.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes(pub Vec<ListChanges>);

impl Changes {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(ListChanges::is_empty)
    }

    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The changed lists as the ledger keeps them.
    #[must_use]
    pub fn record(&self) -> Value {
        let changed = self.0.iter().filter(|list| !list.is_empty());
        Value::Object(
            changed
                .map(|list| (list.list.clone(), list.record()))
                .collect::<Map<_, _>>(),
        )
    }
}

impl ListChanges {
    fn record(&self) -> Value {
        let changed: Map<String, Value> = self
            .changed
            .iter()
            .map(|(code, fields)| {
                let fields: Map<String, Value> = fields
                    .iter()
                    .map(|it| {
                        let both = json!({"before": it.before, "after": it.after});
                        (it.field.clone(), both)
                    })
                    .collect();
                (code.clone(), Value::Object(fields))
            })
            .collect();
        json!({
            "added_count": self.added.len(),
            "changed_count": self.changed.len(),
            "added": self.added,
            "changed": changed,
        })
    }
}

/// How many codes of a kind a plan names before it only counts.
const NAMED: usize = 6;

fn codes(codes: &[String]) -> String {
    let named = codes.iter().take(NAMED).cloned().collect::<Vec<_>>();
    match codes.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

impl fmt::Display for ListChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<20} {:>6} added  {:>6} changed  {:>6} unchanged",
            self.list.replace('_', " "),
            self.added.len(),
            self.changed.len(),
            self.unchanged,
        )?;
        if !self.added.is_empty() {
            write!(f, "\n    + {}", codes(&self.added))?;
        }
        for (code, fields) in &self.changed {
            for it in fields {
                write!(
                    f,
                    "\n    ~ {code} {}: {} → {}",
                    it.field, it.before, it.after
                )?;
            }
        }
        if !self.kept.is_empty() {
            let (count, codes) = (self.kept.len(), codes(&self.kept));
            write!(
                f,
                "\n    = {count} kept although the files do not name them: {codes}"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, list) in self.0.iter().enumerate() {
            let line_break = if at == 0 { "" } else { "\n" };
            write!(f, "{line_break}{list}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Text;

    #[derive(Serialize)]
    struct Row {
        code: &'static str,
        label: Text,
        parent: Option<&'static str>,
    }

    fn row(code: &'static str, label: &str, parent: Option<&'static str>) -> Row {
        Row {
            code,
            label: Text::from_iter([("fr".to_owned(), label.to_owned())]),
            parent,
        }
    }

    #[test]
    fn lists_are_compared_by_code_and_field() {
        let standing = [
            row("A", "a", None),
            row("B", "b", None),
            row("C", "c", None),
        ];
        let wanted = [
            row("B", "bé", Some("A")),
            row("A", "a", None),
            row("D", "d", None),
        ];
        let changes = ListChanges::between("cadres", &wanted, &standing, |it| it.code.to_owned());
        assert_eq!(changes.added, ["D"]);
        assert_eq!(changes.kept, ["C"]);
        assert_eq!(changes.unchanged, 1);
        let fields: Vec<&str> = changes.changed["B"]
            .iter()
            .map(|it| it.field.as_str())
            .collect();
        assert_eq!(fields, ["label:fr", "parent"]);
        let touched = changes.touched(&wanted, |it| it.code.to_owned());
        assert_eq!(touched.iter().map(|it| it.code).collect::<String>(), "BD");
        assert!(changes.to_string().contains(r#"~ B label:fr: "b" → "bé""#));
        assert!(
            ListChanges::between("cadres", &standing, &standing, |it| it.code.to_owned())
                .is_empty()
        );
    }
}
