//! Keyed writes: a device that never got its answer sends the same again and gets the same answer; nothing happens
//! twice. A key is remembered for thirty days.

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;

use super::{TenantDb, Write};
use crate::kernel::{Fault, Instant};

const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// What makes two requests the same one.
#[derive(Clone, Debug)]
pub struct Once {
    pub subject: String,
    pub key: String,
    pub body_hash: Vec<u8>,
    pub now: Instant,
}

/// A write that may have been done before.
pub enum Begun<T> {
    /// It was not: do it, then settle it.
    Attempt(Attempt),
    /// It was, and this was the answer.
    Answered(T),
    /// The key was used before, for something else.
    KeyReused,
}

/// A write under way.
pub struct Attempt {
    write: Write,
    once: Option<Once>,
}

impl TenantDb {
    /// Begins a write. With a key, waits for a request with the same key that is under way.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn begin_once<T: DeserializeOwned>(
        &self,
        once: Option<Once>,
    ) -> Result<Begun<T>, Fault> {
        let mut write = self.begin().await?;
        if let Some(once) = &once {
            if !claim(&mut write, once).await? {
                let (body_hash, answer) = recall(&mut write, once).await?;
                write.undo().await?;
                return if body_hash == once.body_hash {
                    Ok(Begun::Answered(serde_json::from_value(answer)?))
                } else {
                    Ok(Begun::KeyReused)
                };
            }
            write.mark().await?;
        }
        Ok(Begun::Attempt(Attempt { write, once }))
    }
}

impl Attempt {
    /// The transaction to work in.
    pub fn write(&mut self) -> &mut Write {
        &mut self.write
    }

    /// Commits the work, and remembers the answer when there is a key.
    ///
    /// # Errors
    /// When the database does not confirm.
    pub async fn commit(mut self, answer: &impl Serialize) -> Result<(), Fault> {
        if let Some(once) = &self.once {
            remember(&mut self.write, once, answer).await?;
        }
        self.write.commit().await
    }

    /// Undoes the work; only its answer is remembered, when there is a key.
    ///
    /// # Errors
    /// When the database does not confirm.
    pub async fn refuse(mut self, answer: &impl Serialize) -> Result<(), Fault> {
        let Some(once) = &self.once else {
            return self.write.undo().await;
        };
        self.write.undo_to_mark().await?;
        remember(&mut self.write, once, answer).await?;
        self.write.commit().await
    }

    /// Undoes everything, the key included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn abandon(self) -> Result<(), Fault> {
        self.write.undo().await
    }
}

/// What was answered to the keys of somebody's requests that are remembered.
///
/// # Errors
/// When the database cannot be asked.
pub async fn answered(
    connection: &mut PgConnection,
    subject: &str,
    keys: &[String],
    now: Instant,
) -> Result<Vec<(String, serde_json::Value)>, Fault> {
    Ok(sqlx::query_as(
        "select key, answer from answered
         where subject = $1 and key = any($2) and at >= $3 and answer is not null",
    )
    .bind(subject)
    .bind(keys)
    .bind(now - REMEMBERED)
    .fetch_all(connection)
    .await?)
}

/// Claims the key. False: it was answered before.
async fn claim(write: &mut Write, once: &Once) -> Result<bool, Fault> {
    let claimed: Option<bool> = sqlx::query_scalar(
        "with forgotten as (
             delete from answered where subject = $1 and key <> $2 and at < $5
         )
         insert into answered (subject, key, body_hash, at) values ($1, $2, $3, $4)
         on conflict (subject, key) do update
         set body_hash = excluded.body_hash, answer = null, at = excluded.at where answered.at < $5
         returning true",
    )
    .bind(&once.subject)
    .bind(&once.key)
    .bind(&once.body_hash)
    .bind(once.now)
    .bind(once.now - REMEMBERED)
    .fetch_optional(&mut *write.db())
    .await?;
    Ok(claimed.unwrap_or(false))
}

async fn recall(write: &mut Write, once: &Once) -> Result<(Vec<u8>, serde_json::Value), Fault> {
    Ok(
        sqlx::query_as("select body_hash, answer from answered where subject = $1 and key = $2")
            .bind(&once.subject)
            .bind(&once.key)
            .fetch_one(&mut *write.db())
            .await?,
    )
}

async fn remember(write: &mut Write, once: &Once, answer: &impl Serialize) -> Result<(), Fault> {
    sqlx::query("update answered set answer = $3 where subject = $1 and key = $2")
        .bind(&once.subject)
        .bind(&once.key)
        .bind(serde_json::to_value(answer)?)
        .execute(&mut *write.db())
        .await?;
    Ok(())
}
