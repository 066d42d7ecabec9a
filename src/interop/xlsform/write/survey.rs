//! The sheet `survey`: a row for each question, groups with a row at either end.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::loss::{LossCode, Losses, Spot};
use super::super::names::{Names, Scope};
use super::super::xpath::{Expression, Operator, from_logic};
use super::choices::Choices;
use super::limits::{MANY, limits};
use super::sheet::{Row, Sheet, put};
use crate::forms::{Field, FieldKind, Options, Rule};
use crate::interop::outline::{FormToWrite, Item, written};
use crate::kernel::Text;
use crate::kernel::{LARGEST_FILE, MediaType};

const COLUMNS: [&str; 21] = [
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "readonly",
    "default",
    "repeat_count",
    "x-sensitivity",
    "x-unit",
    "x-options",
    "x-format",
    "x-min-items",
    "x-max-items",
    "x-max-bytes",
    "x-file-types",
    "x-layout",
];

pub(super) struct Survey<'f, 'l> {
    form: &'f FormToWrite<'f>,
    names: Names,
    /// All words that stand in the column `name`.
    taken: BTreeSet<String>,
    language: &'f str,
    languages: Vec<&'f str>,
    choices: Choices<'f>,
    sheet: Sheet,
    losses: &'l mut Losses,
}

impl<'f, 'l> Survey<'f, 'l> {
    pub fn new(
        form: &'f FormToWrite<'f>,
        language: &'f str,
        choices: Choices<'f>,
        losses: &'l mut Losses,
    ) -> Self {
        let fields = form.version.definition.all_fields();
        let languages: BTreeSet<&str> = (fields.iter())
            .flat_map(|it| it.title.0.keys())
            .map(String::as_str)
            .chain([language])
            .collect();
        Self {
            form,
            names: Names::from(&form.version.definition),
            taken: fields.iter().map(|it| it.name.clone()).collect(),
            language,
            languages: languages.into_iter().collect(),
            choices,
            sheet: Sheet::new("survey", &COLUMNS),
            losses,
        }
    }

    pub fn done(self) -> (Sheet, Sheet) {
        (self.sheet, self.choices.done())
    }

    pub fn all(&mut self, items: &[Item<'_>]) {
        for item in items {
            match item {
                Item::Note(text) => {
                    let mut row = self.row("note", &self.free_name("note"));
                    self.label(&mut row, text);
                    self.sheet.rows.push(row);
                }
                Item::Layout { element, inside } => self.layout(element, inside),
                Item::Field { field, inside } => self.field(field, inside),
            }
        }
    }

    fn row(&mut self, kind: &str, name: &str) -> Row {
        self.taken.insert(name.to_owned());
        Row::from([
            (("type", None), kind.to_owned()),
            (("name", None), name.to_owned()),
        ])
    }

    fn free_name(&self, stem: &str) -> String {
        let names = (1..).map(|it| format!("{stem}_{it}"));
        let mut free = names.filter(|it| !self.taken.contains(it));
        free.next().unwrap_or_default()
    }

    fn label(&self, row: &mut Row, text: &str) {
        let key = ("label", Some(self.language.to_owned()));
        row.insert(key, text.to_owned());
    }

    fn spot(&self, column: &str, path: &str) -> Spot {
        Spot {
            field: (!path.is_empty()).then(|| path.to_owned()),
            ..Spot::at("survey", self.sheet.next(), column)
        }
    }

    /// A cell that Kada alone reads.
    fn own(&mut self, row: &mut Row, column: &'static str, content: &str, path: &str) {
        row.insert((column, None), content.to_owned());
        let spot = self.spot(column, path);
        self.losses.note(spot, LossCode::OwnColumn, column);
    }

    fn layout(&mut self, element: &Map<String, Value>, inside: &[Item<'_>]) {
        let word = |key: &str| element.get(key).and_then(Value::as_str);
        let mut row = self.row("begin_group", &self.free_name("layout"));
        if let Some(label) = word("label") {
            self.label(&mut row, label);
        }
        self.own(&mut row, "x-layout", word("type").unwrap_or("Group"), "");
        self.sheet.rows.push(row);
        self.all(inside);
        self.end("end_group");
    }

    fn end(&mut self, kind: &str) {
        let row = Row::from([(("type", None), kind.to_owned())]);
        self.sheet.rows.push(row);
    }

    fn field(&mut self, field: &Field, inside: &[Item<'_>]) {
        let kind = self.kind(field);
        let mut row = self.row(&kind, &field.name);
        self.texts(&mut row, field);
        self.extras(&mut row, field);
        self.rules(&mut row, field);
        default(&mut row, field);
        self.sheet.rows.push(row);
        if !field.fields().is_empty() {
            self.all(inside);
            self.end(if kind == "begin_repeat" {
                "end_repeat"
            } else {
                "end_group"
            });
        }
    }

    fn kind(&mut self, field: &Field) -> String {
        match &field.kind {
            FieldKind::Text { .. } | FieldKind::Email => "text".to_owned(),
            FieldKind::Date => "date".to_owned(),
            FieldKind::Number { whole: true, .. } => "integer".to_owned(),
            FieldKind::Number { .. } => "decimal".to_owned(),
            FieldKind::Boolean => {
                let languages = self.languages.clone();
                format!("select_one {}", self.choices.yes_and_no(&languages))
            }
            FieldKind::Choice(options) => format!("select_one {}", self.list(field, options)),
            FieldKind::Choices { options, .. } => {
                format!("select_multiple {}", self.list(field, options))
            }
            FieldKind::File { types, .. } if all_of(types, &MediaType::PICTURES) => {
                "image".to_owned()
            }
            FieldKind::File { .. } => "file".to_owned(),
            FieldKind::Group(_) => "begin_group".to_owned(),
            FieldKind::Repeat { .. } => "begin_repeat".to_owned(),
        }
    }

    fn list(&mut self, field: &Field, options: &Options) -> String {
        let entries = self.form.entries.of(options);
        let wanted = match options {
            Options::Listed(_) => field.path.as_str(),
            Options::CodeList(list) => list,
            Options::Cadres => "cadres",
        };
        if let Some(code) = entries
            .iter()
            .find(|it| it.code.contains(char::is_whitespace))
        {
            let spot = self.spot("type", &field.path);
            self.losses.note(spot, LossCode::OutOfReach, &code.code);
        }
        self.choices.list(wanted, entries)
    }

    fn texts(&mut self, row: &mut Row, field: &Field) {
        if field.title.0.is_empty() {
            self.label(row, &field.name);
        }
        put(row, "label", &field.title);
        put(row, "hint", &field.description);
    }

    /// What stands in columns of our own.
    fn extras(&mut self, row: &mut Row, field: &Field) {
        let path = &field.path;
        let schema = written(&self.form.version.definition, field);
        let sensitivity = schema.and_then(|it| it.get("x-sensitivity"));
        if let Some(sensitivity) = sensitivity.and_then(Value::as_str) {
            self.own(row, "x-sensitivity", sensitivity, path);
        }
        if let Some(unit) = &field.unit {
            self.own(row, "x-unit", unit, path);
        }
        match field.options() {
            Some(Options::CodeList(list)) => {
                self.own(row, "x-options", &format!("code-list:{list}"), path);
            }
            Some(Options::Cadres) => self.own(row, "x-options", "cadres", path),
            _ => {}
        }
        match field.kind {
            FieldKind::File { largest, ref types } => {
                if largest != LARGEST_FILE {
                    self.own(row, "x-max-bytes", &largest.to_string(), path);
                }
                if !all_of(types, &MediaType::ALL) && !all_of(types, &MediaType::PICTURES) {
                    let types: Vec<&str> = types.iter().map(|it| it.as_str()).collect();
                    self.own(row, "x-file-types", &types.join(" "), path);
                }
            }
            FieldKind::Email => self.own(row, "x-format", "email", path),
            FieldKind::Repeat { fewest, most, .. } if fewest == most => {
                row.insert(("repeat_count", None), most.to_string());
            }
            FieldKind::Repeat { fewest, most, .. } => {
                if fewest > 0 {
                    self.own(row, "x-min-items", &fewest.to_string(), path);
                }
                if most != MANY {
                    self.own(row, "x-max-items", &most.to_string(), path);
                }
            }
            _ => {}
        }
    }

    fn rules(&mut self, row: &mut Row, field: &Field) {
        let form = self.form;
        let rules = form.version.definition.rules(&field.path);
        let visible = rules.and_then(|it| it.visible.as_ref());
        let required = rules.and_then(|it| it.required.as_ref());
        if let Some(rule) = visible {
            self.expression(row, "relevant", field, rule);
        }
        match required {
            // What is demanded wherever it is asked is demanded, to a reader of `XLSForm`.
            Some(rule) if visible.is_none_or(|it| it.source() != rule.source()) => {
                self.expression(row, "required", field, rule);
            }
            None if !field.required => {}
            _ => {
                row.insert(("required", None), "yes".to_owned());
            }
        }
        if let Some(rule) = rules.and_then(|it| it.computed.as_ref()) {
            self.expression(row, "calculation", field, rule);
            row.insert(("readonly", None), "yes".to_owned());
        }
        self.constraint(row, field);
    }

    fn said(&mut self, column: &'static str, field: &Field, rule: &Rule) -> Option<Expression> {
        let owner = self.names.at(&field.path)?;
        let scope = Scope {
            names: &self.names,
            owner,
        };
        match from_logic(rule.source(), scope) {
            Ok(expression) => Some(expression),
            Err(puzzle) => {
                let spot = self.spot(column, &field.path);
                let source = rule.source().to_string();
                self.losses.puzzled(spot, &puzzle, &source);
                None
            }
        }
    }

    fn expression(&mut self, row: &mut Row, column: &'static str, field: &Field, rule: &Rule) {
        if let Some(expression) = self.said(column, field, rule) {
            row.insert((column, None), expression.to_string());
        }
    }

    /// All limits and checks of a field, which are one constraint with one message.
    fn constraint(&mut self, row: &mut Row, field: &Field) {
        let mut parts: Vec<Expression> = limits(&field.kind);
        let form = self.form;
        let rules = form.version.definition.rules(&field.path);
        let mut message: Option<&Text> = None;
        for check in rules.map(|it| it.checks.as_slice()).unwrap_or_default() {
            if let Some(expression) = self.said("constraint", field, &check.rule) {
                parts.push(expression);
                if message.replace(message.unwrap_or(&check.message)).is_some() {
                    let spot = self.spot("constraint_message", &field.path);
                    let word = check.message.0.values().next();
                    let word = word.map_or("", String::as_str);
                    self.losses.note(spot, LossCode::OneConstraint, word);
                }
            }
        }
        let constraint = match parts.len() {
            0 => return,
            1 => parts.remove(0),
            _ => Expression::Operation(Operator::And, parts),
        };
        row.insert(("constraint", None), constraint.to_string());
        if let Some(message) = message {
            put(row, "constraint_message", message);
        }
    }
}

fn default(row: &mut Row, field: &Field) {
    let text = match &field.default {
        None => return,
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    row.insert(("default", None), text);
}

/// Whether these are the types, in whatever order.
fn all_of(types: &[MediaType], these: &[MediaType]) -> bool {
    types.len() == these.len() && types.iter().all(|it| these.contains(it))
}
