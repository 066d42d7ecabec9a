//! A form as a FHIR R4 Questionnaire.
//!
//! What a question needs to be shown (`enableWhen`) is said where FHIR R4 has words for it. Calculations, checks and
//! conditions that it has none for are left out and told; extensions are those of the specification alone.

mod condition;
mod item;

use serde_json::{Map, Value, json};

use self::item::Items;
use super::outline::{FormToWrite, Outline, language};
use super::xlsform::{Loss, LossCode, Losses, Spot};
use crate::forms::{Stage, Subject};
use crate::kernel::Text;

/// A Questionnaire, and what it does not say.
#[derive(Debug)]
pub struct Questionnaire {
    pub resource: Value,
    pub losses: Vec<Loss>,
}

/// Writes a form as a Questionnaire.
pub(super) fn write(form: &FormToWrite<'_>) -> Questionnaire {
    let definition = &form.version.definition;
    let language = language(definition);
    let mut losses = Losses::default();
    let outline = Outline::of(definition);
    for unsaid in &outline.unsaid {
        losses.note(Spot::default(), LossCode::LayoutDropped, unsaid);
    }
    let mut items = Items::new(form, language, &mut losses);
    let item = items.all(&outline.items, None);
    let mut resource = Map::from_iter([
        ("resourceType".to_owned(), json!("Questionnaire")),
        ("language".to_owned(), json!(language)),
        ("identifier".to_owned(), json!([{ "value": form.code }])),
        ("name".to_owned(), json!(name(form.code))),
        ("version".to_owned(), json!(form.version.number.to_string())),
        ("status".to_owned(), json!(status(form.version.stage))),
        ("item".to_owned(), Value::Array(item)),
    ]);
    put(&mut resource, "title", form.title, language);
    if let Some(at) = form.version.published_at {
        resource.insert("date".to_owned(), json!(at));
    }
    let subject = match form.subject {
        Subject::Worker => Some("Practitioner"),
        Subject::Facility => Some("Location"),
        Subject::Posting => Some("PractitionerRole"),
        Subject::Alone => None,
    };
    if let Some(subject) = subject {
        resource.insert("subjectType".to_owned(), json!([subject]));
    }
    Questionnaire {
        resource: Value::Object(resource),
        losses: losses.0,
    }
}

/// What a program calls it: `para-social-worker` is `ParaSocialWorker`.
fn name(code: &str) -> String {
    let words = code.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    words.collect()
}

fn status(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "draft",
        Stage::Published => "active",
        Stage::Retired => "retired",
    }
}

/// A text in the language of the resource, and its translations beside it.
fn put(place: &mut Map<String, Value>, key: &str, text: &Text, language: &str) {
    let own = text.0.get(language).or_else(|| text.0.values().next());
    let Some(own) = own else {
        return;
    };
    place.insert(key.to_owned(), json!(own));
    let others = text.0.iter().filter(|(code, _)| *code != language);
    let translations: Vec<Value> = others
        .map(|(code, text)| {
            json!({
                "url": "http://hl7.org/fhir/StructureDefinition/translation",
                "extension": [
                    { "url": "lang", "valueCode": code },
                    { "url": "content", "valueString": text },
                ],
            })
        })
        .collect();
    if !translations.is_empty() {
        place.insert(format!("_{key}"), json!({ "extension": translations }));
    }
}

#[cfg(test)]
mod tests;
