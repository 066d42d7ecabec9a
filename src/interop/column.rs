//! A field of a form as a column, `answers.psw.home.village`: what its cells say.
//!
//! Only fields that hold one value are columns, or several options of one list: what repeats has no place in a row.

use std::collections::HashMap;

use serde_json::{Number, Value};

use super::cell::parts;
use super::field::{BadCell, date, yes};
use crate::forms::{FieldKind, Form, Options, Subject};
use crate::kernel::{FormId, Text, fold};
use crate::workforce::{LineAnswer, Lists};

/// What stands before the form's code in the name of such a column.
const PREFIX: &str = "answers.";

/// A field of a form about workers or about postings.
#[derive(Debug)]
pub struct AnswerColumn {
    pub form: FormId,
    /// The form's code.
    pub code: String,
    /// The field's path.
    pub path: String,
    pub subject: Subject,
    /// Whether some version collected it as telling of a person.
    pub is_personal: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Text,
    Number,
    Day,
    YesOrNo,
    One(Words),
    Several(Words),
    /// Goes out by its id, and comes in by itself alone.
    File,
}

/// The options of a choice: codes, and what people call them; `None` under a name that several have.
#[derive(Debug, Default)]
struct Words {
    codes: Vec<String>,
    labels: HashMap<String, Option<String>>,
}

impl PartialEq for AnswerColumn {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form && self.path == other.path
    }
}

impl Eq for AnswerColumn {}

impl AnswerColumn {
    /// The field of a name, as the newest version that may be answered has it.
    #[must_use]
    pub fn to_answer(name: &str, lists: &Lists) -> Option<Self> {
        let (form, path) = split(name, lists)?;
        let field = form.answerable()?.definition.field(path)?;
        let column = Self::of(form, path, &field.kind, field.repeat.is_some(), lists);
        column.filter(|it| !matches!(it.kind, Kind::File))
    }

    /// The field of a name, as the newest version that has it has it, answered still or not.
    #[must_use]
    pub fn to_read(name: &str, lists: &Lists) -> Option<Self> {
        let (form, path) = split(name, lists)?;
        let field = form.field(path)?;
        Self::of(form, path, &field.kind, field.repeat.is_some(), lists)
    }

    fn of(form: &Form, path: &str, kind: &FieldKind, repeats: bool, lists: &Lists) -> Option<Self> {
        let about_people = matches!(form.subject, Subject::Worker | Subject::Posting);
        if repeats || !about_people {
            return None;
        }
        let words = |options: &Options| Words::of(options, form, path, lists);
        let kind = match kind {
            FieldKind::Text { .. } | FieldKind::Email => Kind::Text,
            FieldKind::Date => Kind::Day,
            FieldKind::Number { .. } => Kind::Number,
            FieldKind::Boolean => Kind::YesOrNo,
            FieldKind::Choice(options) => Kind::One(words(options)),
            FieldKind::Choices { options, .. } => Kind::Several(words(options)),
            FieldKind::File { .. } => Kind::File,
            FieldKind::Group(_) | FieldKind::Repeat { .. } => return None,
        };
        Some(Self {
            form: form.id,
            code: form.code.clone(),
            path: path.to_owned(),
            subject: form.subject,
            is_personal: form.is_personal(path),
            kind,
        })
    }

    /// The name of the column.
    #[must_use]
    pub fn name(&self) -> String {
        name(&self.code, &self.path)
    }

    /// What a cell that is not empty answers.
    pub(super) fn read(&self, cell: &str) -> Result<LineAnswer, BadCell> {
        let value = match &self.kind {
            Kind::Text | Kind::File => Value::from(cell),
            Kind::Number => number(cell).ok_or(BadCell::Number)?,
            Kind::Day => Value::from(date(cell)?.to_string()),
            Kind::YesOrNo => Value::from(yes(cell).ok_or(BadCell::YesOrNo)?),
            Kind::One(words) => Value::from(words.code(cell)?),
            Kind::Several(words) => {
                let mut codes: Vec<&str> = Vec::new();
                for part in parts(cell) {
                    let code = words.code(&part)?;
                    if !codes.contains(&code) {
                        codes.push(code);
                    }
                }
                Value::from(codes)
            }
        };
        Ok(LineAnswer {
            form: self.form,
            path: self.path.clone(),
            value,
        })
    }
}

/// The name of the column of a form's field.
pub(super) fn name(form: &str, path: &str) -> String {
    format!("{PREFIX}{form}.{path}")
}

fn split<'l, 'n>(name: &'n str, lists: &'l Lists) -> Option<(&'l Form, &'n str)> {
    let (code, path) = name.trim().strip_prefix(PREFIX)?.split_once('.')?;
    Some((lists.forms.by_code(code)?, path))
}

impl Words {
    fn of(options: &Options, form: &Form, path: &str, lists: &Lists) -> Self {
        let mut words = Self::default();
        match options {
            Options::Listed(_) => {
                for (code, title) in form.options(path) {
                    words.add(code, title);
                }
            }
            Options::CodeList(list) => {
                for entry in lists.codes.list(list) {
                    words.add(&entry.code, &entry.label);
                }
            }
            Options::Cadres => {
                let all = lists.cadres.all().iter();
                for cadre in all.filter(|it| !lists.cadres.is_group(it.id)) {
                    words.add(&cadre.code, &cadre.label);
                }
            }
        }
        words
    }

    fn add(&mut self, code: &str, title: &Text) {
        self.codes.push(code.to_owned());
        for label in title.0.values() {
            let known = self.labels.entry(fold(label));
            let entry = known.or_insert_with(|| Some(code.to_owned()));
            if entry.as_deref() != Some(code) {
                *entry = None;
            }
        }
    }

    fn code(&self, word: &str) -> Result<&str, BadCell> {
        if let Some(code) = self.codes.iter().find(|it| *it == word) {
            return Ok(code);
        }
        match self.labels.get(&fold(word)) {
            Some(Some(code)) => Ok(code),
            Some(None) => Err(BadCell::Ambiguous),
            None => Err(BadCell::Option),
        }
    }
}

/// A number as people write it: `1234.5`, `1234,5`, `1 234,5`, `1.234,5`, `1,234.5`. A single sign between digits is the
/// decimal one.
fn number(text: &str) -> Option<Value> {
    let spaced = |c: &char| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let text: String = text.chars().filter(spaced).collect();
    let signs: Vec<char> = text.chars().filter(|c| matches!(c, ',' | '.')).collect();
    let decimal = match signs[..] {
        [] => None,
        [only] => Some(only),
        // The last one is the decimal one if it is another than those before it.
        [.., before, last] => (before != last).then_some(last),
    };
    let grouping = signs.iter().find(|it| Some(**it) != decimal);
    if signs.iter().filter(|it| Some(**it) == decimal).count() > 1 {
        return None;
    }
    if let Some(grouping) = grouping {
        let whole = decimal.map_or(&text[..], |it| text.split(it).next().unwrap_or_default());
        let mut groups = whole.trim_start_matches(['-', '+']).split(*grouping);
        let first = groups.next().unwrap_or_default();
        let is_grouped = (1..=3).contains(&first.len()) && groups.all(|it| it.len() == 3);
        let rest = text.rsplit(|c| Some(c) == decimal).next();
        if !is_grouped || (decimal.is_some() && rest.is_some_and(|it| it.contains(*grouping))) {
            return None;
        }
    }
    let plain: String = (text.chars())
        .filter(|c| Some(c) != grouping)
        .map(|c| if Some(c) == decimal { '.' } else { c })
        .collect();
    let digits = plain.trim_start_matches(['-', '+']);
    if !digits.starts_with(|c: char| c.is_ascii_digit())
        || !(digits.bytes()).all(|it| it.is_ascii_digit() || b".eE+-".contains(&it))
    {
        return None;
    }
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(Value::from(whole));
    }
    let number: f64 = plain.parse().ok()?;
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_read_with_comma_or_point() {
        for (written, read) in [
            ("12", Some(json!(12))),
            ("-12", Some(json!(-12))),
            ("12.0", Some(json!(12))),
            ("12,5", Some(json!(12.5))),
            ("12.5", Some(json!(12.5))),
            ("1 234,5", Some(json!(1234.5))),
            ("1\u{a0}234", Some(json!(1234))),
            ("1.234,5", Some(json!(1234.5))),
            ("1,234.5", Some(json!(1234.5))),
            ("1,234,567", Some(json!(1_234_567))),
            ("1.234.567", Some(json!(1_234_567))),
            ("1e3", Some(json!(1000))),
            ("0.1", Some(json!(0.1))),
            ("1.2.3", None),
            ("1,23,456", None),
            ("1,5,", None),
            ("1.234,5.6", None),
            ("twelve", None),
            ("inf", None),
            ("1e999", None),
            ("--1", None),
            (",", None),
        ] {
            assert_eq!(number(written), read, "{written}");
        }
    }
}
