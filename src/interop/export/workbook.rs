//! A table as a workbook: one sheet, whose rows wait in a file of the system's, because a workbook is whole or nothing.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use chrono::Datelike;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook as Book, XlsxError};

use super::Cell;
use super::text::{visible, yes_or_no};
use crate::interop::cell::guarded;
use crate::kernel::{Date, Fault};

/// A sheet ends here, its head included.
pub const MOST_ROWS: u64 = 1_048_576;

/// A workbook that is being written.
pub struct Workbook {
    book: Book,
    day: Format,
    row: u32,
}

impl Workbook {
    /// # Errors
    /// When the system has no place for its rows.
    pub fn new(names: &[String]) -> Result<Self, Fault> {
        let mut book = Book::new();
        let sheet = book.add_worksheet_with_constant_memory();
        for (column, name) in (0u16..).zip(names) {
            sheet.write_string(0, column, name).map_err(failed)?;
        }
        Ok(Self {
            book,
            day: Format::new().set_num_format("yyyy-mm-dd"),
            row: 1,
        })
    }

    /// Some rows.
    ///
    /// # Errors
    /// When the system has no place for them, or a sheet has not.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        for row in rows {
            for (column, cell) in (0u16..).zip(row) {
                self.write(column, cell).map_err(failed)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn write(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => {
                let text = visible(text);
                // A workbook says what is a text; the importer takes an apostrophe away all the same.
                let marked = text.starts_with('\'').then(|| guarded(&text));
                sheet.write_string(self.row, column, marked.unwrap_or(text))?
            }
            Cell::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                sheet.write_number(self.row, column, number)?
            }
            Cell::Day(day) => match excel(*day) {
                Some(date) => {
                    sheet.write_datetime_with_format(self.row, column, date, &self.day)?
                }
                None => sheet.write_string(self.row, column, day.to_string())?,
            },
            Cell::YesOrNo(yes) => sheet.write_string(self.row, column, yes_or_no(*yes))?,
        };
        Ok(())
    }

    /// The workbook, from its beginning, in a file that nobody else can open.
    ///
    /// # Errors
    /// When the system has no place for it.
    pub fn finish(mut self) -> Result<File, Fault> {
        let mut file = tempfile::tempfile().map_err(Fault::internal)?;
        self.book.save_to_writer(&mut file).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(Fault::internal)?;
        Ok(file)
    }
}

/// Spreadsheets know no day before 1900.
fn excel(day: Date) -> Option<ExcelDateTime> {
    let (month, of_month) = (
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    );
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month, of_month).ok()
}

fn failed(error: XlsxError) -> Fault {
    Fault::internal(error)
}
