//! The statements that a server really sends, as Postgres logs them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::LazyLock;
use std::time::Duration;

use kada::kernel::TenantCode;
use regex::Regex;
use sqlx::{Connection, Executor};

use crate::data::Data;

/// How long the backends take to notice a new setting.
const NOTICED: Duration = Duration::from_millis(300);

/// A statement with the values of its parameters as texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub text: String,
    pub parameters: Vec<Option<String>>,
    pub milliseconds: f64,
}

/// What a tenant's role sent while something was done, in its order.
pub async fn during<T>(
    data: &Data,
    tenant: &TenantCode,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<(T, Vec<Statement>)> {
    log_from(data, "0").await?;
    let mut log = File::open(data.log())?;
    log.seek(SeekFrom::End(0))?;
    let done = work.await;
    log_from(data, "-1").await?;
    let mut written = String::new();
    log.read_to_string(&mut written)?;
    Ok((done?, parse(&written, &tenant.schema())))
}

/// Logs statements that take so many milliseconds or longer; none for -1.
async fn log_from(data: &Data, milliseconds: &'static str) -> anyhow::Result<()> {
    let mut superuser = data.superuser().await?;
    let set = format!("alter system set log_min_duration_statement = {milliseconds}");
    superuser.execute(sqlx::AssertSqlSafe(set)).await?;
    superuser.execute("select pg_reload_conf()").await?;
    superuser.close().await?;
    tokio::time::sleep(NOTICED).await;
    Ok(())
}

/// An entry begins with the time, the process and `role@database`; its further lines begin with a tab.
static ENTRY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] ").ok());
static EXECUTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^LOG:  duration: (\S+) ms  (?:execute [^:]*|statement): ((?s).*)$").ok()
});
static PARAMETER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\$\d+ = (?:NULL|'((?s)(?:[^']|'')*)')").ok());

fn parse(log: &str, role: &str) -> Vec<Statement> {
    let (Some(entry), Some(executed), Some(parameter)) = (&*ENTRY, &*EXECUTED, &*PARAMETER) else {
        unreachable!("the patterns are constant");
    };
    let mut statements: Vec<Statement> = Vec::new();
    // A detail belongs to the entry before it, which may be of a statement that is only bound.
    let mut open = false;
    for text in entry.split(log) {
        let Some((who, text)) = text.split_once(' ') else {
            continue;
        };
        if who.split('@').next() != Some(role) {
            continue;
        }
        let text = text.trim_end().replace("\n\t", "\n");
        if let Some(found) = executed.captures(&text) {
            statements.push(Statement {
                text: found[2].to_owned(),
                parameters: Vec::new(),
                milliseconds: found[1].parse().unwrap_or_default(),
            });
            open = true;
        } else if text.starts_with("DETAIL:") && open {
            if let Some(last) = statements.last_mut() {
                let values = parameter.captures_iter(&text);
                last.parameters = values
                    .map(|it| it.get(1).map(|value| value.as_str().replace("''", "'")))
                    .collect();
            }
        } else {
            open = false;
        }
    }
    statements
}
