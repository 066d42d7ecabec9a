//! The tree of questions as a schema and a layout.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::loss::{LossCode, Losses};
use super::super::names::Kind;
use super::Words;
use super::choices::Lists;
use super::rules::Rules;
use super::tree::{Asked, Source, What};
use crate::kernel::MediaType;

#[derive(Debug, Default)]
pub(super) struct Built {
    /// In which row each field stands, by path.
    pub rows: BTreeMap<String, u32>,
}

impl Built {
    pub fn schema(
        &mut self,
        tree: &[Asked<'_>],
        rules: &Rules,
        words: &Words<'_>,
        lists: &Lists<'_>,
        losses: &mut Losses,
    ) -> Value {
        let building = Building {
            rules,
            words,
            lists,
        };
        let mut schema = Map::from_iter([
            (
                "$schema".to_owned(),
                json!("https://json-schema.org/draft/2020-12/schema"),
            ),
            ("x-language".to_owned(), json!(words.language)),
        ]);
        self.object(&mut schema, tree, &building, losses);
        Value::Object(schema)
    }

    fn object(
        &mut self,
        schema: &mut Map<String, Value>,
        tree: &[Asked<'_>],
        building: &Building<'_, '_>,
        losses: &mut Losses,
    ) {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for asked in fields(tree) {
            self.rows.insert(asked.path.clone(), asked.row.number);
            let mut field = building.field(asked, losses);
            if !asked.inside.is_empty() {
                let place = match asked.what {
                    What::Repeat => field
                        .entry("items")
                        .or_insert_with(|| json!({}))
                        .as_object_mut(),
                    _ => Some(&mut field),
                };
                if let Some(place) = place {
                    self.object(place, &asked.inside, building, losses);
                }
            }
            if building
                .rules
                .of(&asked.path)
                .is_some_and(|it| it.is_required)
            {
                required.push(asked.name.clone());
            }
            properties.insert(asked.name.clone(), Value::Object(field));
        }
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
    }
}

/// The fields that stand side by side, whatever the layout groups.
fn fields<'t, 'b>(tree: &'t [Asked<'b>]) -> Vec<&'t Asked<'b>> {
    let mut all = Vec::new();
    for asked in tree {
        match asked.what {
            What::Note => {}
            What::Layout(_) => all.extend(fields(&asked.inside)),
            _ => all.push(asked),
        }
    }
    all
}

struct Building<'r, 'b> {
    rules: &'r Rules,
    words: &'r Words<'b>,
    lists: &'r Lists<'r>,
}

impl Building<'_, '_> {
    fn cell<'c>(&self, asked: &'c Asked<'_>, column: &str) -> Option<&'c str> {
        self.words.book.survey.get(asked.row, column)
    }

    fn field(&self, asked: &Asked<'_>, losses: &mut Losses) -> Map<String, Value> {
        let mut field = Map::new();
        let kind = asked.what.kind();
        let kind_of_value = match kind {
            Kind::Text | Kind::Date | Kind::Choice => "string",
            Kind::Number if asked.what == (What::Number { whole: true }) => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Choices | Kind::Repeat => "array",
            Kind::Group => "object",
        };
        field.insert("type".to_owned(), json!(kind_of_value));
        match &asked.what {
            What::Date | What::Calculated(Kind::Date) => {
                field.insert("format".to_owned(), json!("date"));
            }
            What::Text => {
                let format = self.cell(asked, "x-format").map(|it| json!(it));
                field.extend(format.map(|it| ("format".to_owned(), it)));
            }
            What::Choice(source) => field.extend(self.options(source)),
            What::Choices(source) => {
                let mut items = self.options(source);
                items.insert("type".to_owned(), json!("string"));
                field.insert("items".to_owned(), Value::Object(items));
                field.insert("uniqueItems".to_owned(), json!(true));
            }
            What::Repeat => self.repetitions(asked, &mut field, losses),
            What::File { is_picture } => {
                let file = self.file(asked, *is_picture, losses);
                field.insert("x-file".to_owned(), file);
            }
            _ => {}
        }
        if let Some(of) = self.rules.of(&asked.path) {
            field.extend(of.keywords.clone());
        }
        for column in ["x-sensitivity", "x-unit"] {
            let content = self.cell(asked, column).map(|it| json!(it));
            field.extend(content.map(|it| (column.to_owned(), it)));
        }
        let survey = &self.words.book.survey;
        let mut titles = self.words.texts(survey, asked.row, "label");
        if titles.len() == 1 && titles.get(self.words.language) == Some(&asked.name) {
            // ODK wants a label: there is none.
            titles.clear();
        }
        self.words.put(&mut field, "title", &titles);
        let hints = self.words.texts(survey, asked.row, "hint");
        self.words.put(&mut field, "description", &hints);
        self.default(asked, kind, &mut field, losses);
        field
    }

    fn options(&self, source: &Source) -> Map<String, Value> {
        match source {
            Source::List(list) => self.lists.options(list, self.words),
            Source::CodeList(list) => Map::from_iter([("x-codeList".to_owned(), json!(list))]),
            Source::Cadres => Map::from_iter([("x-cadre".to_owned(), json!(true))]),
        }
    }

    fn file(&self, asked: &Asked<'_>, is_picture: bool, losses: &mut Losses) -> Value {
        let mut file = Map::new();
        if is_picture {
            file.insert(
                "types".to_owned(),
                json!(MediaType::PICTURES.map(MediaType::as_str)),
            );
        }
        if let Some(types) = self.cell(asked, "x-file-types") {
            let types: Vec<&str> = types.split_whitespace().collect();
            file.insert("types".to_owned(), json!(types));
        }
        if let Some(written) = self.cell(asked, "x-max-bytes") {
            if let Ok(most) = written.parse::<u64>() {
                file.insert("maxBytes".to_owned(), json!(most));
            } else {
                let spot = asked.spot("x-max-bytes");
                losses.note(spot, LossCode::NotCarriedOver, written);
            }
        }
        Value::Object(file)
    }

    fn repetitions(&self, asked: &Asked<'_>, field: &mut Map<String, Value>, losses: &mut Losses) {
        let count = |column: &'static str| Some((column, self.cell(asked, column)?));
        let limits = [
            (
                "minItems",
                count("x-min-items").or_else(|| count("repeat_count")),
            ),
            (
                "maxItems",
                count("x-max-items").or_else(|| count("repeat_count")),
            ),
        ];
        for (key, limit) in limits {
            let Some((column, written)) = limit else {
                continue;
            };
            match written.parse::<u64>() {
                Ok(limit) => {
                    field.insert(key.to_owned(), json!(limit));
                }
                Err(_) if key == "minItems" && column == "repeat_count" => {}
                Err(_) => {
                    losses.note(asked.spot(column), LossCode::NotCarriedOver, written);
                }
            }
        }
    }

    /// A default that is a value; one that is worked out has no place.
    fn default(
        &self,
        asked: &Asked<'_>,
        kind: Kind,
        field: &mut Map<String, Value>,
        losses: &mut Losses,
    ) {
        let Some(written) = self.cell(asked, "default") else {
            return;
        };
        let is_expression = written.contains("${") || written.ends_with(')');
        let is_whole = asked.what == (What::Number { whole: true });
        let value = match kind {
            _ if is_expression || matches!(asked.what, What::Calculated(_)) => None,
            Kind::Text | Kind::Date | Kind::Choice => Some(json!(written)),
            Kind::Number if is_whole => written.parse::<i64>().ok().map(|it| json!(it)),
            Kind::Number => {
                let number = written.parse::<f64>().ok().filter(|it| it.is_finite());
                number.map(|it| json!(it))
            }
            Kind::Boolean => written.parse::<bool>().ok().map(|it| json!(it)),
            Kind::Choices | Kind::Group | Kind::Repeat => None,
        };
        match value {
            Some(value) => {
                field.insert("default".to_owned(), value);
            }
            None => losses.note(asked.spot("default"), LossCode::DefaultDropped, written),
        }
    }
}

/// The elements of the layout; scopes begin below `base`.
pub(super) fn elements(tree: &[Asked<'_>], base: &str, words: &Words<'_>) -> Vec<Value> {
    tree.iter().map(|it| element(it, base, words)).collect()
}

fn element(asked: &Asked<'_>, base: &str, words: &Words<'_>) -> Value {
    let texts = words.texts(&words.book.survey, asked.row, "label");
    let own = texts.get(words.language).or_else(|| texts.values().next());
    let inside = |base: &str| elements(&asked.inside, base, words);
    let control =
        || json!({ "type": "Control", "scope": format!("#/{base}properties/{}", asked.name) });
    match &asked.what {
        What::Note => json!({ "type": "Label", "text": own.cloned().unwrap_or_default() }),
        What::Layout(kind) => {
            let mut group = json!({ "type": kind, "elements": inside(base) });
            if let Some(own) = own {
                group["label"] = json!(own);
            }
            group
        }
        What::Group if !is_in_order(&asked.inside) && has_questions(&asked.inside) => {
            let below = format!("{base}properties/{}/", asked.name);
            let mut group = json!({ "type": "Group", "elements": inside(&below) });
            if let Some(own) = own {
                group["label"] = json!(own);
            }
            group
        }
        What::Repeat if !is_in_order(&asked.inside) => {
            let mut control = control();
            control["options"] =
                json!({ "detail": { "type": "VerticalLayout", "elements": inside("") } });
            control
        }
        _ => control(),
    }
}

/// Whether a renderer that goes by names alone asks in the same order.
fn is_in_order(tree: &[Asked<'_>]) -> bool {
    tree.iter().all(Asked::is_field) && tree.is_sorted_by(|a, b| a.name <= b.name)
}

fn has_questions(tree: &[Asked<'_>]) -> bool {
    tree.iter().any(|it| it.is_field() && it.inside.is_empty())
}
