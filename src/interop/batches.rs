//! The rows of a table, batch by batch.

use super::{Mapping, Problem, Report, Row};
use crate::workforce::Line;

/// Rows that go into the register in one transaction.
pub(super) const BATCH: usize = 2_000;

/// Rows as lines, in batches that part nobody's rows from each other where they stand together, within reason.
pub(super) struct Batches<'a> {
    rows: std::iter::Peekable<Box<dyn Iterator<Item = Row> + Send>>,
    pub mapping: &'a Mapping,
    pub total: u64,
}

impl<'a> Batches<'a> {
    pub fn new(
        rows: Box<dyn Iterator<Item = Row> + Send>,
        mapping: &'a Mapping,
        total: u64,
    ) -> Self {
        Self {
            rows: rows.peekable(),
            mapping,
            total,
        }
    }

    /// The next lines; rows that cannot be read are refused at once. `None` at the end.
    pub fn next(&mut self, report: &mut Report) -> Option<Vec<Line>> {
        let mut lines: Vec<Line> = Vec::with_capacity(BATCH);
        self.rows.peek()?;
        while let Some((row, cells)) = self.rows.next() {
            match self.mapping.line(row, &cells) {
                Ok(line) => lines.push(line),
                Err(bad) => {
                    let problems = bad.into_iter().map(|(column, why, cell)| Problem {
                        row,
                        column: Some(column.to_owned()),
                        code: why.code(),
                        arguments: [("value", cell)].into(),
                        said: None,
                    });
                    report.refuse(row, problems);
                }
            }
            let full = lines.len() >= BATCH && !self.goes_on(lines.last());
            if full || lines.len() >= 2 * BATCH {
                break;
            }
        }
        Some(lines)
    }

    /// Whether the next row is about the same person.
    fn goes_on(&mut self, last: Option<&Line>) -> bool {
        let Some((row, cells)) = self.rows.peek() else {
            return false;
        };
        match (last, self.mapping.line(*row, cells)) {
            (Some(last), Ok(next)) => {
                let same_id = last.worker.is_some() && last.worker == next.worker;
                let first = last.identifiers.first();
                same_id || (first.is_some() && first == next.identifiers.first())
            }
            _ => false,
        }
    }
}
