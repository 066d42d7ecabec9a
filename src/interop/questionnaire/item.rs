//! The questions of a form as items.

use serde_json::{Map, Value, json};

use super::condition::enable_when;
use super::put;
use crate::forms::{Choice, Field, FieldKind, Range, Rule};
use crate::interop::outline::{FormToWrite, Item, written};
use crate::interop::xlsform::names::{Names, Scope};
use crate::interop::xlsform::{LossCode, Losses, Spot};

const EXTENSIONS: &str = "http://hl7.org/fhir/StructureDefinition/";
/// A longer answer is a `text`, a shorter one a `string`.
const SHORT: u64 = 255;

pub(super) struct Items<'f, 'l> {
    form: &'f FormToWrite<'f>,
    language: &'f str,
    names: Names,
    losses: &'l mut Losses,
    /// Notes and groups of the layout have no path to be called by.
    unnamed: usize,
}

impl<'f, 'l> Items<'f, 'l> {
    pub fn new(form: &'f FormToWrite<'f>, language: &'f str, losses: &'l mut Losses) -> Self {
        Self {
            form,
            language,
            names: Names::from(&form.version.definition),
            losses,
            unnamed: 0,
        }
    }

    /// Items, below one that is described first.
    pub fn all(&mut self, items: &[Item<'_>], help: Option<Value>) -> Vec<Value> {
        let mut written: Vec<Value> = help.into_iter().collect();
        for item in items {
            written.push(match item {
                Item::Note(text) => self.unnamed("display", text, &[]),
                Item::Layout { element, inside } => {
                    let label = element.get("label").and_then(Value::as_str);
                    self.unnamed("group", label.unwrap_or_default(), inside)
                }
                Item::Field { field, inside } => self.field(field, inside),
            });
        }
        written
    }

    fn unnamed(&mut self, kind: &str, text: &str, inside: &[Item<'_>]) -> Value {
        self.unnamed += 1;
        let mut item = json!({ "linkId": format!("{kind}/{}", self.unnamed), "type": kind });
        if !text.is_empty() {
            item["text"] = json!(text);
        }
        let inside = self.all(inside, None);
        if !inside.is_empty() {
            item["item"] = json!(inside);
        }
        item
    }

    fn field(&mut self, field: &Field, inside: &[Item<'_>]) -> Value {
        let mut item = Map::from_iter([("linkId".to_owned(), json!(field.path))]);
        if field.title.0.is_empty() {
            item.insert("text".to_owned(), json!(field.name));
        }
        put(&mut item, "text", &field.title, self.language);
        let mut extensions = Vec::new();
        self.kind(field, &mut item, &mut extensions);
        self.rules(field, &mut item);
        if let Some(unit) = &field.unit {
            let unit = json!({ "display": unit });
            extensions.push(extension("questionnaire-unit", "valueCoding", &unit));
        }
        let schema = written(&self.form.version.definition, field);
        if schema.is_some_and(|it| it.get("x-sensitivity").is_some()) {
            self.lose(
                field,
                "x-sensitivity",
                LossCode::NotCarriedOver,
                "x-sensitivity",
            );
        }
        if let Some(initial) = field.default.as_ref().and_then(|it| initial(field, it)) {
            item.insert("initial".to_owned(), json!([initial]));
        }
        if !extensions.is_empty() {
            item.insert("extension".to_owned(), Value::Array(extensions));
        }
        let help = self.help(field);
        let inside = self.all(inside, help);
        if !inside.is_empty() {
            item.insert("item".to_owned(), Value::Array(inside));
        }
        Value::Object(item)
    }

    fn lose(&mut self, field: &Field, column: &str, code: LossCode, value: &str) {
        self.losses
            .note(Spot::field(&field.path).of(column), code, value);
    }

    /// A description is an item of its own, which says that it is an instruction.
    fn help(&self, field: &Field) -> Option<Value> {
        if field.description.0.is_empty() {
            return None;
        }
        let category = json!({ "coding": [{
            "system": "http://hl7.org/fhir/questionnaire-display-category", "code": "instructions",
        }] });
        let category = extension(
            "questionnaire-displayCategory",
            "valueCodeableConcept",
            &category,
        );
        let mut item = Map::from_iter([
            ("linkId".to_owned(), json!(format!("{}/help", field.path))),
            ("type".to_owned(), json!("display")),
            ("extension".to_owned(), json!([category])),
        ]);
        put(&mut item, "text", &field.description, self.language);
        Some(Value::Object(item))
    }

    fn kind(&mut self, field: &Field, item: &mut Map<String, Value>, extensions: &mut Vec<Value>) {
        let kind = match &field.kind {
            FieldKind::Text {
                shortest,
                longest,
                pattern,
            } => {
                item.insert("maxLength".to_owned(), json!(longest));
                if *shortest > 0 {
                    extensions.push(extension("minLength", "valueInteger", &json!(shortest)));
                }
                if let Some(pattern) = pattern {
                    extensions.push(extension("regex", "valueString", &json!(pattern)));
                }
                if *longest > SHORT { "text" } else { "string" }
            }
            FieldKind::Email => {
                self.lose(field, "format", LossCode::NotCarriedOver, "email");
                "string"
            }
            FieldKind::Date => "date",
            FieldKind::Number { whole, range } => {
                self.range(field, *whole, range, extensions);
                if *whole { "integer" } else { "decimal" }
            }
            FieldKind::Boolean => "boolean",
            FieldKind::Choice(options) => {
                let entries = self.form.entries.of(options);
                let first = field.default.as_ref().and_then(Value::as_str);
                item.insert("answerOption".to_owned(), self.options(entries, first));
                "choice"
            }
            FieldKind::Choices {
                options,
                fewest,
                most,
            } => {
                let entries = self.form.entries.of(options);
                item.insert("answerOption".to_owned(), self.options(entries, None));
                repeats(item, extensions, *fewest, *most);
                "choice"
            }
            FieldKind::File { largest, types } => {
                #[expect(clippy::cast_precision_loss, reason = "a few million bytes")]
                let megabytes = *largest as f64 / 1e6;
                extensions.push(extension("maxSize", "valueDecimal", &json!(megabytes)));
                let types = types.iter().map(|it| json!(it.as_str()));
                extensions.extend(types.map(|it| extension("mimeType", "valueCode", &it)));
                "attachment"
            }
            FieldKind::Group(_) => "group",
            FieldKind::Repeat { fewest, most, .. } => {
                repeats(item, extensions, *fewest, *most);
                "group"
            }
        };
        item.insert("type".to_owned(), json!(kind));
    }

    /// What is suggested among options is one of them (que-11).
    fn options(&self, entries: &[Choice], first: Option<&str>) -> Value {
        let options = entries.iter().map(|entry| {
            let mut coding = Map::from_iter([("code".to_owned(), json!(entry.code))]);
            put(&mut coding, "display", &entry.title, self.language);
            let mut option = json!({ "valueCoding": coding });
            if first == Some(&entry.code) {
                option["initialSelected"] = json!(true);
            }
            option
        });
        Value::Array(options.collect())
    }

    fn range(&mut self, field: &Field, whole: bool, range: &Range, extensions: &mut Vec<Value>) {
        let value = if whole {
            "valueInteger"
        } else {
            "valueDecimal"
        };
        let number = |it: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "rounded, and told as a number"
            )]
            if whole { json!(it as i64) } else { json!(it) }
        };
        let least = range.least.map(|it| if whole { it.ceil() } else { it });
        let most = range.most.map(|it| if whole { it.floor() } else { it });
        // Between whole numbers, above five is from six.
        let (above, below) = if whole {
            (
                range.above.map(|it| it.floor() + 1.0),
                range.below.map(|it| it.ceil() - 1.0),
            )
        } else {
            for (key, bound) in [
                ("exclusiveMinimum", range.above),
                ("exclusiveMaximum", range.below),
            ] {
                if let Some(bound) = bound {
                    self.lose(field, key, LossCode::NotCarriedOver, &bound.to_string());
                }
            }
            (None, None)
        };
        let least = [least, above].into_iter().flatten().reduce(f64::max);
        let most = [most, below].into_iter().flatten().reduce(f64::min);
        extensions.extend(least.map(|it| extension("minValue", value, &number(it))));
        extensions.extend(most.map(|it| extension("maxValue", value, &number(it))));
        if let Some(step) = range.multiple_of {
            self.lose(
                field,
                "multipleOf",
                LossCode::NotCarriedOver,
                &step.to_string(),
            );
        }
    }

    fn rules(&mut self, field: &Field, item: &mut Map<String, Value>) {
        let form = self.form;
        let rules = form.version.definition.rules(&field.path);
        let visible = rules.and_then(|it| it.visible.as_ref());
        let required = rules.and_then(|it| it.required.as_ref());
        if let Some(rule) = visible {
            let said = self.names.at(&field.path).and_then(|owner| {
                let scope = Scope {
                    names: &self.names,
                    owner,
                };
                enable_when(rule.source(), scope)
            });
            match said {
                Some((conditions, behavior)) => {
                    if conditions.len() > 1 {
                        item.insert("enableBehavior".to_owned(), json!(behavior));
                    }
                    item.insert("enableWhen".to_owned(), Value::Array(conditions));
                }
                None => self.unsaid(field, "visible", rule),
            }
        }
        // Nobody must answer what is not asked.
        let is_everywhere = required
            .is_some_and(|rule| visible.is_some_and(|visible| visible.source() == rule.source()));
        if field.required || is_everywhere {
            item.insert("required".to_owned(), json!(true));
        } else if let Some(rule) = required {
            self.unsaid(field, "required", rule);
        }
        if let Some(rule) = rules.and_then(|it| it.computed.as_ref()) {
            item.insert("readOnly".to_owned(), json!(true));
            self.unsaid(field, "computed", rule);
        }
        for check in rules.map(|it| it.checks.as_slice()).unwrap_or_default() {
            self.unsaid(field, "checks", &check.rule);
        }
    }

    fn unsaid(&mut self, field: &Field, which: &str, rule: &Rule) {
        let source = rule.source().to_string();
        self.lose(field, which, LossCode::RuleNotSaid, &source);
    }
}

fn repeats(item: &mut Map<String, Value>, extensions: &mut Vec<Value>, fewest: u64, most: u64) {
    item.insert("repeats".to_owned(), json!(true));
    if fewest > 0 {
        extensions.push(extension(
            "questionnaire-minOccurs",
            "valueInteger",
            &json!(fewest),
        ));
    }
    extensions.push(extension(
        "questionnaire-maxOccurs",
        "valueInteger",
        &json!(most),
    ));
}

fn extension(name: &str, value: &str, content: &Value) -> Value {
    json!({ "url": format!("{EXTENSIONS}{name}"), value: content })
}

/// What is suggested, as an answer of the item's type.
fn initial(field: &Field, value: &Value) -> Option<Value> {
    Some(match &field.kind {
        FieldKind::Text { .. } | FieldKind::Email => json!({ "valueString": value }),
        FieldKind::Date => json!({ "valueDate": value }),
        FieldKind::Number { whole: true, .. } => json!({ "valueInteger": value }),
        FieldKind::Number { .. } => json!({ "valueDecimal": value }),
        FieldKind::Boolean => json!({ "valueBoolean": value }),
        FieldKind::Choice(_)
        | FieldKind::File { .. }
        | FieldKind::Choices { .. }
        | FieldKind::Group(_)
        | FieldKind::Repeat { .. } => return None,
    })
}
