//! A table that somebody sends: CSV in whatever encoding and with whatever separator their spreadsheet writes, or XLSX.
//! A file that is cut off, or no table at all, is found out before its first row is used.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};

use calamine::{Cell, Data, Range, Reader, Xlsx};
use encoding_rs::{Encoding, WINDOWS_1252};

/// What a spreadsheet may unpack to: a few kilobytes can hold gigabytes.
const UNPACKED: u64 = 512 << 20;

/// More columns than any register has.
const COLUMNS: usize = 500;

/// How many cells a sheet may have room for, besides so many for each that is filled.
const ROOM: u64 = 1_000_000;
const ROOM_FOR_EACH: u64 = 50;

/// Why a file cannot be used; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("this is neither a CSV file nor an XLSX workbook")]
    NotATable,
    #[error("the file is cut off or is not one table: see line {0}")]
    CutOff(u64),
    #[error("the file unpacks to more than is allowed")]
    TooLarge,
    #[error("there is no sheet {0:?} in the workbook")]
    NoSheet(String),
    #[error("the file has no rows below its header")]
    Empty,
    #[error("two columns are headed {0:?}")]
    SameHeader(String),
    #[error("the file has no column {0:?}, which the mapping names")]
    NoColumn(String),
    #[error("no column says who a row is about: an identifier, or family name and birth date")]
    NobodyNamed,
    #[error("there is no field {0:?} to map a column to")]
    NoField(String),
    #[error("there is no saved mapping {0:?}")]
    NoMapping(String),
}

impl Unreadable {
    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotATable => "NOT_A_TABLE",
            Self::CutOff(_) => "FILE_CUT_OFF",
            Self::TooLarge => "FILE_TOO_LARGE",
            Self::NoSheet(_) => "NO_SUCH_SHEET",
            Self::Empty => "FILE_EMPTY",
            Self::SameHeader(_) => "SAME_HEADER",
            Self::NoColumn(_) => "NO_SUCH_COLUMN",
            Self::NobodyNamed => "NOBODY_NAMED_BY_COLUMNS",
            Self::NoField(_) => "NO_SUCH_FIELD",
            Self::NoMapping(_) => "NO_SUCH_MAPPING",
        }
    }

    /// What the message names.
    #[must_use]
    pub fn argument(&self) -> Option<String> {
        match self {
            Self::CutOff(line) => Some(line.to_string()),
            Self::NoSheet(name)
            | Self::SameHeader(name)
            | Self::NoColumn(name)
            | Self::NoField(name)
            | Self::NoMapping(name) => Some(name.clone()),
            Self::NotATable | Self::TooLarge | Self::Empty | Self::NobodyNamed => None,
        }
    }
}

/// A row, and where it stands in the file: line or row, counted from 1.
pub type Row = (u64, Vec<String>);

/// A whole table whose shape is sound.
pub struct Table {
    pub header: Vec<String>,
    /// Rows below the header, without those that are empty.
    pub count: u64,
    body: Body,
}

enum Body {
    Csv { text: String, separator: u8 },
    Sheet(Range<Data>),
    Made(Box<dyn Iterator<Item = Vec<String>> + Send>),
}

impl Table {
    /// Reads a file and checks it from end to end.
    ///
    /// # Errors
    /// When it is no table.
    pub fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Self, Unreadable> {
        let table = if bytes.starts_with(b"PK\x03\x04") {
            Self::workbook(bytes, sheet)?
        } else {
            Self::csv(decode(bytes)?.into_owned())?
        };
        let mut seen: Vec<&str> = table.header.iter().map(String::as_str).collect();
        seen.retain(|it| !it.is_empty());
        seen.sort_unstable();
        if let Some(twice) = seen.windows(2).find(|it| it[0] == it[1]) {
            return Err(Unreadable::SameHeader(twice[0].to_owned()));
        }
        if table.count == 0 {
            return Err(Unreadable::Empty);
        }
        Ok(table)
    }

    /// A table that a program makes, row by row.
    #[must_use]
    pub fn made(
        header: Vec<String>,
        count: u64,
        rows: impl Iterator<Item = Vec<String>> + Send + 'static,
    ) -> Self {
        Self {
            header,
            count,
            body: Body::Made(Box::new(rows)),
        }
    }

    fn csv(text: String) -> Result<Self, Unreadable> {
        let separator = separator(&text);
        // A quotation mark that is never closed swallows the rest of a file without a word.
        if text.bytes().filter(|it| *it == b'"').count() % 2 == 1 {
            return Err(Unreadable::CutOff(text.lines().count() as u64));
        }
        let mut reader = reader(text.as_bytes(), separator);
        let cut_off = |error: &csv::Error| {
            Unreadable::CutOff(error.position().map_or(1, csv::Position::line))
        };
        let header = reader.headers().map_err(|error| cut_off(&error))?;
        let header: Vec<String> = header.iter().map(|it| it.trim().to_owned()).collect();
        if header.len() > COLUMNS || header.iter().all(String::is_empty) {
            return Err(Unreadable::NotATable);
        }
        let mut count = 0;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|it| cut_off(&it))? {
            count += u64::from(!is_empty(record.iter()));
        }
        Ok(Self {
            header,
            count,
            body: Body::Csv { text, separator },
        })
    }

    fn workbook(bytes: &[u8], sheet: Option<&str>) -> Result<Self, Unreadable> {
        unpacks_within(bytes, UNPACKED)?;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotATable)?;
        let names = book.sheet_names();
        let name = match sheet {
            Some(name) if names.iter().any(|it| it == name) => name.to_owned(),
            Some(name) => return Err(Unreadable::NoSheet(name.to_owned())),
            None => names.first().cloned().ok_or(Unreadable::Empty)?,
        };
        let range = laid_out(&mut book, &name)?;
        let mut rows = range.rows();
        let header: Vec<String> = (rows.next().ok_or(Unreadable::Empty)?.iter())
            .map(|it| text(it).trim().to_owned())
            .collect();
        if header.len() > COLUMNS {
            return Err(Unreadable::NotATable);
        }
        let count = rows.filter(|row| !row.iter().all(|it| text(it).trim().is_empty()));
        Ok(Self {
            header,
            count: count.count() as u64,
            body: Body::Sheet(range),
        })
    }

    /// The rows, in order, without those that are empty.
    #[must_use]
    pub fn rows(self) -> Box<dyn Iterator<Item = Row> + Send> {
        match self.body {
            Body::Csv { text, separator } => {
                let mut records = reader(Cursor::new(text), separator).into_records();
                let rows = std::iter::from_fn(move || {
                    let record = records.next()?.ok()?;
                    let line = record.position().map_or(0, csv::Position::line);
                    Some((line, record.iter().map(str::to_owned).collect::<Vec<_>>()))
                });
                Box::new(rows.filter(|(_, row)| !is_empty(row.iter().map(String::as_str))))
            }
            Body::Sheet(range) => {
                let first = range.start().map_or(0, |(row, _)| u64::from(row));
                let rows = (1..range.height()).map(move |at| {
                    let cells = (0..range.width()).filter_map(|column| range.get((at, column)));
                    (first + at as u64 + 1, cells.map(text).collect())
                });
                Box::new(rows.filter(|(_, row): &Row| !is_empty(row.iter().map(String::as_str))))
            }
            Body::Made(rows) => Box::new(rows.zip(2..).map(|(row, at)| (at, row))),
        }
    }
}

fn is_empty<'a>(mut cells: impl Iterator<Item = &'a str>) -> bool {
    cells.all(|it| it.trim().is_empty())
}

/// UTF-8 with or without its mark, UTF-16 with one; everything else is what Windows writes in the countries concerned.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, mark)), _) => encoding.decode_without_bom_handling(&bytes[mark..]).0,
        (None, Ok(text)) => Cow::Borrowed(text),
        (None, Err(_)) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
    if text.chars().any(control) {
        return Err(Unreadable::NotATable);
    }
    Ok(text)
}

/// The separator that parts the header into most columns.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default().as_bytes();
    let columns = |separator: &&u8| header.split(|it| it == *separator).count();
    // The last of equals wins.
    *b"|\t;,".iter().max_by_key(columns).unwrap_or(&b',')
}

fn reader<R: Read>(text: R, separator: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .from_reader(text)
}

/// A sheet with room for every cell between its outermost ones. Two cells at its far ends would need that of billions, so
/// that their number is looked at first.
fn laid_out(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Range<Data>, Unreadable> {
    let broken = |_| Unreadable::NotATable;
    let mut reader = book.worksheet_cells_reader(name).map_err(broken)?;
    let mut cells = Vec::new();
    let (mut rows, mut columns) = (0, 0);
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let content = Data::from(cell.get_value().clone());
        if content != Data::Empty {
            (rows, columns) = (rows.max(row), columns.max(column));
            cells.push(Cell::new((row, column), content));
        }
    }
    let room = (u64::from(rows) + 1) * (u64::from(columns) + 1);
    if room > ROOM + ROOM_FOR_EACH * cells.len() as u64 {
        return Err(Unreadable::TooLarge);
    }
    Ok(Range::from_sparse(cells))
}

/// A cell as it would be typed; dates in ISO form.
pub(super) fn text(cell: &Data) -> String {
    match cell {
        Data::DateTime(date) => date
            .as_datetime()
            .map_or_else(String::new, |it| it.date().to_string()),
        Data::DateTimeIso(date) => date.split('T').next().unwrap_or_default().to_owned(),
        // A number without fraction is written without point: numbers on file are digits.
        Data::Float(number) => number.to_string(),
        Data::Error(_) | Data::Empty => String::new(),
        other => other.to_string(),
    }
}

/// Unpacks every part into nothing and counts: what a part says of its own size may be a lie.
pub(super) fn unpacks_within(bytes: &[u8], limit: u64) -> Result<(), Unreadable> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::CutOff(1))?;
    let mut left = limit;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| Unreadable::NotATable)?;
        let size = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|_| Unreadable::CutOff(1))?;
        left = left.checked_sub(size).ok_or(Unreadable::TooLarge)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<(Vec<String>, Vec<Row>), Unreadable> {
        let table = Table::read(bytes, None)?;
        Ok((table.header.clone(), table.rows().collect()))
    }

    #[test]
    fn every_spreadsheet_s_csv_is_read() {
        let wanted = vec!["Traoré".to_owned(), "N’Diaye; fils".to_owned()];
        let utf16: Vec<u8> = "\u{feff}nom\tprénom\r\nTraoré\tN’Diaye; fils\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let windows = WINDOWS_1252
            .encode("nom;prénom\r\nTraoré;\"N’Diaye; fils\"\r\n")
            .0;
        let files: [&[u8]; 5] = [
            "nom,prénom\nTraoré,N’Diaye; fils\n".as_bytes(),
            "\u{feff}nom,prénom\nTraoré,N’Diaye; fils".as_bytes(),
            "nom;prénom\n\n;\nTraoré;\"N’Diaye; fils\"\n".as_bytes(),
            &utf16,
            &windows,
        ];
        for file in files {
            let (header, rows) = rows(file).expect("a table");
            assert_eq!(header, ["nom", "prénom"]);
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].1, wanted);
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let cases: [(&[u8], Unreadable); 8] = [
            (b"", Unreadable::NotATable),
            (b"a,b\n", Unreadable::Empty),
            (b"a,b\n1,2\n3\n", Unreadable::CutOff(3)),
            (b"a,b\n1,\"2\n3,4\n", Unreadable::CutOff(3)),
            (b"a,a\n1,2\n", Unreadable::SameHeader("a".into())),
            (b"%PDF-1.7\n\x00\x01\x02", Unreadable::NotATable),
            (b"PK\x03\x04 and then nothing", Unreadable::CutOff(1)),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00",
                Unreadable::NotATable,
            ),
        ];
        for (file, why) in cases {
            assert_eq!(rows(file).err(), Some(why), "{}", file.escape_ascii());
        }
    }

    #[test]
    fn two_cells_at_the_far_ends_are_no_sheet_of_billions() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "matricule").expect("a cell");
        sheet
            .write_string(1_048_575, 16_383, "M-1")
            .expect("the last cell");
        let book = book.save_to_buffer().expect("a workbook");
        assert_eq!(rows(&book).err(), Some(Unreadable::TooLarge));
    }

    #[test]
    fn a_part_that_unpacks_without_end_is_stopped() {
        let mut packed = Cursor::new(Vec::new());
        let mut archive = zip::ZipWriter::new(&mut packed);
        let options = zip::write::SimpleFileOptions::default();
        archive
            .start_file("xl/workbook.xml", options)
            .expect("a part");
        io::copy(&mut io::repeat(b' ').take(1 << 20), &mut archive).expect("a megabyte");
        archive.finish().expect("an archive");
        let packed = packed.into_inner();
        assert_eq!(unpacks_within(&packed, 1 << 20), Ok(()));
        let more = unpacks_within(&packed, (1 << 20) - 1);
        assert_eq!(more, Err(Unreadable::TooLarge));
    }
}
