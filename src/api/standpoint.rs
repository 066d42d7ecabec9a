//! From where a caller sees their country, for the answers that are kept.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::cache::{Hash, Moment, Standpoint};
use super::carried;
use crate::auth::{Actor, Caller};
use crate::kernel::{Clock, Languages, WorkerId};
use crate::ledger::{Head, Heads};

/// `None` for callers who have no country.
pub fn standpoint(
    caller: &Caller,
    headers: &HeaderMap,
    clock: &Clock,
    heads: &Heads,
) -> Option<Standpoint> {
    let Caller::Tenant(db, actor) = caller else {
        return None;
    };
    let accepted = headers.get(ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let view = view(actor, &db.settings().languages_for(accepted));
    let (db, clock, heads) = (db.clone(), clock.clone(), heads.clone());
    Some(Standpoint {
        view,
        now: Arc::new(move || {
            let (db, heads) = (db.clone(), heads.clone());
            let day = clock.today(db.settings().time_zone);
            Box::pin(async move {
                let Head { seq, epoch } = heads.read(&db).await?;
                Ok(Moment { epoch, seq, day })
            })
        }),
        enter: Arc::new(|request| {
            let rq = carried(request);
            Box::pin(async move {
                let Some(rq) = rq else {
                    unreachable!("a prepared request carries what resolvers need");
                };
                let (Head { seq, epoch }, day) = (rq.head().await?, rq.today()?);
                Ok(Moment { epoch, seq, day })
            })
        }),
    })
}

/// All of a caller that an answer may depend on. No field that is kept may answer by the subject.
fn view(actor: &Actor, languages: &Languages) -> Hash {
    let Actor {
        subject: _,
        roles,
        // They follow from the roles.
        permissions: _,
        units,
        sectors,
        person,
    } = actor;
    let roles: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let person = person.as_ref().map(WorkerId::to_string);
    // One JSON text: no part can pass for another.
    let view = json!([roles, units, sectors, person, languages.0]);
    Sha256::digest(view.to_string()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::auth::Role;
    use crate::kernel::Sector;

    #[test]
    fn whoever_may_be_answered_otherwise_stands_elsewhere() {
        let languages = |all: &[&str]| Languages(all.iter().map(ToString::to_string).collect());
        let units = |codes: &[&str]| Some(codes.iter().map(ToString::to_string).collect());
        let viewer = || Actor::new("awa@id", [Role::Viewer]);
        let fr = languages(&["fr", "en"]);
        let one = WorkerId::from(uuid::Uuid::from_u128(1));
        let other = WorkerId::from(uuid::Uuid::from_u128(2));
        let actor = |change: &dyn Fn(&mut Actor)| {
            let mut actor = viewer();
            change(&mut actor);
            actor
        };
        let all = [
            viewer(),
            Actor::new("awa@id", [Role::Auditor]),
            Actor::new("awa@id", [Role::Viewer, Role::Auditor]),
            actor(&|it| it.units = units(&[])),
            actor(&|it| it.units = units(&["A", "B"])),
            actor(&|it| it.units = units(&["A,B"])),
            actor(&|it| it.units = units(&["A\",\"B"])),
            actor(&|it| it.units = units(&["health"])),
            actor(&|it| it.sectors = Some(Vec::new())),
            actor(&|it| it.sectors = Some(vec![Sector::Health])),
            actor(&|it| it.sectors = Some(vec![Sector::Social])),
            actor(&|it| it.person = Some(one)),
            actor(&|it| it.person = Some(other)),
        ];
        let views: HashSet<Hash> = all.iter().map(|it| view(it, &fr)).collect();
        assert_eq!(views.len(), all.len());
        let spoken = [&fr, &languages(&["en", "fr"]), &languages(&["fren"])];
        let views: HashSet<Hash> = spoken.iter().map(|it| view(&viewer(), it)).collect();
        assert_eq!(views.len(), spoken.len());
        let another = Actor::new("moussa@id", [Role::Viewer]);
        assert_eq!(view(&another, &fr), view(&viewer(), &fr));
    }
}
