//! A table as CSV: UTF-8 with the mark by which spreadsheets know it, commas, rows that end as RFC 4180 has them.

use csv::{Terminator, Writer, WriterBuilder};

use super::Cell;
use crate::interop::cell::guarded;
use crate::kernel::Fault;

/// By it a spreadsheet knows UTF-8.
const MARK: &str = "\u{feff}";

/// Writes a table, a piece at a time.
pub struct Csv;

impl Csv {
    pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

    /// The row above all others.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn header(names: &[String]) -> Result<Vec<u8>, Fault> {
        let mut file = writer(MARK.as_bytes().to_vec());
        file.write_record(names).map_err(Fault::internal)?;
        file.into_inner()
            .map_err(|it| Fault::internal(it.to_string()))
    }

    /// Some rows.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub fn rows(rows: &[Vec<Cell>]) -> Result<Vec<u8>, Fault> {
        let mut file = writer(Vec::new());
        for row in rows {
            file.write_record(row.iter().map(written))
                .map_err(Fault::internal)?;
        }
        file.into_inner()
            .map_err(|it| Fault::internal(it.to_string()))
    }
}

fn writer(begun: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(begun)
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => {
            // A file with other control characters is no table to those who read it.
            let visible = text.chars().filter(|c| !c.is_control() || *c == '\n');
            guarded(visible.collect::<String>().trim())
        }
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::YesOrNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_for_people_and_for_the_import() {
        let rows = [vec![
            Cell::Text("=1+1".to_owned()),
            Cell::Text(" a \"b\",\u{7}\r\nc ".to_owned()),
            Cell::Empty,
            Cell::Number(12.into()),
            Cell::YesOrNo(false),
        ]];
        let written = Csv::rows(&rows).expect("rows");
        let written = String::from_utf8(written).expect("UTF-8");
        assert_eq!(written, "'=1+1,\"a \"\"b\"\",\nc\",,12,no\r\n");
    }
}
