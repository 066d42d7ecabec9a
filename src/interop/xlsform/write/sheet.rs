//! Sheets as they are filled, and the workbook that they become.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::super::languages;
use crate::kernel::Text;

/// A column, and the language of its texts.
pub(super) type Key = (&'static str, Option<String>);

pub(super) type Row = BTreeMap<Key, String>;

#[derive(Debug)]
pub(super) struct Sheet {
    name: &'static str,
    /// In the order in which they stand; those that nothing is in are left out.
    order: &'static [&'static str],
    pub rows: Vec<Row>,
}

impl Sheet {
    pub fn new(name: &'static str, order: &'static [&'static str]) -> Self {
        Self {
            name,
            order,
            rows: Vec::new(),
        }
    }

    /// The number that a spreadsheet gives to the next row.
    pub fn next(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX - 2) + 2
    }

    fn write(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let used: BTreeSet<&Key> = self.rows.iter().flat_map(BTreeMap::keys).collect();
        let mut columns: Vec<&Key> = used.into_iter().collect();
        columns.sort_by_key(|(name, language)| {
            (self.order.iter().position(|it| it == name), language)
        });
        let sheet = book.add_worksheet().set_name(self.name)?;
        let bold = Format::new().set_bold();
        for (at, (name, language)) in (0..).zip(&columns) {
            let header = match language {
                Some(code) => format!("{name}::{}", languages::header(code)),
                None => (*name).to_owned(),
            };
            sheet.write_string_with_format(0, at, header, &bold)?;
            sheet.set_column_width(at, 24)?;
        }
        for (number, row) in (1..).zip(&self.rows) {
            for (at, key) in (0..).zip(&columns) {
                if let Some(content) = row.get(*key) {
                    sheet.write_string(number, at, content)?;
                }
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }
}

/// Puts a text into a row, a column for each of its languages.
pub(super) fn put(row: &mut Row, column: &'static str, text: &Text) {
    for (language, text) in &text.0 {
        row.insert((column, Some(language.clone())), text.clone());
    }
}

/// The same form makes the same file.
pub(super) fn workbook(sheets: &[&Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for sheet in sheets {
        sheet.write(&mut book)?;
    }
    book.save_to_buffer()
}
