//! The sheets of a workbook, each bounded before anything of it is kept.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::languages;
use crate::interop::table::{Unreadable, text, unpacks_within};

/// What a form's workbook may unpack to, and how large a sheet of it may be.
const UNPACKED: u64 = 32 << 20;
const ROWS: u32 = 10_000;
const COLUMNS: u32 = 200;
const CELLS: usize = 200_000;

pub(super) struct Book {
    pub survey: Sheet,
    pub choices: Sheet,
    pub settings: Sheet,
    /// Other sheets that have something in them.
    pub others: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub name: &'static str,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// What a column is headed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub header: String,
    /// In lower case, without its language: `label`.
    pub name: String,
    /// The code of the language, or what stands there instead of one.
    pub language: Option<Result<String, String>>,
}

#[derive(Debug)]
pub(super) struct Row {
    /// As the spreadsheet counts, from 1.
    pub number: u32,
    /// By the number of the column.
    cells: Vec<(usize, String)>,
}

impl Book {
    /// Reads a workbook.
    ///
    /// # Errors
    /// When it is none, or larger than forms are, or has no sheet `survey`.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        if !bytes.starts_with(b"PK\x03\x04") {
            return Err(Unreadable::NotATable);
        }
        unpacks_within(bytes, UNPACKED)?;
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotATable)?;
        let names = book.sheet_names();
        let mut sheet = |name: &'static str| {
            let found = names.iter().find(|it| it.trim().eq_ignore_ascii_case(name));
            let cells = found.map(|found| cells(&mut book, found)).transpose()?;
            cells.map(|cells| Sheet::new(name, cells)).transpose()
        };
        let survey = sheet("survey")?.ok_or_else(|| Unreadable::NoSheet("survey".to_owned()))?;
        let choices = sheet("choices")?.unwrap_or_default();
        let settings = sheet("settings")?.unwrap_or_default();
        if survey.rows.is_empty() {
            return Err(Unreadable::Empty);
        }
        let known = ["survey", "choices", "settings"];
        let others = names.into_iter().filter(|name| {
            let name = name.trim();
            !known.iter().any(|it| name.eq_ignore_ascii_case(it))
        });
        Ok(Self {
            survey,
            choices,
            settings,
            others: others.take(50).collect(),
        })
    }
}

/// Cells as they stand in the file, one by one: two of them far apart are not a sheet of millions.
fn cells(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
) -> Result<Vec<(u32, u32, String)>, Unreadable> {
    let broken = |_| Unreadable::NotATable;
    let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        // Postgres keeps no NUL, and nobody means the others.
        let mut content = text(&Data::from(cell.get_value().clone()));
        content.retain(|it| !it.is_control() || it == '\n');
        let content = content.trim();
        if content.is_empty() {
            continue;
        }
        if row >= ROWS || column >= COLUMNS || cells.len() >= CELLS {
            return Err(Unreadable::TooLarge);
        }
        cells.push((row, column, content.to_owned()));
    }
    Ok(cells)
}

impl Sheet {
    fn new(name: &'static str, mut cells: Vec<(u32, u32, String)>) -> Result<Self, Unreadable> {
        cells.sort_by_key(|(row, column, _)| (*row, *column));
        cells.dedup_by_key(|(row, column, _)| (*row, *column));
        let mut sheet = Self {
            name,
            ..Self::default()
        };
        let Some((head, ..)) = cells.first().cloned() else {
            return Ok(sheet);
        };
        let mut places = Vec::new();
        for (row, column, content) in cells {
            if row == head {
                let column_of = Column::new(content);
                let is_new = !sheet
                    .columns
                    .iter()
                    .any(|it| it.name == column_of.name && it.language == column_of.language);
                if !is_new {
                    return Err(Unreadable::SameHeader(column_of.header));
                }
                places.push(column);
                sheet.columns.push(column_of);
                continue;
            }
            // A remark beside the table has no header.
            let Some(at) = places.iter().position(|it| *it == column) else {
                continue;
            };
            match sheet.rows.last_mut() {
                Some(last) if last.number == row + 1 => last.cells.push((at, content)),
                _ => sheet.rows.push(Row {
                    number: row + 1,
                    cells: vec![(at, content)],
                }),
            }
        }
        Ok(sheet)
    }

    /// What a row has in a column without a language.
    pub fn get<'r>(&self, row: &'r Row, name: &str) -> Option<&'r str> {
        let mut cells = row.cells.iter();
        let found = cells.find(|(at, _)| {
            let column = &self.columns[*at];
            column.name == name && column.language.is_none()
        });
        found.map(|(_, content)| content.as_str())
    }

    /// All that stands in a row, by column.
    pub fn cells<'r>(&'r self, row: &'r Row) -> impl Iterator<Item = (&'r Column, &'r str)> {
        let cells = row.cells.iter();
        cells.map(|(at, content)| (&self.columns[*at], content.as_str()))
    }

    /// The cells of a column that may stand there in several languages; in `language` where none is named.
    pub fn texts<'r>(
        &'r self,
        row: &'r Row,
        name: &'r str,
        language: &'r str,
    ) -> impl Iterator<Item = (String, &'r str)> {
        let cells = self
            .cells(row)
            .filter(move |(column, _)| column.name == name);
        cells.filter_map(move |(column, content)| match &column.language {
            None => Some((language.to_owned(), content)),
            Some(Ok(code)) => Some((code.clone(), content)),
            Some(Err(_)) => None,
        })
    }
}

/// Columns that stand there once for each language.
const IN_LANGUAGES: [&str; 7] = [
    "label",
    "hint",
    "constraint_message",
    "required_message",
    "guidance_hint",
    "form_title",
    "x-title",
];

/// Names that columns have, or had.
const ALIASES: [(&str, &str); 12] = [
    ("caption", "label"),
    ("list name", "list_name"),
    ("list-name", "list_name"),
    ("value", "name"),
    ("relevance", "relevant"),
    ("bind::relevant", "relevant"),
    ("bind::required", "required"),
    ("bind::constraint", "constraint"),
    ("bind::calculate", "calculation"),
    ("calculate", "calculation"),
    ("read_only", "readonly"),
    ("title", "form_title"),
];

impl Column {
    fn new(header: String) -> Self {
        let (name, language) = match header.split_once("::").or_else(|| header.split_once(':')) {
            Some((name, language)) if IN_LANGUAGES.contains(&&*name.trim().to_lowercase()) => {
                (name.trim().to_lowercase(), Some(language.trim()))
            }
            _ => (header.trim().to_lowercase(), None),
        };
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let language = language.map(|it| languages::code(it).ok_or_else(|| it.to_owned()));
        Self {
            name: alias.map_or(name, |(_, name)| (*name).to_owned()),
            language,
            header,
        }
    }
}
