//! A workbook as a form's definition, with all of it that forms have no word for.

mod build;
mod choices;
mod constraint;
mod rules;
mod tree;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub(super) use self::constraint::anchored;

use super::book::{Book, Row, Sheet};
use super::languages;
use super::loss::{Loss, LossCode, Losses, Spot};
use crate::forms::Subject;
use crate::interop::table::Unreadable;
use crate::kernel::Text;

/// A form as its workbook has it; nobody has looked yet whether it is one.
#[derive(Debug)]
pub struct Read {
    pub definition: Value,
    pub title: Text,
    pub subject: Option<Subject>,
    pub losses: Vec<Loss>,
    /// In which row of `survey` each field stands, by path.
    pub rows: BTreeMap<String, u32>,
}

/// Why a workbook is no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAForm {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("row {0}: a group ends that did not begin, or begins and does not end")]
    Unbalanced(u32),
    #[error("row {0}: groups nest deeper than forms do")]
    TooDeep(u32),
}

impl NotAForm {
    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            // Tables of workers may be CSV, forms are not.
            Self::Unreadable(Unreadable::NotATable) => "NOT_A_WORKBOOK",
            Self::Unreadable(why) => why.code(),
            Self::Unbalanced(_) => "GROUPS_UNBALANCED",
            Self::TooDeep(_) => "NESTED_TOO_DEEP",
        }
    }

    /// What the message names.
    #[must_use]
    pub fn argument(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Unreadable(why) => why.argument().map(|it| ("value", it)),
            Self::Unbalanced(row) => Some(("value", row.to_string())),
            Self::TooDeep(_) => Some(("limit", crate::forms::DEEPEST.to_string())),
        }
    }
}

/// Reads a form from its workbook. Texts are taken in the country's `languages`, the first being its own.
///
/// # Errors
/// When the file is no workbook, or no form can be made out in it.
pub fn read(bytes: &[u8], languages: &[String]) -> Result<Read, NotAForm> {
    let book = Book::read(bytes)?;
    let mut losses = Losses::default();
    for name in &book.others {
        let spot = Spot {
            sheet: Some(name.clone()),
            ..Spot::default()
        };
        losses.note(spot, LossCode::UnknownSheet, name);
    }
    let settings = Settings::read(&book, languages, &mut losses);
    let words = Words {
        book: &book,
        language: &settings.language,
        languages,
    };
    for sheet in [&book.survey, &book.choices, &book.settings] {
        tell_columns(sheet, languages, &mut losses);
    }
    let lists = choices::Lists::read(&book, &mut losses);
    let tree::Tree {
        asked: tree,
        names,
        lists: used,
    } = tree::read(&words, &lists, &mut losses)?;
    lists.unused(&used, &mut losses);
    let rules = rules::read(&tree, &names, &words, &mut losses);
    let mut built = build::Built::default();
    let schema = built.schema(&tree, &rules, &words, &lists, &mut losses);
    let elements = build::elements(&tree, "", &words);
    losses
        .0
        .sort_by_key(|it| (it.spot.sheet.clone(), it.spot.row));
    Ok(Read {
        definition: json!({
            "schema": schema,
            "ui": { "type": "VerticalLayout", "elements": elements },
            "rules": rules.written(),
        }),
        title: settings.title,
        subject: settings.subject,
        losses: losses.0,
        rows: built.rows,
    })
}

/// The texts of a workbook, in the country's languages.
pub(super) struct Words<'b> {
    pub book: &'b Book,
    /// That of plain texts.
    pub language: &'b str,
    languages: &'b [String],
}

impl Words<'_> {
    /// What a row says in a column, by language.
    pub fn texts(&self, sheet: &Sheet, row: &Row, column: &str) -> BTreeMap<String, String> {
        let texts = sheet.texts(row, column, self.language);
        let known = texts.filter(|(language, _)| self.languages.contains(language));
        known
            .map(|(language, text)| (language, text.to_owned()))
            .collect()
    }

    /// Writes a text where a schema has it: the form's language in the open, the others among the translations.
    pub fn put(
        &self,
        schema: &mut Map<String, Value>,
        key: &str,
        texts: &BTreeMap<String, String>,
    ) {
        for (language, text) in texts {
            if language == self.language {
                schema.insert(key.to_owned(), json!(text));
            } else {
                let others = schema.entry("x-translations").or_insert_with(|| json!({}));
                others[language][key] = json!(text);
            }
        }
    }
}

/// The sheet `settings`: one row.
struct Settings {
    language: String,
    title: Text,
    subject: Option<Subject>,
}

/// What is read of it. The versions of a form are counted here, and its code is given by whoever imports it.
const SETTINGS: [&str; 6] = [
    "form_title",
    "form_id",
    "version",
    "default_language",
    "x-subject",
    "x-title",
];

impl Settings {
    fn read(book: &Book, languages: &[String], losses: &mut Losses) -> Self {
        let sheet = &book.settings;
        let row = sheet.rows.first();
        let get = |name: &str| row.and_then(|row| sheet.get(row, name));
        let written = get("default_language");
        let named = written.and_then(languages::code);
        let known = named.filter(|it| languages.contains(it));
        if let (Some(row), Some(written), None) = (row, written, &known)
            && written != "default"
        {
            let spot = Spot::at(sheet.name, row.number, "default_language");
            losses.note(spot, LossCode::UnknownLanguage, written);
        }
        let language = known.or_else(|| languages.first().cloned());
        let language = language.unwrap_or_else(|| "en".to_owned());
        let title = ["x-title", "form_title"].map(|column| {
            let texts = row.map(|row| sheet.texts(row, column, &language));
            texts.into_iter().flatten()
        });
        let title = title.into_iter().flatten();
        let title = title.filter(|(language, _)| languages.contains(language));
        let title = title.map(|(language, text)| (language, text.to_owned()));
        let title = Text(title.collect());
        for (column, content) in row.into_iter().flat_map(|row| sheet.cells(row)) {
            if !SETTINGS.contains(&column.name.as_str()) {
                let number = row.map_or(1, |it| it.number);
                let spot = Spot::at(sheet.name, number, &column.header);
                losses.note(spot, LossCode::NotCarriedOver, content);
            }
        }
        let subject = get("x-subject").and_then(Subject::parse);
        Self {
            language,
            title,
            subject,
        }
    }
}

/// What is read of the sheet `survey`; of other columns of `XLSForm` each cell is told, of strange ones the header.
pub(super) const READ: [&str; 21] = [
    "type",
    "name",
    "label",
    "hint",
    "relevant",
    "constraint",
    "constraint_message",
    "required",
    "calculation",
    "default",
    "readonly",
    "repeat_count",
    "x-sensitivity",
    "x-unit",
    "x-options",
    "x-format",
    "x-min-items",
    "x-max-items",
    "x-max-bytes",
    "x-file-types",
    "x-layout",
];
pub(super) const OF_XLSFORM: [&str; 12] = [
    "appearance",
    "choice_filter",
    "required_message",
    "guidance_hint",
    "parameters",
    "trigger",
    "intent",
    "image",
    "audio",
    "video",
    "autoplay",
    "media::image",
];

/// Columns that nothing reads, and languages that the country has not.
fn tell_columns(sheet: &Sheet, languages: &[String], losses: &mut Losses) {
    for column in &sheet.columns {
        let spot = || Spot {
            sheet: Some(sheet.name.to_owned()),
            column: Some(column.header.clone()),
            ..Spot::default()
        };
        let code = match &column.language {
            Some(Ok(code)) if !languages.contains(code) => Some(code),
            Some(Err(written)) => Some(written),
            _ => None,
        };
        if let Some(code) = code {
            losses.note(spot(), LossCode::UnknownLanguage, code);
        }
        let name = column.name.as_str();
        let is_known = match sheet.name {
            "survey" => READ.contains(&name) || OF_XLSFORM.contains(&name),
            "choices" => ["list_name", "name", "label"].contains(&name),
            _ => true,
        };
        if !is_known {
            losses.note(spot(), LossCode::UnknownColumn, &column.header);
        }
    }
}
