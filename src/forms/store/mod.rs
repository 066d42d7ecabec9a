//! All statements about `form`, `form_version`, `submission` and `answer_value`.

mod file;
mod submission;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

pub(super) use file::{
    claim_files, file, file_bytes, forget_files, insert_file, lock_files, lock_uploads,
    waiting_files,
};
pub(super) use submission::{
    SUBMISSION_ID, count_submitted, counting, counting_after, counting_of, hand_over,
    insert_submission, insert_submissions, lock_form, lock_subject, lock_submission,
    newest_submitted, relocate_submissions, replace_values, update_submission,
};

use super::definition::Definition;
use super::evolution::{ChangeClass, Mapped};
use super::form::{Form, Forms, Stage, Subject, Version};
use super::lifecycle::Issue;
use crate::kernel::{Fault, FormId, Instant, Text};
use crate::tenancy::Reference;

impl Reference for Forms {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        load(connection).await
    }
}

/// All forms, as this connection sees them.
pub(super) async fn load(connection: &mut PgConnection) -> Result<Forms, Fault> {
    let rows = sqlx::query!(
        r#"select form_id as "id: FormId", code, subject, title as "title: Json<Text>", version,
                  number as "number?", stage as "stage?", definition as "definition?: Json<Value>",
                  change_class, mapping as "mapping?: Json<Vec<Mapped>>",
                  published_at as "published_at: Instant"
           from form left join form_version using (form_id)
           order by form_id, number"#
    )
    .fetch_all(connection)
    .await?;
    let mut forms: BTreeMap<FormId, Form> = BTreeMap::new();
    for row in rows {
        let subject = Subject::parse(&row.subject);
        let form = Form {
            id: row.id,
            code: row.code,
            subject: subject.ok_or_else(|| Fault::internal("a form about an unknown subject"))?,
            title: row.title.0,
            version: row.version,
            versions: Vec::new(),
        };
        let form = forms.entry(row.id).or_insert(form);
        let (Some(number), Some(stage), Some(definition)) = (row.number, row.stage, row.definition)
        else {
            continue;
        };
        let definition = Definition::read(&definition.0)
            .map_err(|flaws| Fault::internal(format!("{}: {:?}", form.code, flaws.first())))?;
        form.versions.push(Version {
            number,
            stage: Stage::parse(&stage).ok_or_else(|| Fault::internal("an unknown stage"))?,
            definition,
            class: row.change_class.as_deref().and_then(ChangeClass::parse),
            mapping: row.mapping.map(|Json(it)| it).unwrap_or_default(),
            published_at: row.published_at,
            validators: OnceLock::new(),
        });
    }
    Ok(Forms::new(forms.into_values().collect()))
}

/// Those who write forms of one country queue here.
pub(super) async fn lock_forms(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada forms ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The code lists of the country.
pub(super) async fn code_lists(connection: &mut PgConnection) -> Result<BTreeSet<String>, Fault> {
    let lists = sqlx::query_scalar!(r#"select list as "list!" from code_list"#)
        .fetch_all(connection)
        .await?;
    Ok(lists.into_iter().collect())
}

pub(super) async fn insert_form(
    tx: &mut PgConnection,
    id: FormId,
    code: &str,
    subject: Subject,
    title: &Text,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into form (form_id, code, subject, title) values ($1, $2, $3, $4)",
        id as FormId,
        code,
        subject.as_str(),
        Json(title) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn bump_form(
    tx: &mut PgConnection,
    id: FormId,
    title: &Text,
) -> Result<(), Fault> {
    sqlx::query!(
        "update form set version = version + 1, title = $2 where form_id = $1",
        id as FormId,
        Json(title) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn save_draft(
    tx: &mut PgConnection,
    id: FormId,
    number: i32,
    definition: &Value,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into form_version (form_id, number, stage, definition) values ($1, $2, 'draft', $3)
         on conflict (form_id, number) do update
         set definition = excluded.definition where form_version.stage = 'draft'",
        id as FormId,
        number,
        definition,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn move_draft(
    tx: &mut PgConnection,
    id: FormId,
    from: i32,
    to: i32,
) -> Result<(), Fault> {
    sqlx::query!(
        "update form_version set number = $3 where form_id = $1 and number = $2 and stage = 'draft'",
        id as FormId,
        from,
        to,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn publish(
    tx: &mut PgConnection,
    id: FormId,
    issue: &Issue<'_>,
) -> Result<(), Fault> {
    sqlx::query!(
        "update form_version set stage = 'published', change_class = $3, mapping = $4, published_at = $5
         where form_id = $1 and number = $2 and stage = 'draft'",
        id as FormId,
        issue.number,
        issue.class.as_str(),
        Json(issue.mapping) as _,
        issue.at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Publishes a definition that has been published before.
pub(super) async fn publish_again(
    tx: &mut PgConnection,
    id: FormId,
    definition: &Value,
    issue: &Issue<'_>,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into form_version (form_id, number, stage, definition, change_class, mapping, published_at)
         values ($1, $2, 'published', $3, $4, $5, $6)",
        id as FormId,
        issue.number,
        definition,
        issue.class.as_str(),
        Json(issue.mapping) as _,
        issue.at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn retire(tx: &mut PgConnection, id: FormId, number: i32) -> Result<(), Fault> {
    sqlx::query!(
        "update form_version set stage = 'retired' where form_id = $1 and number = $2 and stage = 'published'",
        id as FormId,
        number,
    )
    .execute(tx)
    .await?;
    Ok(())
}
