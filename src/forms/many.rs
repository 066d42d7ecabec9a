//! Answers about many subjects at once, as a file brings them: looked up, amended and written a column at a time.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::answer::{AnswerFault, Circumstances, Misfit, below, settle};
use super::definition::{Definition, Field, FieldKind};
use super::evolution::{carry, put};
use super::form::{Form, Forms, Version};
use super::submission::{Submission, SubmissionError, entry, values};
use super::{Occasion, store};
use crate::kernel::{Fault, FormId};
use crate::ledger::{Entry, Verb};

/// The newest answer of a subject to a form that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Counting {
    /// The version that was answered.
    pub number: i32,
    pub answers: Value,
}

/// The newest answers of some subjects that count, by form and subject.
///
/// # Errors
/// When the database cannot be asked.
pub async fn counting(
    db: &mut PgConnection,
    forms: &[FormId],
    subjects: &[Uuid],
) -> Result<HashMap<(FormId, Uuid), Counting>, Fault> {
    if forms.is_empty() || subjects.is_empty() {
        return Ok(HashMap::new());
    }
    store::counting_of(db, forms, subjects).await
}

/// Whoever answers one of these forms waits until the transaction is over, so that nothing that is handed in meanwhile
/// is lost behind what is written from an older look.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &mut PgConnection, forms: &[FormId]) -> Result<(), Fault> {
    let mut forms = forms.to_vec();
    forms.sort_unstable();
    forms.dedup();
    for form in forms {
        store::lock_form(tx, form).await?;
    }
    Ok(())
}

impl Counting {
    /// The answer to a field, as the newest version has it; to a field that it has no more, as it was given.
    #[must_use]
    pub fn value(&self, form: &Form, path: &str) -> Option<Value> {
        let newest = form.answerable().or_else(|| form.newest())?;
        if newest.number == self.number || newest.definition.field(path).is_none() {
            return below(&self.answers, path).cloned();
        }
        below(&carried(form, self, newest), path).cloned()
    }
}

/// A subject's answers with some fields answered anew, in the newest version: the version's number and the answers to
/// hand in, or `None` when that says what was said before.
///
/// # Errors
/// All that is wrong with the answers; a form that is answered no more.
pub fn amended(
    form: &Form,
    standing: Option<&Counting>,
    given: &[(&str, &Value)],
    circumstances: &Circumstances<'_>,
) -> Result<Option<(i32, Value)>, SubmissionError> {
    let version = form.answerable().ok_or(SubmissionError::NotAnswerable)?;
    let definition = &version.definition;
    let before = standing.map_or_else(
        || Value::Object(Map::new()),
        |standing| carried(form, standing, version),
    );
    let mut answers = before.clone();
    let mut strange = Vec::new();
    for (path, value) in given {
        let Some(field) = definition.field(path) else {
            strange.push(Misfit {
                path: path.split('.').map(str::to_owned).collect(),
                fault: AnswerFault::UnknownField,
            });
            continue;
        };
        let is_known = below(&before, path).is_some_and(|old| says_the_same(field, old, value));
        if !is_known && !is_computed(definition, path) {
            put(&mut answers, path, (*value).clone());
        }
    }
    if !strange.is_empty() {
        return Err(SubmissionError::Misfits(strange));
    }
    if answers == before {
        return Ok(None);
    }
    let answers = settle(version, &answers, circumstances).map_err(SubmissionError::Misfits)?;
    // What the form does not ask of this subject was left out again.
    Ok((answers != before).then_some((version.number, answers)))
}

fn is_computed(definition: &Definition, path: &str) -> bool {
    definition
        .rules(path)
        .is_some_and(|it| it.computed.is_some())
}

/// An answer in the words of a later version, where there is one.
fn carried(form: &Form, standing: &Counting, to: &Version) -> Value {
    let mut answers = standing.answers.clone();
    let Some(mut from) = form.version(standing.number) else {
        return answers;
    };
    let later = (form.issued()).filter(|it| (standing.number + 1..=to.number).contains(&it.number));
    for next in later {
        let (old, new) = (&from.definition, &next.definition);
        answers = carry(old, new, &next.mapping, &answers).answers;
        from = next;
    }
    answers
}

/// Cells lose white space at their ends, what can hold no control character, and the order of several options.
fn says_the_same(field: &Field, old: &Value, new: &Value) -> bool {
    let visible = |text: &str| -> String {
        let shown = text.trim().chars();
        shown.filter(|c| !c.is_control()).collect()
    };
    match (&field.kind, old, new) {
        (_, Value::Number(old), Value::Number(new)) => old.as_f64() == new.as_f64(),
        (_, Value::String(old), Value::String(new)) => visible(old) == visible(new),
        (FieldKind::Choices { .. }, Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().all(|it| new.contains(it))
        }
        (_, old, new) => old == new,
    }
}

/// Writes answers that are handed in; filters and counts see them at once when `indexed`. The ledger is the caller's.
///
/// # Errors
/// When the database refuses; the transaction is then to be undone.
pub async fn hand_in_all(
    tx: &mut PgConnection,
    forms: &Forms,
    new: &[Submission],
    is_indexed: bool,
) -> Result<(), Fault> {
    if new.is_empty() {
        return Ok(());
    }
    store::insert_submissions(tx, new).await?;
    if !is_indexed {
        return Ok(());
    }
    let mut subjects: BTreeMap<FormId, Vec<Uuid>> = BTreeMap::new();
    for submission in new {
        let of = subjects.entry(submission.form).or_default();
        of.extend(submission.subject_id);
    }
    for (id, mut subjects) in subjects {
        subjects.sort_unstable();
        subjects.dedup();
        let Some(form) = forms.get(id) else {
            continue;
        };
        let counting = store::counting_of(tx, &[id], &subjects).await?;
        let values = counting.into_iter().map(|((_, subject), counting)| {
            let values = values(form, counting.number, &counting.answers);
            (subject, values)
        });
        let values: Vec<_> = values.collect();
        store::replace_values(tx, id, &values).await?;
    }
    Ok(())
}

/// What the ledger says of answers that were handed in.
#[must_use]
pub fn entries(occasion: &Occasion<'_>, new: &[Submission]) -> Vec<Entry> {
    let entries = new.iter().map(|it| entry(occasion, Verb::Submit, None, it));
    entries.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::forms::form::{Stage, Subject};
    use crate::kernel::{Date, Text};

    fn form(properties: &Value) -> Form {
        let source = json!({ "schema": { "type": "object", "properties": properties } });
        let definition = Definition::read(&source).expect("a definition");
        Form {
            id: FormId::new(),
            code: "psw".to_owned(),
            subject: Subject::Worker,
            title: Text::default(),
            version: 1,
            versions: vec![Version::new(1, Stage::Published, definition)],
        }
    }

    fn amend(form: &Form, standing: &Value, given: &[(&str, Value)]) -> Option<Value> {
        let circumstances = Circumstances {
            today: Date::from_ymd_opt(2026, 3, 1).expect("a day"),
            has_option: &|_, _| true,
            complete: true,
        };
        let standing = Counting {
            number: 1,
            answers: standing.clone(),
        };
        let given: Vec<(&str, &Value)> = given.iter().map(|(path, it)| (*path, it)).collect();
        let amended = amended(form, Some(&standing), &given, &circumstances);
        amended.expect("it fits").map(|(_, answers)| answers)
    }

    #[test]
    fn what_says_the_same_changes_nothing_and_the_rest_stays() {
        let form = form(&json!({
            "ward": { "type": "string" }, "households": { "type": "number" },
            "training": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["a", "b"] } },
            "home": { "type": "object", "properties": { "village": { "type": "string" } } },
        }));
        let standing = json!({ "ward": " Mji\u{7} ", "households": 4.0, "training": ["a", "b"] });
        for (path, value) in [
            ("ward", json!("Mji")),
            ("households", json!(4)),
            ("training", json!(["b", "a"])),
        ] {
            assert_eq!(amend(&form, &standing, &[(path, value)]), None, "{path}");
        }
        let next = amend(&form, &standing, &[("home.village", json!("Kati"))]);
        assert_eq!(
            next,
            Some(
                json!({ "ward": " Mji\u{7} ", "households": 4.0, "training": ["a", "b"],
                "home": { "village": "Kati" } })
            )
        );
    }
}
