//! The forms that a country starts with: made when they are not there, and published anew when the files have a version
//! that the country never had. What the ministry has published since stays.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::evolution::{ChangeClass, compare, gravest};
use super::form::{Form, Forms, Subject};
use super::lifecycle::{Issue, next_number};
use super::{Definition, store};
use crate::kernel::{Changes, Fault, FormId, Instant, ListChanges, Text};

/// A form as a country's files have it; its definition was read without faults.
#[derive(Clone, Debug)]
pub struct FormRow {
    pub code: String,
    pub subject: Subject,
    pub title: Text,
    pub definition: Definition,
}

/// The forms of a country. Those that are not named stay as they are.
#[derive(Clone, Debug, Default)]
pub struct FormsConfiguration {
    pub forms: Vec<FormRow>,
}

/// What a plan compares: the definition by its digest, which is all that a line can show.
#[derive(Serialize)]
struct Compared {
    code: String,
    definition: String,
}

impl FormsConfiguration {
    /// What is published, as the configuration that would make it; a form that is only drafted is left out.
    #[must_use]
    pub fn of(forms: &Forms) -> Self {
        let published = forms.all().iter().filter_map(|form| {
            Some(FormRow {
                code: form.code.clone(),
                subject: form.subject,
                title: form.title.clone(),
                definition: form.newest()?.definition.clone(),
            })
        });
        Self {
            forms: published.collect(),
        }
    }

    /// What [`configure`] would do to these forms.
    #[must_use]
    pub fn changes(&self, forms: &Forms) -> Changes {
        if self.forms.is_empty() {
            return Changes::default();
        }
        let wanted: Vec<Compared> = (self.forms.iter())
            .map(|row| compared(&row.code, row.definition.source()))
            .collect();
        let standing: Vec<Compared> = forms.all().iter().map(|it| self.standing(it)).collect();
        let key = |it: &Compared| it.code.clone();
        Changes(vec![ListChanges::between("forms", &wanted, &standing, key)])
    }

    /// A form as it stands; as the files have it when it has, or had, just that version.
    fn standing(&self, form: &Form) -> Compared {
        let wanted = self.forms.iter().find(|row| row.code == form.code);
        let same = wanted.filter(|row| {
            let mut versions = form.versions.iter();
            versions.any(|version| version.definition == row.definition)
        });
        let newest = form.versions.last().map(|it| it.definition.source());
        let source = same.map(|row| row.definition.source()).or(newest);
        compared(&form.code, source.unwrap_or(&Value::Null))
    }
}

fn compared(code: &str, definition: &Value) -> Compared {
    let digest = Sha256::digest(definition.to_string());
    Compared {
        code: code.to_owned(),
        definition: hex::encode(&digest[..6]),
    }
}

/// Makes and publishes what is new. A version that would break answers becomes a draft, which the ministry publishes
/// with a mapping. The caller appends the changes to the ledger.
///
/// # Errors
/// When the database refuses.
pub async fn configure(
    tx: &mut PgConnection,
    wanted: &FormsConfiguration,
    at: Instant,
) -> Result<Changes, Fault> {
    store::lock_forms(tx).await?;
    let forms = store::load(tx).await?;
    let changes = wanted.changes(&forms);
    for row in (changes.0.iter()).flat_map(|list| list.touched(&wanted.forms, |it| it.code.clone()))
    {
        let standing = forms.by_code(&row.code);
        let id = standing.map_or_else(FormId::new, |form| form.id);
        let newest = standing.and_then(Form::newest);
        let class = newest.map_or(ChangeClass::Compatible, |newest| {
            gravest(&compare(&newest.definition, &row.definition))
        });
        if standing.is_none() {
            store::insert_form(tx, id, &row.code, row.subject, &row.title).await?;
        } else {
            store::bump_form(tx, id, &row.title).await?;
        }
        let draft = standing.and_then(Form::draft).map(|it| it.number);
        let number = draft.unwrap_or_else(|| next_number(standing));
        store::save_draft(tx, id, number, row.definition.source()).await?;
        if class < ChangeClass::Breaking {
            let issue = Issue {
                number,
                class,
                mapping: &[],
                at,
            };
            store::publish(tx, id, &issue).await?;
        }
    }
    Ok(changes)
}
