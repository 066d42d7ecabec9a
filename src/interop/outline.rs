//! A form in the order in which it is asked: its fields, arranged as the layout arranges them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::forms::{Choice, Definition, Field, FieldKind, Options, Subject, Version};
use crate::kernel::Text;

/// One thing after the other, as somebody is asked.
#[derive(Debug)]
pub(super) enum Item<'d> {
    Field {
        field: &'d Field,
        inside: Vec<Item<'d>>,
    },
    /// What only the layout groups: its type, its label.
    Layout {
        element: &'d Map<String, Value>,
        inside: Vec<Item<'d>>,
    },
    Note(&'d str),
}

/// A form as it is asked, and the parts of its layout that are more than an order.
#[derive(Debug, Default)]
pub(super) struct Outline<'d> {
    pub items: Vec<Item<'d>>,
    pub unsaid: Vec<String>,
}

impl<'d> Outline<'d> {
    pub fn of(definition: &'d Definition) -> Self {
        let mut outline = Self::default();
        let layout = definition.source().get("ui");
        let items = outline.arranged(definition.fields(), layout, "");
        outline.items = items;
        outline
    }

    /// The fields of a group, as a layout arranges them; those that it leaves out come last.
    fn arranged(
        &mut self,
        fields: &'d [Field],
        layout: Option<&'d Value>,
        base: &str,
    ) -> Vec<Item<'d>> {
        let mut waiting: Vec<&'d Field> = fields.iter().collect();
        let mut items = Vec::new();
        if let Some(layout) = layout.and_then(Value::as_object) {
            if layout.get("type") == Some(&json!("VerticalLayout")) {
                self.tell(layout);
                self.elements(layout, base, &mut waiting, &mut items);
            } else {
                self.element(layout, base, &mut waiting, &mut items);
            }
        }
        for field in waiting {
            items.push(self.field(field, None, base));
        }
        items
    }

    fn elements(
        &mut self,
        layout: &'d Map<String, Value>,
        base: &str,
        waiting: &mut Vec<&'d Field>,
        items: &mut Vec<Item<'d>>,
    ) {
        let elements = layout.get("elements").and_then(Value::as_array);
        for element in elements.into_iter().flatten().filter_map(Value::as_object) {
            self.element(element, base, waiting, items);
        }
    }

    fn element(
        &mut self,
        element: &'d Map<String, Value>,
        base: &str,
        waiting: &mut Vec<&'d Field>,
        items: &mut Vec<Item<'d>>,
    ) {
        self.tell(element);
        let kind = element.get("type").and_then(Value::as_str);
        match kind.unwrap_or_default() {
            "Label" => {
                let text = element.get("text").or_else(|| element.get("label"));
                items.extend(text.and_then(Value::as_str).map(Item::Note));
            }
            "Control" => {
                let name = scope(element, base);
                let at = waiting
                    .iter()
                    .position(|it| Some(&it.name) == name.as_ref());
                match at {
                    Some(at) => {
                        let field = waiting.remove(at);
                        let detail = element.get("options").and_then(|it| it.get("detail"));
                        items.push(self.field(field, detail, base));
                    }
                    None => self.unsaid.push(told(element)),
                }
            }
            _ => {
                if let Some(at) = waiting.iter().position(|it| arranges(element, it, base)) {
                    let field = waiting.remove(at);
                    let below = format!("{base}{}.", field.name);
                    let mut left: Vec<&'d Field> = field.fields().iter().collect();
                    let mut inside = Vec::new();
                    self.elements(element, &below, &mut left, &mut inside);
                    for field in left {
                        inside.push(self.field(field, None, &below));
                    }
                    items.push(Item::Field { field, inside });
                    return;
                }
                let mut inside = Vec::new();
                self.elements(element, base, waiting, &mut inside);
                items.push(Item::Layout { element, inside });
            }
        }
    }

    fn field(&mut self, field: &'d Field, detail: Option<&'d Value>, base: &str) -> Item<'d> {
        let (base, detail) = match field.kind {
            // The scopes in an item's layout begin at the item.
            FieldKind::Repeat { .. } => (String::new(), detail.filter(|it| it.is_object())),
            _ => (format!("{base}{}.", field.name), None),
        };
        let inside = self.arranged(field.fields(), detail, &base);
        Item::Field { field, inside }
    }

    /// Conditions and options that renderers read are no part of an order.
    fn tell(&mut self, element: &Map<String, Value>) {
        let options = element.get("options").and_then(Value::as_object);
        let has_options = options.is_some_and(|it| it.keys().any(|key| key != "detail"));
        if element.contains_key("rule") || element.contains_key("i18n") || has_options {
            self.unsaid.push(told(element));
        }
    }
}

/// Whether a group of the layout is the one way in which a group of fields is shown.
fn arranges(element: &Map<String, Value>, field: &Field, base: &str) -> bool {
    let is_group = matches!(field.kind, FieldKind::Group(_));
    let below = format!("{base}{}.", field.name);
    let elements = element.get("elements").and_then(Value::as_array);
    let mut controls = (elements.into_iter().flatten())
        .filter_map(Value::as_object)
        .filter(|it| it.get("type") == Some(&json!("Control")))
        .peekable();
    is_group
        && element.get("type") == Some(&json!("Group"))
        && controls.peek().is_some()
        && controls.all(|it| scope(it, &below).is_some())
}

/// The name of the field that a control is for, when it stands directly in the group.
fn scope(control: &Map<String, Value>, base: &str) -> Option<String> {
    let scope = control
        .get("scope")?
        .as_str()?
        .strip_prefix("#/properties/")?;
    let path = scope.replace("/properties/", ".");
    let name = path.strip_prefix(base)?;
    (!name.contains(['.', '/'])).then(|| name.to_owned())
}

fn told(element: &Map<String, Value>) -> String {
    let word = |key: &str| element.get(key).and_then(Value::as_str);
    let name = word("scope")
        .or_else(|| word("label"))
        .or_else(|| word("text"));
    format!(
        "{} {}",
        word("type").unwrap_or_default(),
        name.unwrap_or_default()
    )
    .trim()
    .to_owned()
}

/// A version of a form, with what the country's own lists have at the time.
pub(super) struct FormToWrite<'a> {
    pub code: &'a str,
    pub title: &'a Text,
    pub subject: Subject,
    pub version: &'a Version,
    pub entries: &'a Entries,
}

/// The lists that the country keeps: codes and their labels.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub code_lists: BTreeMap<String, Vec<Choice>>,
    pub cadres: Vec<Choice>,
}

impl Entries {
    pub fn of<'e>(&'e self, options: &'e Options) -> &'e [Choice] {
        match options {
            Options::Listed(choices) => choices,
            Options::CodeList(list) => self.code_lists.get(list).map_or(&[], Vec::as_slice),
            Options::Cadres => &self.cadres,
        }
    }
}

/// What a schema says of a field, as it was written.
pub(super) fn written<'d>(definition: &'d Definition, field: &Field) -> Option<&'d Value> {
    let schema = definition.source().get("schema")?;
    field.path.split('.').try_fold(schema, |schema, name| {
        let object = schema.get("items").unwrap_or(schema);
        object.get("properties")?.get(name)
    })
}

/// The language of a definition's plain texts.
pub(super) fn language(definition: &Definition) -> &str {
    let schema = definition.source().get("schema");
    let language = schema.and_then(|it| it.get("x-language"));
    language.and_then(Value::as_str).unwrap_or("en")
}
