//! A form as a workbook, with all of it that `XLSForm` has no word for.
//!
//! What other programs cannot read and Kada can stands in columns of its own, headed `x-…`, so that a form that leaves as a
//! workbook comes back as it was. What no column says is told.

mod choices;
mod limits;
mod sheet;
mod survey;

use serde_json::Value;

use self::choices::Choices;
use self::sheet::{Key, Row, Sheet, workbook};
use self::survey::Survey;
use super::languages;
use super::loss::{Loss, LossCode, Losses, Spot};
use crate::interop::outline::{FormToWrite, Outline, language};
use crate::kernel::Fault;

/// A form in a file.
#[derive(Debug)]
pub struct Written {
    pub file: Vec<u8>,
    pub losses: Vec<Loss>,
}

const SETTINGS: [&str; 6] = [
    "form_title",
    "form_id",
    "version",
    "default_language",
    "x-subject",
    "x-title",
];

/// Writes a form as a workbook.
pub(in crate::interop) fn write(form: &FormToWrite<'_>) -> Result<Written, Fault> {
    let definition = &form.version.definition;
    let mut losses = Losses::default();
    let outline = Outline::of(definition);
    for unsaid in &outline.unsaid {
        losses.note(Spot::default(), LossCode::LayoutDropped, unsaid);
    }
    let schema = definition.source().get("schema");
    for key in ["title", "description"] {
        if let Some(text) = schema.and_then(|it| it.get(key)).and_then(Value::as_str) {
            losses.note(Spot::default().of(key), LossCode::NotCarriedOver, text);
        }
    }
    let language = language(definition);
    let mut survey = Survey::new(form, language, Choices::new(language), &mut losses);
    survey.all(&outline.items);
    let (survey, choices) = survey.done();
    let mut settings = Sheet::new("settings", &SETTINGS);
    settings.rows.push(of_form(form, language, &mut losses));
    let file = workbook(&[&survey, &choices, &settings]).map_err(Fault::internal)?;
    Ok(Written {
        file,
        losses: losses.0,
    })
}

fn of_form(form: &FormToWrite<'_>, language: &str, losses: &mut Losses) -> Row {
    let title = form
        .title
        .0
        .get(language)
        .or_else(|| form.title.0.values().next());
    let title = title.map_or(form.code, String::as_str);
    let cells = [
        ("form_title", title.to_owned()),
        ("form_id", form.code.to_owned()),
        ("version", form.version.number.to_string()),
        ("default_language", languages::header(language)),
        ("x-subject", form.subject.as_str().to_owned()),
    ];
    let mut row: Row = cells
        .into_iter()
        .map(|(name, content)| -> (Key, String) { ((name, None), content) })
        .collect();
    for (other, text) in &form.title.0 {
        if other != language {
            row.insert(("x-title", Some(other.clone())), text.clone());
        }
    }
    for column in ["x-subject", "x-title"] {
        if row.keys().any(|(name, _)| *name == column) {
            losses.note(Spot::at("settings", 2, column), LossCode::OwnColumn, column);
        }
    }
    row
}
