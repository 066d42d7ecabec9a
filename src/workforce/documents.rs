//! Who may read the scanned document of a legal act: whoever may see what the act was done to, and who that is.

use super::lists::{Lists, Reach};
use super::store;
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Date, Denied, DocumentId, ReadError};
use crate::ledger::{self, Document};
use crate::tenancy::Reader;

/// A document with its bytes, for whoever may see one of the changes that its act stands behind; while no act names it, for
/// whoever sent it.
///
/// # Errors
/// `Denied` without the permission to read names, which such papers are full of, or to read what such changes say.
#[tracing::instrument(name = "workforce.act_document", skip_all)]
pub async fn act_document(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: DocumentId,
    today: Date,
) -> Result<Option<(Document, Vec<u8>)>, ReadError> {
    let Some(document) = ledger::document(db, id).await? else {
        return Ok(None);
    };
    if document.is_named {
        let lists = Lists::current(db, AsOf::now(today)).await?;
        let seen = store::documented(db, id, &Reach::of(actor, &lists)).await?;
        let mut judged = seen.iter().map(|verb| may_read(actor, verb));
        match judged.next() {
            None => return Ok(None),
            // Of several changes one is enough.
            Some(first) => judged.fold(first, Result::or)?,
        }
    } else if document.author != actor.subject {
        return Ok(None);
    }
    let content = ledger::document_content(db, id).await?;
    Ok(content.map(|content| (document, content)))
}

/// Whether somebody may read what an act says that stands behind such a change.
fn may_read(actor: &Actor, verb: &str) -> Result<(), Denied> {
    actor.may(Permission::ReadWorkers)?;
    actor.may(Permission::ReadNames)?;
    match verb {
        "record_absence"
        | "suspend"
        | "discipline"
        | "appraise"
        | "decide_on_licence"
        | "record_vetting"
        | "withdraw_credential" => actor.may(Permission::ReadConduct),
        "record_pay" => actor.may(Permission::ReadPay),
        // These do not say what kind of entry it was.
        "end_service_entry" | "withdraw_service_entry" => {
            actor.may(Permission::ReadConduct)?;
            actor.may(Permission::ReadPay)
        }
        "request_leave" | "approve_leave" | "decline_leave" | "cancel_leave"
        | "recall_from_leave" => actor.may(Permission::ReadLeave),
        "draft" | "submit" | "review" | "upload" => {
            actor.may(Permission::ReadSubmissions)?;
            actor.may(Permission::ReadPersonalAnswers)
        }
        _ => Ok(()),
    }
}
