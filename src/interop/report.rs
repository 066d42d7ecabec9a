//! What became of a file, row by row.

use std::collections::BTreeMap;

use super::field::Field;
use super::mapping::Mapping;
use crate::forms::AnswerFault;
use crate::kernel::{Languages, Reason, Text};
use crate::workforce::{Objection, Outcome, Refusal};

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub accepted: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub refused: u64,
    /// Headers of columns that nothing was read from.
    pub ignored_columns: Vec<String>,
    /// Every row, in the order of the file.
    pub rows: Vec<(u64, Verdict)>,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    Changed,
    Unchanged,
    Refused,
}

impl Verdict {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub row: u64,
    /// The header of the column; absent when it is about the row as a whole.
    pub column: Option<String>,
    /// Stable; the catalogue of messages has it.
    pub code: &'static str,
    /// What the message names.
    pub arguments: BTreeMap<&'static str, String>,
    /// What a form itself says of an answer, in its languages: the `value` of the message.
    pub said: Option<Text>,
}

impl Report {
    pub(super) fn add_all(&mut self, outcomes: Vec<(u64, Outcome)>, mapping: &Mapping) {
        for (row, outcome) in outcomes {
            self.add(row, outcome, mapping);
        }
    }

    fn add(&mut self, row: u64, outcome: Outcome, mapping: &Mapping) {
        let verdict = match outcome {
            Outcome::Accepted => Verdict::Accepted,
            Outcome::Changed => Verdict::Changed,
            Outcome::Unchanged => Verdict::Unchanged,
            Outcome::Refused(refusals) => {
                let problems = refusals.iter().map(|it| Problem::of(row, it, mapping));
                self.problems.extend(problems);
                Verdict::Refused
            }
        };
        self.count(row, verdict);
    }

    pub(super) fn refuse(&mut self, row: u64, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
        self.count(row, Verdict::Refused);
    }

    fn count(&mut self, row: u64, verdict: Verdict) {
        *match verdict {
            Verdict::Accepted => &mut self.accepted,
            Verdict::Changed => &mut self.changed,
            Verdict::Unchanged => &mut self.unchanged,
            Verdict::Refused => &mut self.refused,
        } += 1;
        self.rows.push((row, verdict));
    }

    /// Rows in the order of the file: those that could not even be read were counted first.
    pub(super) fn settle(&mut self) {
        self.rows.sort_by_key(|it| it.0);
        self.problems.sort_by_key(|it| it.row);
    }

    /// `row,outcome,column,code,message`: a line for each row, for a refused one a line for each problem.
    pub fn csv(&self, word: impl Fn(&Problem) -> String) -> String {
        let mut file = csv::Writer::from_writer(Vec::new());
        let mut problems = self.problems.iter().peekable();
        let mut write = |cells: [&str; 5]| file.write_record(cells).is_ok();
        write(["row", "outcome", "column", "code", "message"]);
        for (row, verdict) in &self.rows {
            let number = row.to_string();
            if *verdict != Verdict::Refused {
                write([&number, verdict.as_str(), "", "", ""]);
            }
            while let Some(it) = problems.next_if(|it| it.row == *row) {
                let column = it.column.as_deref().unwrap_or_default();
                write([&number, verdict.as_str(), column, it.code, &word(it)]);
            }
        }
        let bytes = file.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl Problem {
    fn of(row: u64, refusal: &Refusal, mapping: &Mapping) -> Self {
        let code = refusal.objection.code();
        let arguments: BTreeMap<_, _> = refusal.objection.arguments().into_iter().collect();
        if let Objection::Answer { form, path, fault } = &refusal.objection {
            return Self {
                row,
                column: Some(mapping.answer(form, path)),
                code,
                arguments,
                said: match fault {
                    AnswerFault::CheckFailed(text) => Some(text.clone()),
                    _ => None,
                },
            };
        }
        let path: Vec<&str> = refusal.path.iter().map(String::as_str).collect();
        let identifier = arguments.get("type").cloned().map(Field::Identifier);
        let field = identifier.or_else(|| Field::at(&path, code));
        Self {
            row,
            column: field.and_then(|it| mapping.column(&it).map(str::to_owned)),
            code,
            arguments,
            said: None,
        }
    }

    /// What the message names, for one who reads these languages.
    #[must_use]
    pub fn told(&self, languages: &Languages) -> BTreeMap<&'static str, String> {
        let mut told = self.arguments.clone();
        if let Some(said) = &self.said {
            told.insert("value", said.get(languages).to_owned());
        }
        told
    }
}
