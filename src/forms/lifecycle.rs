//! Writing a form: draft, publish, roll back, retire.

use std::sync::Arc;

use serde_json::{Value, json};

use super::evolution::{Change, ChangeClass, Mapped, compare, gravest, to_be_mapped};
use super::form::{Form, Forms, Stage, Subject, Version, is_form_code};
use super::refusal::{FormObjection, FormRefusal, WriteError};
use super::{Definition, Field, Occasion, store, submission};
use crate::auth::Permission;
use crate::kernel::{Fault, FormId, Instant, Reason, Text};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::Reader;

/// A country has so many forms at most; all are kept in memory.
const MOST_FORMS: usize = 200;

/// A draft, of a new form or of the next version of one.
#[derive(Clone, Debug)]
pub struct SaveDraft {
    pub code: String,
    pub subject: Subject,
    pub title: Text,
    pub definition: Value,
    /// Absent for a form that is new.
    pub base_version: Option<i32>,
}

#[derive(Clone, Debug)]
pub struct Publish {
    pub form: FormId,
    pub base_version: i32,
    pub mapping: Vec<Mapped>,
}

/// Publishes an old version once more, as the newest.
#[derive(Clone, Debug)]
pub struct RollBack {
    pub form: FormId,
    pub to: i32,
    pub base_version: i32,
    pub mapping: Vec<Mapped>,
}

#[derive(Clone, Debug)]
pub struct Retire {
    pub form: FormId,
    pub number: i32,
    pub base_version: i32,
}

/// A version as it is published.
pub(super) struct Issue<'a> {
    pub number: i32,
    pub class: ChangeClass,
    pub mapping: &'a [Mapped],
    pub at: Instant,
}

/// Saves the draft of a form, which replaces the one before; makes the form when its code is new. `languages` are those
/// that the country writes its titles in.
///
/// # Errors
/// All that is wrong with it, with the place of each; `Denied` without [`Permission::ConfigureForms`].
#[tracing::instrument(name = "forms.save_draft", skip_all)]
pub async fn save_draft(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    languages: &[String],
    save: SaveDraft,
) -> Result<FormId, WriteError> {
    occasion.actor.may(Permission::ConfigureForms)?;
    let mut refusals = Vec::new();
    if !is_form_code(&save.code) {
        let code = save.code.chars().take(60).collect();
        refusals.push(FormObjection::InvalidFormCode(code).at(&["code"]));
    }
    if save.title.0.values().all(|it| it.trim().is_empty()) {
        refusals.push(FormObjection::NoTitle.at(&["title"]));
    }
    if let Some(foreign) = save.title.foreign_to(languages) {
        let foreign = FormObjection::ForeignLanguage(foreign.to_owned());
        refusals.push(foreign.at(&["title"]));
    }
    let definition = match Definition::read(&save.definition) {
        Ok(definition) => Some(definition),
        Err(flaws) => {
            refusals.extend(flaws.into_iter().map(|flaw| FormRefusal {
                path: [&["definition".to_owned()], &flaw.path[..]].concat(),
                objection: FormObjection::Flawed(flaw.fault),
            }));
            None
        }
    };
    store::lock_forms(tx).await?;
    if let Some(definition) = &definition {
        refusals.extend(strange_lists(tx, definition).await?);
    }
    let (_, forms) = tx.current::<Forms>().await?;
    let standing = forms.by_code(&save.code);
    match standing {
        Some(form) if form.subject != save.subject => {
            refusals.push(FormObjection::OtherSubject.at(&["subject"]));
        }
        Some(form) if save.base_version != Some(form.version) => {
            refusals.push(FormObjection::Stale.at(&["baseVersion"]));
        }
        None if save.base_version.is_some() => {
            refusals.push(FormObjection::FormNotFound.at(&["code"]));
        }
        None if forms.all().len() >= MOST_FORMS => {
            refusals.push(FormObjection::TooManyForms(MOST_FORMS).at(&["code"]));
        }
        _ => {}
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let id = standing.map_or_else(FormId::new, |form| form.id);
    if standing.is_none() {
        store::insert_form(tx, id, &save.code, save.subject, &save.title).await?;
    } else {
        store::bump_form(tx, id, &save.title).await?;
    }
    let draft = standing.and_then(Form::draft).map(|it| it.number);
    let number = draft.unwrap_or_else(|| next_number(standing));
    store::save_draft(tx, id, number, &save.definition).await?;
    let change = json!({ "form": save.code, "draft": number });
    record(tx, occasion, id, change).await?;
    Ok(id)
}

pub(super) fn next_number(form: Option<&Form>) -> i32 {
    let last = form.and_then(|form| form.versions.last());
    last.map_or(1, |version| version.number + 1)
}

async fn strange_lists(
    tx: &mut Reader<'_>,
    definition: &Definition,
) -> Result<Vec<FormRefusal>, Fault> {
    let named = definition.code_lists();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let lists = store::code_lists(tx).await?;
    let strange = named.into_iter().filter(|(_, list)| !lists.contains(*list));
    let refusals = strange.map(|(path, list)| {
        let mut place = vec!["definition".to_owned(), "schema".to_owned()];
        for name in path.split('.') {
            place.extend(["properties".to_owned(), name.to_owned()]);
        }
        place.push("x-codeList".to_owned());
        FormRefusal {
            path: place,
            objection: FormObjection::Flawed(super::DefinitionFault::UnknownList(list.to_owned())),
        }
    });
    Ok(refusals.collect())
}

/// Publishes the draft: from then on it can be answered, filtered and counted.
///
/// # Errors
/// Its refusals, among them a breaking change without a mapping; `Denied` without [`Permission::ConfigureForms`].
#[tracing::instrument(name = "forms.publish", skip_all, fields(form.id = %publish.form))]
pub async fn publish(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    publish: Publish,
) -> Result<FormId, WriteError> {
    let forms = locked(tx, occasion, publish.form, publish.base_version).await?;
    let form = found(&forms, publish.form)?;
    let draft = form
        .draft()
        .ok_or_else(|| FormObjection::NoDraft.at(&["form"]))?;
    let class = judged(form, &draft.definition, &publish.mapping)?;
    let issue = Issue {
        number: draft.number,
        class,
        mapping: &publish.mapping,
        at: occasion.now,
    };
    store::publish(tx, form.id, &issue).await?;
    issued(tx, occasion, form, &issue).await
}

/// Publishes an old version as the newest.
///
/// # Errors
/// As [`publish`].
#[tracing::instrument(name = "forms.roll_back", skip_all, fields(form.id = %back.form))]
pub async fn roll_back(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    back: RollBack,
) -> Result<FormId, WriteError> {
    let forms = locked(tx, occasion, back.form, back.base_version).await?;
    let form = found(&forms, back.form)?;
    let old = form.issued().find(|it| it.number == back.to);
    let old = old.ok_or_else(|| FormObjection::VersionNotFound.at(&["to"]))?;
    let class = judged(form, &old.definition, &back.mapping)?;
    let mut number = next_number(Some(form));
    if let Some(draft) = form.draft() {
        // What is being written stays the last.
        store::move_draft(tx, form.id, draft.number, number).await?;
        number = draft.number;
    }
    let issue = Issue {
        number,
        class,
        mapping: &back.mapping,
        at: occasion.now,
    };
    store::publish_again(tx, form.id, old.definition.source(), &issue).await?;
    issued(tx, occasion, form, &issue).await
}

/// Retires a version: it is answered no more, and its answers stay as they are.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ConfigureForms`].
#[tracing::instrument(name = "forms.retire", skip_all, fields(form.id = %retire.form))]
pub async fn retire(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    retire: Retire,
) -> Result<FormId, WriteError> {
    let forms = locked(tx, occasion, retire.form, retire.base_version).await?;
    let form = found(&forms, retire.form)?;
    let version = form.issued().find(|it| it.number == retire.number);
    match version.map(|it| it.stage) {
        Some(Stage::Published) => {}
        Some(_) => return Err(FormObjection::AlreadyRetired.at(&["version"]).into()),
        None => return Err(FormObjection::VersionNotFound.at(&["version"]).into()),
    }
    store::retire(tx, form.id, retire.number).await?;
    store::bump_form(tx, form.id, &form.title).await?;
    let change = json!({ "form": form.code, "retired": retire.number });
    record(tx, occasion, form.id, change).await?;
    Ok(form.id)
}

/// Holds the forms of the country, at the version of one of them that the caller saw.
async fn locked(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: FormId,
    base_version: i32,
) -> Result<Arc<Forms>, WriteError> {
    occasion.actor.may(Permission::ConfigureForms)?;
    store::lock_forms(tx).await?;
    let (_, forms) = tx.current::<Forms>().await?;
    if found(&forms, id)?.version != base_version {
        return Err(FormObjection::Stale.at(&["baseVersion"]).into());
    }
    Ok(forms)
}

fn found(forms: &Forms, id: FormId) -> Result<&Form, FormRefusal> {
    let form = forms.get(id);
    form.ok_or_else(|| FormObjection::FormNotFound.at(&["form"]))
}

/// How grave the step to a definition is; refused when answers would lose their place without anybody saying so.
fn judged(form: &Form, next: &Definition, mapping: &[Mapped]) -> Result<ChangeClass, WriteError> {
    let Some(newest) = form.newest() else {
        return Ok(ChangeClass::Compatible);
    };
    let changes = compare(&newest.definition, next);
    if changes.is_empty() {
        return Err(FormObjection::NothingChanged.at(&["form"]).into());
    }
    let refusals = mapping_refusals(newest, next, &changes, mapping);
    if refusals.is_empty() {
        Ok(gravest(&changes))
    } else {
        Err(WriteError::Refused(refusals))
    }
}

pub(super) fn mapping_refusals(
    newest: &Version,
    next: &Definition,
    changes: &[Change],
    mapping: &[Mapped],
) -> Vec<FormRefusal> {
    let unknown = |path: &str| FormObjection::UnknownField(path.chars().take(60).collect());
    let mut refusals = Vec::new();
    for (at, mapped) in mapping.iter().enumerate() {
        let at = at.to_string();
        if newest.definition.field(&mapped.from).is_none() {
            refusals.push(unknown(&mapped.from).at(&["mapping", &at, "from"]));
        }
        let to = mapped.to.as_deref();
        if let Some(to) = to.filter(|to| !next.field(to).is_some_and(Field::is_filterable)) {
            refusals.push(unknown(to).at(&["mapping", &at, "to"]));
        }
    }
    let is_mapped = |path: &str| mapping.iter().any(|it| it.from == path);
    let unmapped = to_be_mapped(&newest.definition, changes);
    let unmapped = unmapped.into_iter().filter(|path| !is_mapped(path));
    refusals
        .extend(unmapped.map(|it| FormObjection::MappingNeeded(it.to_owned()).at(&["mapping"])));
    refusals
}

/// What follows from a publication: filters find the answers where the mapping put them, and the ledger knows.
async fn issued(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    form: &Form,
    issue: &Issue<'_>,
) -> Result<FormId, WriteError> {
    store::bump_form(tx, form.id, &form.title).await?;
    if issue.mapping.iter().any(|it| it.to.is_some()) {
        let forms = store::load(tx).await?;
        submission::index_again(tx, found(&forms, form.id)?).await?;
    }
    let change = json!({
        "form": form.code, "published": issue.number, "class": issue.class.as_str(), "mapping": issue.mapping,
    });
    record(tx, occasion, form.id, change).await?;
    Ok(form.id)
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    form: FormId,
    change: Value,
) -> Result<(), Fault> {
    let entry = Entry {
        at: occasion.now,
        verb: Verb::Configure,
        subject_kind: SubjectKind::Configuration,
        subject: form.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change,
    };
    ledger::append(tx, occasion.actor, &[entry]).await
}
