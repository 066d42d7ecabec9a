//! Workers by what they, or their office, answered: conditions on the fields of forms about workers.

use super::Lists;
use crate::auth::{Actor, Permission};
use crate::forms::{Field, FieldKind, Form, Options, Subject};
use crate::kernel::{Date, FormId, Invalid, ReadError, Unfit};

/// So many conditions may be made at once.
const MOST_CONDITIONS: usize = 10;

/// A field of a form, as callers name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerField {
    /// The form's code.
    pub form: String,
    /// The field's path.
    pub field: String,
}

/// A condition on the newest answer that counts; its parts hold together.
#[derive(Clone, Debug)]
pub struct AnswerCondition {
    pub of: AnswerField,
    /// One of these texts, options, or `true` and `false`.
    pub any_of: Option<Vec<String>>,
    pub least: Option<f64>,
    pub most: Option<f64>,
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// False: those who did not answer so.
    pub answered: bool,
}

/// A condition whose form and field are there, and may be read.
#[derive(Clone, Debug)]
pub struct Answered {
    pub form: FormId,
    pub condition: AnswerCondition,
}

/// A field whose answers are the classes of a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedField {
    pub form: FormId,
    pub field: String,
    pub codes: Vec<String>,
}

/// # Errors
/// Bad input for a form or a field that is not there; `Denied` without [`Permission::ReadPersonalAnswers`] for a field
/// that tells of a person.
pub fn answered(
    conditions: &[AnswerCondition],
    lists: &Lists,
    actor: &Actor,
) -> Result<Vec<Answered>, ReadError> {
    if conditions.len() > MOST_CONDITIONS {
        let unfit = Unfit::NotSoMany {
            to: MOST_CONDITIONS,
        };
        return Err(Invalid::new("filter.answers", unfit).into());
    }
    let resolved = conditions.iter().map(|condition| {
        let (form, field) = found(&condition.of, lists, actor, "filter.answers")?;
        if !field.is_filterable() {
            return Err(no_field("filter.answers").into());
        }
        Ok(Answered {
            form: form.id,
            condition: condition.clone(),
        })
    });
    resolved.collect()
}

/// The classes that a field's answers fall in, those of options that were taken away among them.
///
/// # Errors
/// As [`answered`].
pub fn counted(of: &AnswerField, lists: &Lists, actor: &Actor) -> Result<CountedField, ReadError> {
    let (form, field) = found(of, lists, actor, "groupBy.answer")?;
    let codes = match &field.kind {
        FieldKind::Boolean => vec!["true".to_owned(), "false".to_owned()],
        FieldKind::Choice(Options::CodeList(list)) => {
            let entries = lists.codes.list(list);
            entries.map(|entry| entry.code.clone()).collect()
        }
        FieldKind::Choice(Options::Cadres) => {
            let cadres = lists.cadres.all().iter();
            cadres.map(|cadre| cadre.code.clone()).collect()
        }
        FieldKind::Choice(Options::Listed(_)) => {
            let options = form.options(&of.field).into_iter();
            options.map(|(code, _)| code.to_owned()).collect()
        }
        _ => Vec::new(),
    };
    if !field.is_countable() {
        return Err(no_field("groupBy.answer").into());
    }
    Ok(CountedField {
        form: form.id,
        field: of.field.clone(),
        codes,
    })
}

fn no_field(place: &str) -> Invalid {
    Invalid::new(format!("{place}.field"), Unfit::NoSuchFormField)
}

fn found<'l>(
    of: &AnswerField,
    lists: &'l Lists,
    actor: &Actor,
    place: &str,
) -> Result<(&'l Form, &'l Field), ReadError> {
    let form = lists.forms.by_code(&of.form);
    let form = form
        .filter(|form| form.subject == Subject::Worker)
        .ok_or_else(|| Invalid::new(format!("{place}.form"), Unfit::NoSuchForm))?;
    let field = form.field(&of.field).ok_or_else(|| no_field(place))?;
    if form.is_personal(&of.field) {
        actor.may(Permission::ReadPersonalAnswers)?;
    }
    Ok((form, field))
}
