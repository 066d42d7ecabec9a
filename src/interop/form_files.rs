//! Forms as files: an `XLSForm` becomes a draft, a version becomes an `XLSForm` or a FHIR Questionnaire.

use std::collections::BTreeMap;

use super::outline::{Entries, FormToWrite};
use super::questionnaire::{self, Questionnaire};
use super::xlsform::{self, NotAForm, Read, Written};
use crate::auth::{Actor, Permission};
use crate::cadres::{self, CodeLists, Status};
use crate::forms::{
    self, Choice, Form, FormRefusal, Forms, Occasion, SaveDraft, Subject, Version, WriteError,
};
use crate::kernel::{Date, Denied, Fault, FormId, ReadError, Text};
use crate::tenancy::Reader;

/// Which form a workbook becomes a draft of.
#[derive(Clone, Debug)]
pub struct Draft {
    pub code: String,
    /// Absent: what the workbook says, or what the form is about already.
    pub subject: Option<Subject>,
    /// In languages in which the workbook has no title, or another one.
    pub title: Text,
    pub base: Base,
}

/// The form as whoever imports knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// As they read it; absent: there is none yet.
    Seen(Option<i32>),
    /// As it is, whatever it is.
    Newest,
}

/// Why a workbook did not become a draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(transparent)]
    NotAForm(#[from] NotAForm),
    #[error("nothing says what the answers of the form are about")]
    NoSubject,
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<Denied> for DraftError {
    fn from(denied: Denied) -> Self {
        Self::Write(denied.into())
    }
}

impl From<Fault> for DraftError {
    fn from(fault: Fault) -> Self {
        Self::Write(fault.into())
    }
}

/// Saves what a workbook says as the draft of a form. What the checks of forms refuse is told with its row. Its titles in
/// languages that are none of the country's are left aside.
///
/// # Errors
/// All that is wrong with it; `Denied` without [`Permission::ConfigureForms`].
#[tracing::instrument(name = "interop.save_form_read", skip_all)]
pub async fn save_form_read(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    languages: &[String],
    read: &Read,
    draft: Draft,
) -> Result<FormId, DraftError> {
    occasion.actor.may(Permission::ConfigureForms)?;
    let (_, forms) = tx.current::<Forms>().await?;
    let standing = forms.by_code(&draft.code);
    let subject = draft.subject.or(read.subject);
    let subject = subject.or_else(|| standing.map(|it| it.subject));
    let mut title = standing.map_or_else(Text::default, |it| it.title.clone());
    let own = |(language, _): &(&String, &String)| languages.contains(language);
    let of_workbook = read.title.0.iter().filter(own);
    let of_workbook: Text = of_workbook
        .map(|(language, it)| (language.clone(), it.clone()))
        .collect();
    title.0.extend_from_litemap(of_workbook.0);
    title.0.extend_from_litemap(draft.title.0);
    let save = SaveDraft {
        code: draft.code,
        subject: subject.ok_or(DraftError::NoSubject)?,
        title,
        definition: read.definition.clone(),
        base_version: match draft.base {
            Base::Seen(version) => version,
            Base::Newest => standing.map(|it| it.version),
        },
    };
    let saved = forms::save_draft(tx, occasion, languages, save).await;
    Ok(saved.map_err(|error| placed(error, &read.rows))?)
}

/// Faults of the definition, at the rows that they come from.
fn placed(error: WriteError, rows: &BTreeMap<String, u32>) -> WriteError {
    let WriteError::Refused(refusals) = error else {
        return error;
    };
    let refusals = refusals.into_iter().map(|refusal| FormRefusal {
        path: match refusal.path.split_first() {
            Some((first, rest)) if first == "definition" => place(rest, rows),
            _ => refusal.path,
        },
        objection: refusal.objection,
    });
    WriteError::Refused(refusals.collect())
}

/// `schema.properties.home.properties.ward.pattern` is in the row of `home.ward`; so is `rules.home.ward.visible`.
fn place(path: &[String], rows: &BTreeMap<String, u32>) -> Vec<String> {
    let mut field = String::new();
    let mut row = None;
    let mut parts = path.iter();
    match parts.next().map(String::as_str) {
        Some("rules") => row = parts.next().and_then(|it| rows.get(it)),
        _ => {
            while let Some(part) = parts.next() {
                if part == "properties"
                    && let Some(name) = parts.next()
                {
                    let below = if field.is_empty() { "" } else { "." };
                    field = format!("{field}{below}{name}");
                    row = rows.get(&field).or(row);
                }
            }
        }
    }
    let mut place = vec!["file".to_owned()];
    if let Some(row) = row {
        place.extend(["survey".to_owned(), row.to_string()]);
    }
    place
}

/// A form by its id or by its code.
#[derive(Clone, Debug)]
pub enum Named {
    Id(FormId),
    Code(String),
}

/// Which version of a form is wanted; absent: the one that is answered now, else the newest, else the draft.
#[derive(Clone, Debug)]
pub struct WantedForm {
    pub form: Named,
    pub version: Option<i32>,
    /// The day of which the country's lists are told.
    pub day: Date,
}

/// A version as a workbook, by the code of its form; `None` when there is none.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
#[tracing::instrument(name = "interop.form_as_xlsform", skip_all)]
pub async fn form_as_xlsform(
    db: &mut Reader<'_>,
    actor: &Actor,
    wanted: &WantedForm,
) -> Result<Option<(String, Written)>, ReadError> {
    let written = with_version(db, actor, wanted, |form| {
        Ok((form.code.to_owned(), xlsform::write(form)?))
    });
    written.await
}

/// A version as a FHIR R4 Questionnaire; `None` when there is none.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
#[tracing::instrument(name = "interop.form_as_questionnaire", skip_all)]
pub async fn form_as_questionnaire(
    db: &mut Reader<'_>,
    actor: &Actor,
    wanted: &WantedForm,
) -> Result<Option<Questionnaire>, ReadError> {
    with_version(db, actor, wanted, |form| Ok(questionnaire::write(form))).await
}

async fn with_version<T>(
    db: &mut Reader<'_>,
    actor: &Actor,
    wanted: &WantedForm,
    write: impl FnOnce(&FormToWrite<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, ReadError> {
    let forms = forms::all(db, actor).await?;
    let form = match &wanted.form {
        Named::Id(id) => forms.get(*id),
        Named::Code(code) => forms.by_code(code),
    };
    let Some((form, version)) = form.and_then(|it| Some((it, version(it, wanted.version)?))) else {
        return Ok(None);
    };
    let lists = cadres::code_lists(db, actor).await?;
    let (cadres, _) = cadres::on(db, actor, wanted.day).await?;
    // Groups gather cadres, and nobody is one.
    let postable = cadres.all().iter().filter(|it| it.status == Status::Active);
    let postable = postable.filter(|it| !cadres.is_group(it.id));
    let entries = Entries {
        code_lists: by_list(&lists),
        cadres: postable.map(|it| choice(&it.code, &it.label)).collect(),
    };
    let form = FormToWrite {
        code: &form.code,
        title: &form.title,
        subject: form.subject,
        version,
        entries: &entries,
    };
    Ok(Some(write(&form)?))
}

fn choice(code: &str, title: &Text) -> Choice {
    Choice {
        code: code.to_owned(),
        title: title.clone(),
    }
}

fn by_list(lists: &CodeLists) -> BTreeMap<String, Vec<Choice>> {
    let mut all: BTreeMap<String, Vec<Choice>> = BTreeMap::new();
    for entry in &lists.entries {
        let list = all.entry(entry.list.clone()).or_default();
        list.push(choice(&entry.code, &entry.label));
    }
    all
}

fn version(form: &Form, number: Option<i32>) -> Option<&Version> {
    match number {
        Some(number) => form.version(number),
        None => (form.answerable())
            .or_else(|| form.newest())
            .or_else(|| form.draft()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_by_its_row() {
        let rows = [("home".to_owned(), 2), ("home.ward".to_owned(), 3)].into();
        for (path, wanted) in [
            (
                &[
                    "schema",
                    "properties",
                    "home",
                    "properties",
                    "ward",
                    "pattern",
                ][..],
                "file.survey.3",
            ),
            (&["schema", "properties", "home", "title"], "file.survey.2"),
            (
                &[
                    "schema",
                    "properties",
                    "visits",
                    "items",
                    "properties",
                    "on",
                ],
                "file",
            ),
            (&["rules", "home.ward", "visible", "=="], "file.survey.3"),
            (&["ui", "elements", "0"], "file"),
            (&[], "file"),
        ] {
            let path: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(place(&path, &rows).join("."), wanted, "{path:?}");
        }
    }
}
