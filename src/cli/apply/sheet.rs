//! Files as a ministry edits them: CSV with comment lines, TOML. Whatever is wrong is named by file, line and column,
//! and reading goes on, so that one run shows all of it.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::records::Records;
use crate::cli::folder::Folder;
use crate::kernel::Text;

/// Something wrong in a country's files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub file: String,
    pub line: Option<usize>,
    /// A column of a CSV file, or the path of a key in a TOML file; empty for the file as a whole.
    pub column: String,
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.column.is_empty() {
            write!(f, ": {}", self.column)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The columns that a CSV file may have.
#[derive(Clone, Copy, Default)]
pub struct Columns<'a> {
    pub required: &'a [&'a str],
    /// Those of a group come together or not at all.
    pub optional: &'a [&'a [&'a str]],
    /// They come once for each language, as `label:fr`.
    pub localized: &'a [&'a str],
}

/// A country's files while they are read, and all that is wrong with them.
pub struct Files<'a> {
    folder: &'a Folder,
    /// The country's languages, the first of them its main one.
    pub languages: Vec<String>,
    pub problems: Vec<Problem>,
}

impl<'a> Files<'a> {
    #[must_use]
    pub fn new(folder: &'a Folder, languages: &[String]) -> Self {
        Self {
            folder,
            languages: languages.to_vec(),
            problems: Vec::new(),
        }
    }

    pub fn refuse(
        &mut self,
        file: &str,
        line: Option<usize>,
        column: &str,
        reason: impl Into<String>,
    ) {
        self.problems.push(Problem {
            file: file.to_owned(),
            line,
            column: column.to_owned(),
            reason: reason.into(),
        });
    }

    pub fn refuse_row(&mut self, row: &Row, column: &str, reason: impl Into<String>) {
        self.refuse(&row.file, Some(row.line), column, reason);
    }

    /// Whether there is such a file, readable or not.
    #[must_use]
    pub fn has(&self, file: &str) -> bool {
        !matches!(self.folder.file(file), Ok(None))
    }

    /// A file that has to be there, as text; a byte-order mark is let through.
    pub fn text(&mut self, file: &str) -> Option<String> {
        let text = self.optional_text(file);
        if text.is_none() && !self.problems.iter().any(|it| it.file == file) {
            self.refuse(file, None, "", "is missing");
        }
        text
    }

    pub fn optional_text(&mut self, file: &str) -> Option<String> {
        let bytes = match self.folder.file(file) {
            Ok(bytes) => bytes?,
            Err(error) => {
                self.refuse(file, None, "", format!("cannot be read: {error}"));
                return None;
            }
        };
        match std::str::from_utf8(&bytes) {
            Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
            Err(error) => {
                let line = line_of(&String::from_utf8_lossy(&bytes), error.valid_up_to());
                let reason = "is not UTF-8; save the file in that encoding";
                self.refuse(file, Some(line), "", reason);
                None
            }
        }
    }

    /// A TOML file of a known shape.
    pub fn toml<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let text = self.text(file)?;
        self.toml_of(file, &text)
    }

    pub fn toml_of<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Option<T> {
        toml::from_str(text)
            .inspect_err(|error| {
                let line = error.span().map(|span| line_of(text, span.start));
                self.refuse(file, line, "", error.message());
            })
            .ok()
    }

    /// The rows of a CSV file; `localized` columns come once for each language, as `label:fr`.
    pub fn sheet(&mut self, file: &str, columns: &[&str], localized: &str) -> Vec<Row> {
        let columns = Columns {
            required: columns,
            localized: &[localized],
            ..Columns::default()
        };
        self.wide_sheet(file, columns)
    }

    /// The rows of a CSV file that need not have all of its columns.
    pub fn wide_sheet(&mut self, file: &str, columns: Columns<'_>) -> Vec<Row> {
        match self.text(file) {
            Some(text) => self.rows(file, &text, columns),
            None => Vec::new(),
        }
    }

    pub fn optional_sheet(&mut self, file: &str, required: &[&str]) -> Vec<Row> {
        let columns = Columns {
            required,
            ..Columns::default()
        };
        match self.optional_text(file) {
            Some(text) => self.rows(file, &text, columns),
            None => Vec::new(),
        }
    }

    fn rows(&mut self, file: &str, text: &str, columns: Columns<'_>) -> Vec<Row> {
        let name: Rc<str> = file.into();
        let mut lines = Records::new(text);
        let Some((line, header)) = lines.next_record() else {
            self.refuse(file, None, "", "has no header line");
            return Vec::new();
        };
        let header: Vec<String> = header.iter().map(|cell| cell.trim().to_owned()).collect();
        self.check_header(file, line, &header, columns);
        let mut rows = Vec::new();
        while let Some((line, record)) = lines.next_record() {
            if record.len() != header.len() {
                let reason = format!(
                    "has {} fields, the header has {}",
                    record.len(),
                    header.len()
                );
                self.refuse(file, Some(line), "", reason);
                continue;
            }
            let cells = record.iter().map(|cell| cell.trim().to_owned());
            rows.push(Row {
                file: Rc::clone(&name),
                line,
                cells: header.iter().cloned().zip(cells).collect(),
            });
        }
        if let Some((line, reason)) = lines.broken {
            self.refuse(file, Some(line), "", reason);
        }
        rows
    }

    fn check_header(&mut self, file: &str, line: usize, header: &[String], columns: Columns<'_>) {
        let has = |name: &str| header.iter().any(|it| it == name);
        for (at, column) in header.iter().enumerate() {
            let of_language = column
                .split_once(':')
                .filter(|(name, _)| columns.localized.contains(name));
            let known = match of_language {
                Some((_, language)) if self.languages.iter().any(|it| it == language) => true,
                Some((_, language)) => {
                    let languages = self.languages.join(", ");
                    let reason =
                        format!("{language} is not a language of the country ({languages})");
                    self.refuse(file, Some(line), column, reason);
                    true
                }
                None => {
                    let groups = std::iter::once(&columns.required).chain(columns.optional);
                    groups.copied().any(|it| it.contains(&column.as_str()))
                }
            };
            if !known {
                self.refuse(file, Some(line), column, "is not a column of this file");
            }
            if header[..at].contains(column) {
                self.refuse(file, Some(line), column, "stands twice in the header");
            }
        }
        let begun = columns.optional.iter();
        let begun = begun.filter(|group| group.iter().any(|it| has(it)));
        for group in std::iter::once(&columns.required).chain(begun) {
            for missing in group.iter().filter(|it| !has(it)) {
                self.refuse(file, Some(line), missing, "is missing from the header");
            }
        }
    }
}

/// The line on which a byte stands, from 1.
pub fn line_of(text: &str, byte: usize) -> usize {
    1 + text.get(..byte).unwrap_or(text).matches('\n').count()
}

/// A row of a CSV file, by its column names.
pub struct Row {
    file: Rc<str>,
    pub line: usize,
    cells: HashMap<String, String>,
}

impl Row {
    /// A cell without the spaces around it; empty when there is none.
    #[must_use]
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Whether the file has such a column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.cells.contains_key(column)
    }

    #[must_use]
    pub fn owned(&self, column: &str) -> String {
        self.text(column).to_owned()
    }

    #[must_use]
    pub fn optional(&self, column: &str) -> Option<String> {
        Some(self.owned(column)).filter(|text| !text.is_empty())
    }

    /// A cell that has to be filled.
    pub fn required(&self, files: &mut Files<'_>, column: &str) -> String {
        if self.text(column).is_empty() && self.has(column) {
            files.refuse_row(self, column, "is empty");
        }
        self.owned(column)
    }

    /// A code: ASCII letters, digits, `-` and `_`, at most 60 of them.
    pub fn code(&self, files: &mut Files<'_>, column: &str) -> String {
        let code = self.required(files, column);
        if !code.is_empty() && !is_code(&code) {
            let reason = format!("“{code}” is not a code: letters, digits, -, _ and ., at most 64");
            files.refuse_row(self, column, reason);
        }
        code
    }

    /// A cell that may be empty, read as a `T`; `what` says in words what it has to be.
    pub fn parsed<T: FromStr>(&self, files: &mut Files<'_>, column: &str, what: &str) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let parsed = text.parse().ok();
        if parsed.is_none() {
            files.refuse_row(self, column, format!("“{text}” is not {what}"));
        }
        parsed
    }

    /// One of a few words, all of them said when it is none.
    pub fn one_of<T>(&self, files: &mut Files<'_>, column: &str, words: &[(&str, T)]) -> Option<T>
    where
        T: Copy,
    {
        let text = self.text(column);
        let found = words.iter().find(|(word, _)| *word == text).map(|it| it.1);
        if found.is_none() && self.has(column) {
            let words: Vec<&str> = words.iter().map(|it| it.0).collect();
            let reason = format!("“{text}” is none of {}", words.join(", "));
            files.refuse_row(self, column, reason);
        }
        found
    }

    /// The text of the columns `name:fr`, `name:en` …; the country's first language has to be there.
    pub fn texts(&self, files: &mut Files<'_>, name: &str) -> Text {
        let texts = self.optional_texts(files, name);
        if let Some(first) = files
            .languages
            .first()
            .filter(|it| !texts.0.contains_key(*it))
        {
            let column = format!("{name}:{first}");
            files.refuse_row(
                self,
                &column,
                "is empty; every entry has a text in the country's first language",
            );
        }
        texts
    }

    /// The text of the columns `name:fr`, `name:en` …, or none.
    #[must_use]
    pub fn optional_texts(&self, files: &Files<'_>, name: &str) -> Text {
        let mut texts = Text::default();
        for language in &files.languages {
            let text = self.text(&format!("{name}:{language}"));
            if !text.is_empty() {
                texts.0.insert(language.clone(), text.to_owned());
            }
        }
        texts
    }
}

pub fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
