//! Finding people who are on the register twice: how many of the pairs found are such, and how many of such are found.

use std::collections::HashSet;
use std::time::Instant;

use anyhow::ensure;
use kada::auth::{Actor, Role};
use kada::kernel::{AsOf, Clock, Fault};
use kada::workforce::{self, Lists, NewWorker};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Bench, Bound, Seen};
use crate::data::people::World;
use crate::data::{Content, gold};
use crate::rounds::Spread;

const PEOPLE: usize = 5_000;
const RECALL: f64 = 0.9;
/// How many people go into the database with one set of statements.
const BATCH: usize = 2_000;

pub async fn found(bench: &Bench) -> anyhow::Result<Seen> {
    let data = &bench.data;
    let [tenant, _] = &data.scratch;
    data.refill(tenant, Content::Lists).await?;
    let door = data.door(tenant).await?;
    let (actor, at) = (
        Actor::new("bench@kada", [Role::HrManager]),
        Clock::system().now(),
    );
    let mut gold: HashSet<(Uuid, Uuid)> = HashSet::new();
    door.write(async |tx| {
        let lists = Lists::current(tx, AsOf::now(at.date_naive())).await?;
        let twice = gold::twice(&World::new(&lists), PEOPLE);
        gold = twice
            .iter()
            .map(|[one, other]| sorted(one, other))
            .collect();
        let people: Vec<NewWorker> = twice.into_iter().flatten().collect();
        for batch in people.chunks(BATCH) {
            workforce::load(tx, &actor, at, batch).await?;
        }
        Ok::<_, Fault>(())
    })
    .await?;
    let began = Instant::now();
    let searched = door
        .write(async |tx| workforce::search_duplicates(tx, at).await)
        .await?;
    let took = began.elapsed().as_secs_f64();
    ensure!(searched.compared == 2 * PEOPLE, "{searched:?}");
    let mut superuser = data.superuser().await?;
    let sql = format!(
        "select first_id, second_id from {}.duplicate_pair",
        tenant.schema()
    );
    let found: Vec<(Uuid, Uuid)> = sqlx::query_as(AssertSqlSafe(sql))
        .fetch_all(&mut superuser)
        .await?;
    let right = found.iter().filter(|it| gold.contains(it)).count();
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let share = |of: usize| right as f64 / of as f64;
    let (precision, recall) = (share(found.len()), share(gold.len()));
    let besides = format!(
        "recall {recall:.3}; {} records compared in {took:.1} s",
        searched.compared
    );
    Ok(Seen {
        figure: Spread::new(std::iter::once(precision)),
        bound: Bound::AtLeast(0.95),
        unit: " precision",
        ours: format!("{right} of {} pairs found are of one person", found.len()),
        limit: format!("{} people twice on the register", gold.len()),
        besides: None,
    }
    .besides(besides, recall >= RECALL))
}

fn sorted(one: &NewWorker, other: &NewWorker) -> (Uuid, Uuid) {
    let (one, other) = (Uuid::from(one.id), Uuid::from(other.id));
    (one.min(other), one.max(other))
}
