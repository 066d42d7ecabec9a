//! A file of workers brought in by `kada import`, beside a bare COPY of the rows that this made.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kada::kernel::TenantCode;
use kada::platform::database::literal;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::{Bench, Bound, Seen};
use crate::data::{Content, Data, Scale};
use crate::rounds::{Rounds, Sample, Spread};
use crate::server::KADA;

/// In the order of their foreign keys.
const TABLES: [&str; 4] = ["worker", "worker_identifier", "worker_contact", "posting"];

pub async fn of_workers(bench: &Bench) -> anyhow::Result<Seen> {
    let data = &bench.data;
    let [imported, twin] = &data.scratch;
    let mut superuser = data.superuser().await?;
    let folder: String = sqlx::query_scalar("select current_setting('data_directory')")
        .fetch_one(&mut superuser)
        .await?;
    let folder = PathBuf::from(folder);
    write_file(&mut superuser, data.first(), &folder).await?;
    for tenant in [imported, twin] {
        data.refill(tenant, Content::Lists).await?;
    }
    import(data, imported, &folder).await?;
    let people = count(&mut superuser, imported).await?;
    ensure!(people == data.scale.workers, "{people} people came in");
    for table in TABLES {
        let file = literal(&folder.join(table).to_string_lossy());
        let sql = format!("copy {}.{table} to {file}", imported.schema());
        superuser.execute(AssertSqlSafe(sql)).await?;
    }
    // Each round writes some hundred thousand rows twice: three of them say as much as five of another row.
    let scale = Scale {
        rounds: data.scale.rounds.min(3),
        ..data.scale
    };
    let mut compared = Vec::new();
    let rounds = Rounds::run(
        scale,
        async |_| {
            data.refill(imported, Content::Lists).await?;
            let took = import(data, imported, &folder).await?;
            compared.push(took.compared.as_secs_f64());
            sample(data, took.taken_in)
        },
        async |_| sample(data, copy(data, twin, &folder).await?),
    )
    .await?;
    let copies = count(&mut superuser, twin).await?;
    ensure!(copies == people, "{copies} people were copied");
    superuser.close().await?;
    let rate = |it: &Sample| it.per_second();
    let told = |rate: f64| format!("{rate:.0} people a second");
    Ok(Seen {
        figure: rounds.ratio(rate),
        bound: Bound::AtLeast(0.5),
        unit: "×",
        ours: told(rounds.ours(rate).median),
        limit: told(rounds.limit(rate).median),
        besides: Some((
            format!(
                "{people} people; compared for duplicates in {:.1} s more",
                Spread::new(compared.into_iter()).median
            ),
            true,
        )),
    })
}

/// The first tenant's people as a ministry would send them.
async fn write_file(
    superuser: &mut PgConnection,
    tenant: &TenantCode,
    folder: &std::path::Path,
) -> anyhow::Result<()> {
    let file = literal(&folder.join("workers.csv").to_string_lossy());
    let schema = tenant.schema();
    let sql = format!(
        "copy (select w.family_name, w.given_names, w.sex, w.birth_date, i.value as matricule, k.value as phone,
                      f.code as facility, c.code as cadre, p.employment_type, p.starts_on
               from {schema}.worker w
               join {schema}.worker_identifier i on i.worker_id = w.worker_id
               join {schema}.worker_contact k on k.worker_id = w.worker_id
               join {schema}.posting p on p.worker_id = w.worker_id and p.ends_on is null
               join {schema}.facility f on f.facility_id = p.facility_id
               join {schema}.cadre c on c.cadre_id = p.cadre_id
               order by w.worker_id)
         to {file} with (format csv, header)"
    );
    superuser.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

/// How long `kada import` takes.
struct Took {
    /// From the start of the process to its report: everybody is on the register.
    taken_in: Duration,
    /// From there to its end.
    compared: Duration,
}

async fn import(
    data: &Data,
    tenant: &TenantCode,
    folder: &std::path::Path,
) -> anyhow::Result<Took> {
    let began = Instant::now();
    let mut child = Command::new(KADA)
        .args(["import", "workers"])
        .arg(folder.join("workers.csv"))
        .args(["--tenant", tenant.as_str()])
        .env_clear()
        .env("KADA_CONFIG", data.home.join("kada.toml"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let report = child.stdout.take().context("the report")?;
    let mut report = BufReader::new(report).lines();
    let first = report.next_line().await?.unwrap_or_default();
    let taken_in = began.elapsed();
    while report.next_line().await?.is_some() {}
    ensure!(child.wait().await?.success(), "kada import: {first}");
    Ok(Took {
        taken_in,
        compared: began.elapsed().saturating_sub(taken_in),
    })
}

/// How long the same rows take by themselves.
async fn copy(
    data: &Data,
    tenant: &TenantCode,
    folder: &std::path::Path,
) -> anyhow::Result<Duration> {
    let schema = tenant.schema();
    let mut superuser = data.superuser().await?;
    let emptied = TABLES.map(|table| format!("{schema}.{table}")).join(", ");
    let sql = AssertSqlSafe(format!("truncate {emptied} cascade"));
    superuser.execute(sql).await?;
    let began = Instant::now();
    let mut tx = superuser.begin().await?;
    for table in TABLES {
        let file = literal(&folder.join(table).to_string_lossy());
        let sql = AssertSqlSafe(format!("copy {schema}.{table} from {file}"));
        tx.execute(sql)
            .await
            .with_context(|| format!("copying {table}"))?;
    }
    tx.commit().await?;
    let took = began.elapsed();
    superuser.close().await?;
    Ok(took)
}

fn sample(data: &Data, took: Duration) -> anyhow::Result<Sample> {
    Ok(Sample {
        answers: f64::from(u32::try_from(data.scale.workers)?),
        seconds: took.as_secs_f64(),
        process: 0.0,
        postgres: 0.0,
    })
}

async fn count(superuser: &mut PgConnection, tenant: &TenantCode) -> anyhow::Result<usize> {
    let sql = AssertSqlSafe(format!("select count(*) from {}.worker", tenant.schema()));
    let count: i64 = sqlx::query_scalar(sql).fetch_one(superuser).await?;
    Ok(usize::try_from(count)?)
}
