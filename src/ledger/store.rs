//! All statements about `ledger` and `ledger_head`.

mod documents;

use rand::RngCore;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

pub(super) use documents::{
    claim_document, document, document_bytes, forget_documents, insert_document, lock_documents,
    waiting_documents,
};

use super::entry::{Digest, Frame, frame, link};
use super::{Broken, Entry, Head, Reach, Window};
use crate::kernel::{Fault, Instant};

/// A row as it was recorded.
#[derive(Clone, Debug, FromRow)]
pub struct Recorded {
    pub seq: i64,
    pub at: Instant,
    pub actor: String,
    pub verb: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub unit_before: Option<Uuid>,
    pub unit_after: Option<Uuid>,
    pub sector_before: Option<String>,
    pub sector_after: Option<String>,
    pub act: Option<Json<Value>>,
    /// Absent once it was erased.
    pub change: Option<Json<Value>>,
}

/// An entry with its digests, as columns.
struct Sealed {
    at: Instant,
    verb: &'static str,
    subject_kind: &'static str,
    subject: Uuid,
    units: (Option<Uuid>, Option<Uuid>),
    sectors: (Option<&'static str>, Option<&'static str>),
    act: Option<Value>,
    /// In its canonical form.
    change: String,
    salt: Vec<u8>,
    digest: Digest,
    frame: Digest,
}

fn seal(actor: &str, entry: &Entry) -> Result<Sealed, Fault> {
    let mut salt = vec![0; 16];
    rand::rng().fill_bytes(&mut salt);
    // Postgres keeps microseconds, and the digest must be of what is kept.
    let at = Instant::from_timestamp_micros(entry.at.timestamp_micros()).unwrap_or(entry.at);
    let act = entry.act.as_ref().map(serde_json::to_value).transpose()?;
    let standing = |of: Option<super::Standing>| of.map(|it| (it.unit.into(), it.sector.as_str()));
    let (before, after) = (standing(entry.before), standing(entry.after));
    let units = (before.map(|it| it.0), after.map(|it| it.0));
    let sectors = (before.map(|it| it.1), after.map(|it| it.1));
    let frame = frame(&Frame {
        at,
        actor,
        verb: entry.verb.as_str(),
        subject_kind: entry.subject_kind.as_str(),
        subject: entry.subject,
        units,
        sectors,
        act: act.as_ref(),
    })?;
    let change = entry.change.to_string();
    Ok(Sealed {
        at,
        verb: entry.verb.as_str(),
        subject_kind: entry.subject_kind.as_str(),
        subject: entry.subject,
        units,
        sectors,
        act,
        digest: Entry::digest(&salt, &change),
        change,
        salt,
        frame,
    })
}

/// One statement: lock the head, number, chain, insert.
pub(super) async fn append_one(
    tx: &mut PgConnection,
    actor: &str,
    entry: &Entry,
) -> Result<(), Fault> {
    let row = seal(actor, entry)?;
    sqlx::query!(
        "with head as (
             update ledger_head
             set seq = seq + 1,
                 hash = sha256(hash || int8send(seq + 1) || $1 || $2),
                 reference_seq = case when $15 then seq + 1 else reference_seq end
             where only_row
             returning seq, hash
         )
         insert into ledger (seq, at, actor, verb, subject_kind, subject_id, unit_before, unit_after,
                             sector_before, sector_after, act, change, salt, digest, hash)
         select seq, $4, $5, $3, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb, $14, $2, hash
         from head",
        &row.frame[..],
        &row.digest[..],
        row.verb,
        row.at,
        actor,
        row.subject_kind,
        row.subject,
        row.units.0,
        row.units.1,
        row.sectors.0,
        row.sectors.1,
        row.act,
        row.change,
        row.salt,
        entry.verb.changes_reference(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A batch: the rows are sealed, the head is locked, the chain computed here, the rows inserted by one statement.
pub(super) async fn append_many(
    tx: &mut PgConnection,
    actor: &str,
    entries: &[Entry],
) -> Result<(), Fault> {
    // Before the head is locked: whoever else writes waits for it.
    let sealed: Vec<Sealed> = entries
        .iter()
        .map(|entry| seal(actor, entry))
        .collect::<Result<_, _>>()?;
    let head = sqlx::query!("select seq, hash from ledger_head where only_row for update")
        .fetch_one(&mut *tx)
        .await?;
    let mut columns = Columns::default();
    let (mut seq, mut hash) = (head.seq, head.hash);
    for row in sealed {
        seq += 1;
        hash = link(&hash, seq, &row.frame, &row.digest).to_vec();
        columns.push(seq, &hash, row);
    }
    let configured = entries.iter().any(|entry| entry.verb.changes_reference());
    sqlx::query!(
        "with head as (
             update ledger_head
             set seq = $1, hash = $2, reference_seq = case when $3 then $1 else reference_seq end
             where only_row
         )
         insert into ledger (seq, at, actor, verb, subject_kind, subject_id, unit_before, unit_after,
                             sector_before, sector_after, act, change, salt, digest, hash)
         select seq, at, $4, verb, subject_kind, subject_id, unit_before, unit_after,
                sector_before, sector_after, act, change::jsonb, salt, digest, hash
         from unnest($5::bigint[], $6::timestamptz[], $7::text[], $8::text[], $9::uuid[], $10::uuid[],
                     $11::uuid[], $12::text[], $13::text[], $14::jsonb[], $15::text[], $16::bytea[],
                     $17::bytea[], $18::bytea[])
              as row (seq, at, verb, subject_kind, subject_id, unit_before, unit_after,
                      sector_before, sector_after, act, change, salt, digest, hash)",
        seq,
        hash,
        configured,
        actor,
        &columns.seq,
        &columns.at,
        &columns.verb as &[&str],
        &columns.subject_kind as &[&str],
        &columns.subject,
        &columns.unit_before as &[Option<Uuid>],
        &columns.unit_after as &[Option<Uuid>],
        &columns.sector_before as &[Option<&str>],
        &columns.sector_after as &[Option<&str>],
        &columns.act as &[Option<Value>],
        &columns.change,
        &columns.salt,
        &columns.digest,
        &columns.hash,
    )
    .execute(tx)
    .await?;
    Ok(())
}

#[derive(Default)]
struct Columns {
    seq: Vec<i64>,
    at: Vec<Instant>,
    verb: Vec<&'static str>,
    subject_kind: Vec<&'static str>,
    subject: Vec<Uuid>,
    unit_before: Vec<Option<Uuid>>,
    unit_after: Vec<Option<Uuid>>,
    sector_before: Vec<Option<&'static str>>,
    sector_after: Vec<Option<&'static str>>,
    act: Vec<Option<Value>>,
    change: Vec<String>,
    salt: Vec<Vec<u8>>,
    digest: Vec<Vec<u8>>,
    hash: Vec<Vec<u8>>,
}

impl Columns {
    fn push(&mut self, seq: i64, hash: &[u8], row: Sealed) {
        self.seq.push(seq);
        self.at.push(row.at);
        self.verb.push(row.verb);
        self.subject_kind.push(row.subject_kind);
        self.subject.push(row.subject);
        self.unit_before.push(row.units.0);
        self.unit_after.push(row.units.1);
        self.sector_before.push(row.sectors.0);
        self.sector_after.push(row.sectors.1);
        self.act.push(row.act);
        self.change.push(row.change);
        self.salt.push(row.salt);
        self.digest.push(row.digest.to_vec());
        self.hash.push(hash.to_vec());
    }
}

pub(super) async fn head(connection: &mut PgConnection) -> Result<Head, Fault> {
    Ok(
        sqlx::query_as!(Head, "select seq, epoch from ledger_head where only_row")
            .fetch_one(connection)
            .await?,
    )
}

pub(super) async fn history(
    connection: &mut PgConnection,
    subjects: &[Uuid],
    first: i64,
) -> Result<Vec<Recorded>, Fault> {
    Ok(sqlx::query_as!(
        Recorded,
        r#"select row.seq, row.at, row.actor, row.verb, row.subject_kind, row.subject_id,
                  row.unit_before, row.unit_after, row.sector_before, row.sector_after,
                  row.act as "act: Json<Value>", row.change as "change: Json<Value>"
           from unnest($1::uuid[]) as subject (id)
           cross join lateral (
               select * from ledger where subject_id = subject.id order by seq desc limit $2
           ) row
           order by row.subject_id, row.seq desc"#,
        subjects,
        first,
    )
    .fetch_all(connection)
    .await?)
}

pub(super) async fn workers_since(
    connection: &mut PgConnection,
    seq: i64,
) -> Result<Vec<Uuid>, Fault> {
    Ok(sqlx::query_scalar!(
        "select distinct subject_id from ledger
         where seq > $1 and subject_kind = 'worker' and verb in ('register', 'correct')",
        seq
    )
    .fetch_all(connection)
    .await?)
}

pub(super) async fn changes(
    connection: &mut PgConnection,
    reach: &Reach,
    window: Window,
    after: i64,
    limit: i64,
) -> Result<Vec<Recorded>, Fault> {
    let units: Option<Vec<Uuid>> = reach
        .units
        .as_ref()
        .map(|units| units.iter().map(|unit| (*unit).into()).collect());
    let sectors: Option<Vec<String>> = reach
        .sectors
        .as_ref()
        .map(|sectors| sectors.iter().map(|it| it.as_str().to_owned()).collect());
    Ok(sqlx::query_as!(
        Recorded,
        r#"select seq, at, actor, verb, subject_kind, subject_id, unit_before, unit_after,
                  sector_before, sector_after, act as "act: Json<Value>", change as "change: Json<Value>"
           from ledger
           where seq > $1
             and (subject_kind in ('configuration', 'cadre', 'cadre_mapping', 'org_unit')
                  or ((($2::uuid[] is null or unit_after = any($2))
                       and ($3::text[] is null or sector_after = any($3))
                       or ($2 is null or unit_before = any($2))
                          and ($3 is null or sector_before = any($3)))
                      and ($4::uuid is null or subject_id = $4)))
             and ($6::timestamptz is null or at >= $6)
             and ($7::timestamptz is null or at < $7)
           order by seq
           limit $5"#,
        after,
        units.as_deref(),
        sectors.as_deref(),
        reach.person,
        limit,
        window.from,
        window.to,
    )
    .fetch_all(connection)
    .await?)
}

/// How much of the chain one statement reads: a tenant's statement has ten seconds, however long its ledger.
const STRETCH: i64 = 2_000;

pub(super) async fn verify(connection: &mut PgConnection) -> Result<Result<i64, Broken>, Fault> {
    let head = sqlx::query!("select seq, hash from ledger_head where only_row")
        .fetch_one(&mut *connection)
        .await?;
    let mut seq = 0;
    let mut hash = <sha2::Sha256 as sha2::Digest>::digest(b"").to_vec();
    loop {
        let rows = sqlx::query!(
            r#"select seq, at, actor, verb, subject_kind, subject_id, unit_before, unit_after, sector_before,
                      sector_after, act, change, salt, digest, hash
               from ledger where seq > $1 order by seq limit $2"#,
            seq,
            STRETCH,
        )
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            seq += 1;
            if row.seq != seq {
                return Ok(Err(Broken::Gap(seq)));
            }
            let erased = row.change.is_none() && row.salt.is_none();
            let intact = match (&row.salt, &row.change) {
                (Some(salt), Some(change)) => {
                    Entry::digest(salt, &change.to_string())[..] == row.digest
                }
                _ => erased,
            };
            if !intact {
                return Ok(Err(Broken::Content(seq)));
            }
            let frame = frame(&Frame {
                at: row.at,
                actor: &row.actor,
                verb: &row.verb,
                subject_kind: &row.subject_kind,
                subject: row.subject_id,
                units: (row.unit_before, row.unit_after),
                sectors: (row.sector_before.as_deref(), row.sector_after.as_deref()),
                act: row.act.as_ref(),
            })?;
            hash = link(&hash, seq, &frame, &row.digest).to_vec();
            if hash != row.hash {
                return Ok(Err(Broken::Chain(seq)));
            }
        }
    }
    if seq != head.seq || hash != head.hash {
        return Ok(Err(Broken::Head(seq)));
    }
    Ok(Ok(seq))
}
