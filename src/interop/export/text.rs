//! A table as text, written as it comes: CSV for spreadsheets and the importer, one JSON object a line for programs.

use csv::{Terminator, Writer, WriterBuilder};
use serde::Serializer as _;
use serde::ser::SerializeMap;
use serde_json::Serializer;

use super::Cell;
use crate::interop::cell::guarded;
use crate::kernel::Fault;

/// By it a spreadsheet knows UTF-8.
const MARK: &str = "\u{feff}";

/// The row above all others of a CSV: UTF-8 with the mark by which spreadsheets know it, commas, rows that end as RFC
/// 4180 has them.
pub fn csv_header(names: &[String]) -> Result<Vec<u8>, Fault> {
    let mut file = writer(MARK.as_bytes().to_vec());
    file.write_record(names).map_err(Fault::internal)?;
    file.into_inner()
        .map_err(|it| Fault::internal(it.to_string()))
}

/// Some rows of a CSV.
pub fn csv_rows(rows: &[Vec<Cell>]) -> Result<Vec<u8>, Fault> {
    let mut file = writer(Vec::new());
    for row in rows {
        file.write_record(row.iter().map(written))
            .map_err(Fault::internal)?;
    }
    file.into_inner()
        .map_err(|it| Fault::internal(it.to_string()))
}

fn writer(begun: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(begun)
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(&visible(text)),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::YesOrNo(yes) => yes_or_no(*yes).to_owned(),
    }
}

/// Some rows as objects, each with all columns by their names, in their order.
pub fn json_lines(names: &[String], rows: &[Vec<Cell>]) -> Result<Vec<u8>, Fault> {
    let mut lines = Vec::new();
    for row in rows {
        let mut line = Serializer::new(&mut lines);
        let mut object = line.serialize_map(Some(names.len()))?;
        for (name, cell) in names.iter().zip(row) {
            match cell {
                Cell::Empty => object.serialize_entry(name, &())?,
                Cell::Text(text) => object.serialize_entry(name, text)?,
                Cell::Number(number) => object.serialize_entry(name, number)?,
                Cell::Day(day) => object.serialize_entry(name, day)?,
                Cell::YesOrNo(yes) => object.serialize_entry(name, yes)?,
            }
        }
        object.end()?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// As a table shows a text: a file with other control characters is no table to those who read it.
pub fn visible(text: &str) -> String {
    let visible = text.chars().filter(|c| !c.is_control() || *c == '\n');
    visible.collect::<String>().trim().to_owned()
}

pub fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
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
        let written = csv_rows(&rows).expect("rows");
        let written = String::from_utf8(written).expect("UTF-8");
        assert_eq!(written, "'=1+1,\"a \"\"b\"\",\nc\",,12,no\r\n");
    }
}
