//! The statements of merging: one for each table, a column at a time.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::draft::Draft;
use super::person::Person;
use crate::kernel::{Date, Fault, OrgUnitId, WorkerId};
use crate::ledger::Standing;
use crate::workforce::{Contact, Identifier, PersonName, Posting, Sex, load, particulars, store};

/// Everybody whom the lines name: by id, by an identifier, and, where they have neither, by name and birth date.
/// Locked, in the order of their ids.
pub(super) async fn known(tx: &mut PgConnection, drafts: &[&Draft]) -> Result<Vec<Person>, Fault> {
    let asked = Asked::of(drafts);
    let rows = sqlx::query!(
        r#"select worker_id as "id: WorkerId", family_name, given_names, sex, birth_date,
                  org_unit_id as "unit: OrgUnitId", sector, version
           from worker
           where worker_id = any(array(
               select id from unnest($1::uuid[]) as line (id)
               union select known.worker_id
                   from unnest($2::text[], $3::text[]) as line (type_code, value_key)
                   join worker_identifier known using (type_code, value_key)
               union select known.worker_id
                   from unnest($4::text[], $5::date[]) as line (name_key, birth_date)
                   join worker known using (name_key, birth_date)))
           order by worker_id
           for update"#,
        &asked.ids,
        &asked.types,
        &asked.keys,
        &asked.names,
        &asked.births,
    )
    .fetch_all(&mut *tx)
    .await?;
    let ids: Vec<WorkerId> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut identifiers = store::identifiers(tx, &ids).await?;
    let mut contacts = store::contacts(tx, &ids).await?;
    let mut postings = store::postings(tx, &ids).await?;
    let mut particulars = if drafts.iter().any(|it| it.particulars.is_some()) {
        particulars::of_all(tx, &ids).await?
    } else {
        HashMap::new()
    };
    let people = rows.into_iter().map(|row| {
        let mut identifiers = identifiers.remove(&row.id).unwrap_or_default();
        // Postgres may sort by another collation.
        identifiers.sort_by_key(|it| (it.type_code.clone(), it.key()));
        Ok(Person {
            id: row.id,
            name: Some(PersonName {
                family: row.family_name,
                given: row.given_names,
            }),
            sex: Sex::parse(&row.sex).ok_or_else(|| Fault::internal("unknown sex"))?,
            birth_date: row.birth_date,
            particulars: particulars.remove(&row.id).unwrap_or_default(),
            standing: Some(Standing {
                unit: row.unit,
                sector: row.sector.parse().map_err(Fault::internal)?,
            }),
            identifiers,
            contacts: contacts.remove(&row.id).unwrap_or_default(),
            postings: postings.remove(&row.id).unwrap_or_default(),
            version: row.version,
        })
    });
    people.collect()
}

/// By what the people of some lines are known. Made apart: a closure that lived on across an await would keep the
/// future of a merge from being sent between threads.
#[derive(Default)]
struct Asked {
    ids: Vec<Uuid>,
    types: Vec<String>,
    keys: Vec<String>,
    names: Vec<String>,
    births: Vec<Date>,
}

impl Asked {
    fn of(drafts: &[&Draft]) -> Self {
        let mut asked = Self::default();
        for draft in drafts {
            asked.ids.extend(draft.worker.map(Uuid::from));
            for identifier in &draft.identifiers {
                asked.types.push(identifier.type_code.clone());
                asked.keys.push(identifier.key());
            }
            if draft.worker.is_none()
                && draft.identifiers.is_empty()
                && let Some((name, born)) = draft.alike()
            {
                asked.names.push(name);
                asked.births.push(born);
            }
        }
        asked
    }
}

/// Writes people who have changed, from what they were to what they are.
pub(super) async fn update(
    tx: &mut PgConnection,
    changed: &[(&Person, &Person)],
) -> Result<(), Fault> {
    if changed.is_empty() {
        return Ok(());
    }
    workers(tx, changed).await?;
    identifiers(tx, changed).await?;
    let added: Vec<(WorkerId, &Contact)> = changed
        .iter()
        .flat_map(|(before, now)| {
            let new = now
                .contacts
                .iter()
                .filter(|it| !before.contacts.contains(it));
            new.map(|it| (now.id, it))
        })
        .collect();
    load::store::contacts(tx, &added).await?;
    let mut amended: Vec<&Posting> = Vec::new();
    let mut begun: Vec<&Posting> = Vec::new();
    for (before, now) in changed {
        let was: HashMap<_, _> = before.postings.iter().map(|it| (it.id, it)).collect();
        for posting in &now.postings {
            match was.get(&posting.id) {
                None => begun.push(posting),
                Some(was) if *was != posting => amended.push(posting),
                Some(_) => {}
            }
        }
    }
    postings(tx, &amended).await?;
    load::store::postings(tx, &begun).await?;
    let ids: Vec<WorkerId> = changed.iter().map(|(_, now)| now.id).collect();
    store::keep_facts(tx, &ids).await
}

async fn workers(tx: &mut PgConnection, changed: &[(&Person, &Person)]) -> Result<(), Fault> {
    let named: Vec<(&Person, &PersonName, Standing)> = changed
        .iter()
        .filter_map(|(_, now)| Some((*now, now.name.as_ref()?, now.standing?)))
        .collect();
    let ids: Vec<Uuid> = named.iter().map(|it| it.0.id.into()).collect();
    let families: Vec<&str> = named.iter().map(|it| it.1.family.as_str()).collect();
    let given: Vec<&str> = named.iter().map(|it| it.1.given.as_str()).collect();
    let keys: Vec<String> = named.iter().map(|it| it.1.key()).collect();
    let sexes: Vec<&str> = named.iter().map(|it| it.0.sex.as_str()).collect();
    let births: Vec<Option<Date>> = named.iter().map(|it| it.0.birth_date).collect();
    let units: Vec<Uuid> = named.iter().map(|it| it.2.unit.into()).collect();
    let sectors: Vec<&str> = named.iter().map(|it| it.2.sector.as_str()).collect();
    sqlx::query!(
        "update worker
         set family_name = now.family_name, given_names = now.given_names, name_key = now.name_key, sex = now.sex,
             birth_date = now.birth_date, org_unit_id = now.org_unit_id, sector = now.sector,
             version = worker.version + 1
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::uuid[], $8::text[])
              as now (worker_id, family_name, given_names, name_key, sex, birth_date, org_unit_id, sector)
         where worker.worker_id = now.worker_id",
        &ids,
        &families as &[&str],
        &given as &[&str],
        &keys,
        &sexes as &[&str],
        &births as &[Option<Date>],
        &units,
        &sectors as &[&str],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Those of whoever has another list than before are written anew; all old ones go first, since a number may pass from
/// one person to another.
async fn identifiers(tx: &mut PgConnection, changed: &[(&Person, &Person)]) -> Result<(), Fault> {
    let differing: Vec<&Person> = (changed.iter())
        .filter(|(before, now)| before.identifiers != now.identifiers)
        .map(|(_, now)| *now)
        .collect();
    let ids: Vec<Uuid> = differing.iter().map(|it| it.id.into()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "delete from worker_identifier where worker_id = any($1)",
        &ids
    )
    .execute(&mut *tx)
    .await?;
    let rows: Vec<(WorkerId, &Identifier)> = (differing.iter())
        .flat_map(|now| now.identifiers.iter().map(|it| (now.id, it)))
        .collect();
    load::store::identifiers(tx, &rows).await
}

async fn postings(tx: &mut PgConnection, amended: &[&Posting]) -> Result<(), Fault> {
    if amended.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = amended.iter().map(|it| it.id.into()).collect();
    let facilities: Vec<Uuid> = amended.iter().map(|it| it.facility.into()).collect();
    let cadres: Vec<Uuid> = amended.iter().map(|it| it.cadre.into()).collect();
    let terms: Vec<&str> = amended
        .iter()
        .map(|it| it.employment_type.as_str())
        .collect();
    let ends: Vec<Option<Date>> = amended.iter().map(|it| it.ends_on).collect();
    let reasons: Vec<Option<&str>> = amended.iter().map(|it| it.end_reason.as_deref()).collect();
    let grades: Vec<Option<&str>> = amended
        .iter()
        .map(|it| it.salary_grade.as_deref())
        .collect();
    let offices: Vec<Option<Uuid>> = (amended.iter())
        .map(|it| it.supervisor.map(Into::into))
        .collect();
    sqlx::query!(
        "update posting
         set facility_id = now.facility_id, cadre_id = now.cadre_id, employment_type = now.employment_type,
             ends_on = now.ends_on, end_reason = now.end_reason, supervisor_id = now.supervisor_id,
             salary_grade = now.salary_grade
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::uuid[], $8::text[])
              as now (posting_id, facility_id, cadre_id, employment_type, ends_on, end_reason, supervisor_id,
                      salary_grade)
         where posting.posting_id = now.posting_id",
        &ids,
        &facilities,
        &cadres,
        &terms as &[&str],
        &ends as &[Option<Date>],
        &reasons as &[Option<&str>],
        &offices as &[Option<Uuid>],
        &grades as &[Option<&str>],
    )
    .execute(tx)
    .await?;
    Ok(())
}
