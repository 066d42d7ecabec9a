//! The sheet `choices`: lists of options, by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::book::{Book, Row};
use super::super::languages::yes_and_no;
use super::super::loss::{LossCode, Losses, Spot};
use super::Words;

const SHEET: &str = "choices";

#[derive(Debug)]
pub(super) struct Lists<'b> {
    lists: BTreeMap<&'b str, Vec<(&'b str, &'b Row)>>,
}

impl<'b> Lists<'b> {
    pub fn read(book: &'b Book, losses: &mut Losses) -> Self {
        let mut lists: BTreeMap<&str, Vec<(&str, &Row)>> = BTreeMap::new();
        for row in &book.choices.rows {
            let list = book.choices.get(row, "list_name");
            let name = book.choices.get(row, "name");
            let (Some(list), Some(name)) = (list, name) else {
                let spot = Spot::at(SHEET, row.number, "name");
                losses.note(
                    spot,
                    LossCode::NotCarriedOver,
                    list.or(name).unwrap_or_default(),
                );
                continue;
            };
            let options = lists.entry(list).or_default();
            if options.iter().any(|(known, _)| *known == name) {
                let spot = Spot::at(SHEET, row.number, "name");
                losses.note(spot, LossCode::SameName, name);
            } else {
                options.push((name, row));
            }
        }
        Self { lists }
    }

    /// Lists that no question has.
    pub fn unused(&self, used: &BTreeSet<String>, losses: &mut Losses) {
        for (list, options) in &self.lists {
            if !used.contains(*list) {
                let row = options.first().map_or(1, |(_, row)| row.number);
                let spot = Spot::at(SHEET, row, "list_name");
                losses.note(spot, LossCode::NotCarriedOver, list);
            }
        }
    }

    pub fn has(&self, list: &str) -> bool {
        self.lists.contains_key(list)
    }

    /// Whether its options are `true` and `false`: then it is no list, it is yes or no.
    pub fn is_yes_or_no(&self, list: &str) -> bool {
        let options = self.lists.get(list).map(Vec::as_slice);
        let names: BTreeSet<&str> = options.into_iter().flatten().map(|it| it.0).collect();
        names == BTreeSet::from(["true", "false"])
    }

    /// Words for yes and no that are not the usual ones have no place.
    pub fn tell_yes_and_no(&self, list: &str, words: &Words<'_>, losses: &mut Losses) {
        for (name, row) in self.lists.get(list).into_iter().flatten() {
            for (language, text) in &words.texts(&words.book.choices, row, "label") {
                let usual = yes_and_no(language).map(|it| it[usize::from(*name == "false")]);
                if usual.is_some_and(|it| it != text) {
                    let spot = Spot::at(SHEET, row.number, "label");
                    losses.note(spot, LossCode::NotCarriedOver, text);
                }
            }
        }
    }

    /// As a schema lists them: with titles, or as bare codes where a label says no more.
    pub fn options(&self, list: &str, words: &Words<'_>) -> Map<String, Value> {
        let options = self.lists.get(list).map(Vec::as_slice).unwrap_or_default();
        let titled = options.iter().map(|(name, row)| {
            let mut texts = words.texts(&words.book.choices, row, "label");
            texts.retain(|language, text| language != words.language || text != name);
            (*name, texts)
        });
        let titled: Vec<_> = titled.collect();
        let mut schema = Map::new();
        if titled.iter().all(|(_, texts)| texts.is_empty()) {
            let codes: Vec<&str> = titled.iter().map(|(name, _)| *name).collect();
            schema.insert("enum".to_owned(), json!(codes));
            return schema;
        }
        let each = options.iter().map(|(name, row)| {
            let texts = words.texts(&words.book.choices, row, "label");
            let mut option = Map::from_iter([("const".to_owned(), json!(name))]);
            words.put(&mut option, "title", &texts);
            Value::Object(option)
        });
        schema.insert("oneOf".to_owned(), Value::Array(each.collect()));
        schema
    }
}
