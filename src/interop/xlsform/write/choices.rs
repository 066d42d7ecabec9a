//! The sheet `choices`, where fields with the same options share one list.

use super::super::languages::yes_and_no;
use super::sheet::{Row, Sheet, put};
use crate::forms::Choice;
use crate::kernel::Text;

const COLUMNS: [&str; 3] = ["list_name", "name", "label"];

pub(super) struct Choices<'f> {
    sheet: Sheet,
    language: &'f str,
    lists: Vec<(String, Vec<Choice>)>,
}

impl<'f> Choices<'f> {
    pub fn new(language: &'f str) -> Self {
        Self {
            sheet: Sheet::new("choices", &COLUMNS),
            language,
            lists: Vec::new(),
        }
    }

    /// The name of the list with these options, which is written when no field had them before.
    pub fn list(&mut self, wanted: &str, options: &[Choice]) -> String {
        if let Some((name, _)) = self.lists.iter().find(|(_, it)| it == options) {
            return name.clone();
        }
        let mut name = wanted.replace('.', "_");
        while self.lists.iter().any(|(taken, _)| *taken == name) {
            name.push('_');
        }
        for option in options {
            let mut row = Row::from([
                (("list_name", None), name.clone()),
                (("name", None), option.code.clone()),
            ]);
            if option.title.0.is_empty() {
                let label = ("label", Some(self.language.to_owned()));
                row.insert(label, option.code.clone());
            } else {
                put(&mut row, "label", &option.title);
            }
            self.sheet.rows.push(row);
        }
        self.lists.push((name.clone(), options.to_vec()));
        name
    }

    /// Yes and no, in the languages of the form.
    pub fn yes_and_no(&mut self, languages: &[&str]) -> String {
        let options = ["true", "false"].iter().enumerate().map(|(at, code)| {
            let words = languages.iter().filter_map(|language| {
                let word = yes_and_no(language)?[at];
                Some(((*language).to_owned(), word.to_owned()))
            });
            let mut title = Text(words.collect());
            if !title.0.contains_key(self.language) {
                let word = yes_and_no("en").map_or(*code, |it| it[at]);
                title.0.insert(self.language.to_owned(), word.to_owned());
            }
            Choice {
                code: (*code).to_owned(),
                title,
            }
        });
        let options: Vec<Choice> = options.collect();
        self.list("yes_no", &options)
    }

    pub fn done(self) -> Sheet {
        self.sheet
    }
}
