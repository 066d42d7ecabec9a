//! In what shape a table goes out.

use std::fs::File;

use super::workbook::{MOST_ROWS, Workbook};
use super::{Cell, text};
use crate::kernel::Fault;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Csv,
    Xlsx,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    pub const ALL: [Format; 3] = [Format::Csv, Format::Xlsx, Format::Ndjson];

    /// As it is asked for, and as a file's name ends.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Ndjson => "ndjson",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8; header=present",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Ndjson => "application/x-ndjson",
        }
    }

    /// Whether it has room for so many rows below its head.
    #[must_use]
    pub fn holds(self, rows: u64) -> bool {
        self != Format::Xlsx || rows < MOST_ROWS
    }
}

/// A table that is being written.
pub enum TableWriter {
    Csv,
    Xlsx(Box<Workbook>),
    Ndjson(Vec<String>),
}

impl TableWriter {
    /// The table, and the piece that comes before its rows.
    ///
    /// # Errors
    /// When the system has no place for it.
    pub fn new(format: Format, names: Vec<String>) -> Result<(Self, Vec<u8>), Fault> {
        Ok(match format {
            Format::Csv => (Self::Csv, text::csv_header(&names)?),
            Format::Xlsx => (Self::Xlsx(Box::new(Workbook::new(&names)?)), Vec::new()),
            Format::Ndjson => (Self::Ndjson(names), Vec::new()),
        })
    }

    /// Takes some rows; the piece that can go out.
    ///
    /// # Errors
    /// When the system has no place for them.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Csv => text::csv_rows(rows),
            Self::Xlsx(book) => book.rows(rows).map(|()| Vec::new()),
            Self::Ndjson(names) => text::json_lines(names, rows),
        }
    }

    /// What comes after the last row, where something does; packing a workbook takes seconds.
    ///
    /// # Errors
    /// When the system has no place for it.
    pub fn finish(self) -> Result<Option<File>, Fault> {
        match self {
            Self::Csv | Self::Ndjson(_) => Ok(None),
            Self::Xlsx(book) => book.finish().map(Some),
        }
    }
}
