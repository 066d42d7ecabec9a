//! Answers about one person that are about another from now on, because the two are one, or two again.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::form::Forms;
use super::store;
use super::submission::values;
use crate::kernel::{Fault, FormId, SubmissionId};

/// Hands answers about one worker over to another, all or those that are named, and brings what filters look at up to
/// date; which went. The records themselves, and their histories, tell of it.
///
/// # Errors
/// When the database refuses.
pub async fn hand_over(
    tx: &mut PgConnection,
    forms: &Forms,
    from: Uuid,
    to: Uuid,
    only: Option<&[SubmissionId]>,
) -> Result<Vec<SubmissionId>, Fault> {
    let moved = store::hand_over(tx, from, to, only).await?;
    let mut of_form: BTreeMap<FormId, Vec<SubmissionId>> = BTreeMap::new();
    for (submission, form) in moved {
        of_form.entry(form).or_default().push(submission);
    }
    for id in of_form.keys() {
        let Some(form) = forms.get(*id) else {
            continue;
        };
        let mut counting = store::counting_of(tx, &[*id], &[from, to]).await?;
        let values = [from, to].map(|subject| {
            let newest = counting.remove(&(*id, subject));
            let values = newest.map(|it| values(form, it.number, &it.answers));
            (subject, values.unwrap_or_default())
        });
        store::replace_values(tx, *id, &values).await?;
    }
    Ok(of_form.into_values().flatten().collect())
}
