//! Keyed writes: a device that never got its answer sends the same again and gets the same answer; nothing happens
//! twice. A key is remembered for thirty days.

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Reader, TenantDb};
use crate::kernel::{Fault, Instant};

const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// What makes two requests the same one.
pub struct Once<'a> {
    pub subject: &'a str,
    pub key: &'a str,
    pub body_hash: &'a [u8],
    pub now: Instant,
}

/// How a piece of work ended: both kinds are answers, and both are remembered under the key.
pub enum Done<T> {
    Commit(T),
    /// The work is undone; only its answer stays.
    Undo(T),
}

/// The key was used before, for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyReused;

impl TenantDb {
    /// Does `work` in one transaction; with a key, at most once.
    ///
    /// # Errors
    /// What `work` fails with, or a fault of the database. Nothing is remembered then.
    pub async fn write_once<T, E>(
        &self,
        once: Option<Once<'_>>,
        work: impl AsyncFnOnce(&mut Reader<'_>) -> Result<Done<T>, E>,
    ) -> Result<Result<T, KeyReused>, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<Fault>,
    {
        let Some(once) = once else {
            return match self.try_write(work).await? {
                Done::Commit(answer) | Done::Undo(answer) => Ok(Ok(answer)),
            };
        };
        self.write(async |tx: &mut Reader<'_>| {
            if !claim(tx, &once).await? {
                return recall(tx, &once).await.map_err(E::from);
            }
            let answer = {
                let mut savepoint = tx.begin_nested().await?;
                let done = work(&mut savepoint.reader()).await?;
                match done {
                    Done::Commit(answer) => {
                        savepoint.keep().await?;
                        answer
                    }
                    Done::Undo(answer) => {
                        savepoint.undo().await?;
                        answer
                    }
                }
            };
            remember(tx, &once, &answer).await?;
            Ok(Ok(answer))
        })
        .await
    }

    /// One transaction, committed or undone as `work` says.
    async fn try_write<T, E: From<Fault>>(
        &self,
        work: impl AsyncFnOnce(&mut Reader<'_>) -> Result<Done<T>, E>,
    ) -> Result<Done<T>, E> {
        enum Ended<T, E> {
            Undone(T),
            Failed(E),
        }
        impl<T, E: From<Fault>> From<Fault> for Ended<T, E> {
            fn from(fault: Fault) -> Self {
                Ended::Failed(fault.into())
            }
        }
        let ended = self
            .write(async |tx: &mut Reader<'_>| match work(tx).await {
                Ok(Done::Commit(answer)) => Ok(answer),
                Ok(Done::Undo(answer)) => Err(Ended::Undone(answer)),
                Err(error) => Err(Ended::Failed(error)),
            })
            .await;
        match ended {
            Ok(answer) => Ok(Done::Commit(answer)),
            Err(Ended::Undone(answer)) => Ok(Done::Undo(answer)),
            Err(Ended::Failed(error)) => Err(error),
        }
    }
}

/// Claims the key; waits for a request with the same key that is under way. False: it was answered before.
async fn claim(tx: &mut Reader<'_>, once: &Once<'_>) -> Result<bool, Fault> {
    let claimed: Option<bool> = sqlx::query_scalar(
        "with forgotten as (
             delete from answered where subject = $1 and key <> $2 and at < $5
         )
         insert into answered (subject, key, body_hash, at) values ($1, $2, $3, $4)
         on conflict (subject, key) do update
         set body_hash = excluded.body_hash, answer = null, at = excluded.at where answered.at < $5
         returning true",
    )
    .bind(once.subject)
    .bind(once.key)
    .bind(once.body_hash)
    .bind(once.now)
    .bind(once.now - REMEMBERED)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(claimed.unwrap_or(false))
}

async fn recall<T: DeserializeOwned>(
    tx: &mut Reader<'_>,
    once: &Once<'_>,
) -> Result<Result<T, KeyReused>, Fault> {
    let (body_hash, answer): (Vec<u8>, serde_json::Value) =
        sqlx::query_as("select body_hash, answer from answered where subject = $1 and key = $2")
            .bind(once.subject)
            .bind(once.key)
            .fetch_one(&mut **tx)
            .await?;
    if body_hash != once.body_hash {
        return Ok(Err(KeyReused));
    }
    Ok(Ok(serde_json::from_value(answer)?))
}

async fn remember<T: Serialize>(
    tx: &mut Reader<'_>,
    once: &Once<'_>,
    answer: &T,
) -> Result<(), Fault> {
    sqlx::query("update answered set answer = $3 where subject = $1 and key = $2")
        .bind(once.subject)
        .bind(once.key)
        .bind(serde_json::to_value(answer)?)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
