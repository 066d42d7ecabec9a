//! Which column of a file says what: by a mapping that was saved, or by the names of the fields themselves.

use std::collections::BTreeMap;

use super::cell::unguarded;
use super::column::{self, AnswerColumn};
use super::field::{BadCell, Field};
use super::table::Unreadable;
use crate::workforce::{Line, Lists};

/// Columns by their header, fields by their name.
pub type Columns = BTreeMap<String, String>;

/// The columns of one file, understood.
pub struct Mapping {
    /// In the order of the file; `None`: nothing is read there.
    columns: Vec<(String, Option<Field>)>,
}

impl Mapping {
    /// # Errors
    /// A field or column that is not there, or when no column says who a row is about.
    pub fn new(
        header: &[String],
        saved: Option<&Columns>,
        lists: &Lists,
    ) -> Result<Self, Unreadable> {
        let columns: Vec<(String, Option<Field>)> = match saved {
            None => (header.iter())
                .map(|it| (it.clone(), Field::brought_in(it, lists)))
                .collect(),
            Some(saved) => {
                let fields = fields(saved, lists)?;
                if let Some((column, _)) = fields.iter().find(|(it, _)| !header.contains(it)) {
                    return Err(Unreadable::NoColumn(column.clone()));
                }
                let field = |column: &String| fields.iter().find(|it| it.0 == *column);
                (header.iter())
                    .map(|it| (it.clone(), field(it).map(|(_, field)| field.clone())))
                    .collect()
            }
        };
        let has = |wanted: &Field| columns.iter().any(|it| it.1.as_ref() == Some(wanted));
        let numbered = (columns.iter()).any(|it| matches!(it.1, Some(Field::Identifier(_))));
        let named = has(&Field::FamilyName) && has(&Field::BirthDate);
        if named || numbered || has(&Field::Worker) {
            Ok(Self { columns })
        } else {
            Err(Unreadable::NobodyNamed)
        }
    }

    /// The headers under which nothing is read.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        let ignored = self.columns.iter().filter(|it| it.1.is_none());
        ignored.map(|it| it.0.as_str())
    }

    /// The first column that a field is read from.
    #[must_use]
    pub fn column(&self, field: &Field) -> Option<&str> {
        let found = self.columns.iter().find(|it| it.1.as_ref() == Some(field));
        found.map(|it| it.0.as_str())
    }

    /// The fields of forms that are read.
    pub fn answers(&self) -> impl Iterator<Item = &AnswerColumn> {
        self.columns.iter().filter_map(|it| match &it.1 {
            Some(Field::Answer(column)) => Some(&**column),
            _ => None,
        })
    }

    /// The column that a form's field, or the group around it, is read from; the name that such a column would have
    /// where there is none.
    #[must_use]
    pub fn answer(&self, form: &str, path: &str) -> String {
        let is_it = |field: &Option<Field>| match field {
            Some(Field::Answer(column)) => {
                column.code == form
                    && (path.strip_prefix(&column.path))
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
            _ => false,
        };
        let found = self.columns.iter().find(|it| is_it(&it.1));
        found.map_or_else(|| column::name(form, path), |it| it.0.clone())
    }

    /// # Errors
    /// Every cell that cannot be read, with its column and what it holds.
    pub fn line(&self, row: u64, cells: &[String]) -> Result<Line, Vec<(&str, BadCell, String)>> {
        let mut line = Line {
            row,
            ..Line::default()
        };
        let mut bad = Vec::new();
        for ((column, field), cell) in self.columns.iter().zip(cells) {
            let cell = unguarded(cell.trim());
            if let Some(field) = field
                && !cell.is_empty()
                && let Err(why) = field.read(cell, &mut line)
            {
                bad.push((column.as_str(), why, cell.to_owned()));
            }
        }
        if bad.is_empty() { Ok(line) } else { Err(bad) }
    }
}

/// The fields that a saved mapping names.
///
/// # Errors
/// The first name that no field has.
pub fn fields(saved: &Columns, lists: &Lists) -> Result<Vec<(String, Field)>, Unreadable> {
    let field = |(column, name): (&String, &String)| {
        let field =
            Field::brought_in(name, lists).ok_or_else(|| Unreadable::NoField(name.clone()))?;
        Ok((column.clone(), field))
    };
    saved.iter().map(field).collect()
}
