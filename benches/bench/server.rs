//! The processes that are measured or leant on: `kada serve`, and a Redis.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::data::Data;
use crate::drive::{Ask, Asker};

pub const KADA: &str = env!("CARGO_BIN_EXE_kada");
/// How long a process may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(20);
/// Milliseconds in the line for a connection: a busy machine makes it long, and no row is about that.
const PATIENT: u32 = 60_000;
/// More than any row spends.
const UNLIMITED: u32 = 1_000_000_000;

/// A running `kada serve`, configured as in production; only the rate limit and the wait for a connection are out of reach.
pub struct Server {
    pub address: SocketAddr,
    pub pid: u32,
    child: Child,
}

impl Server {
    /// Starts a server of all tenants, with Redis when there is one.
    pub async fn start(data: &Data, redis: Option<&Redis>) -> anyhow::Result<Self> {
        let address = free_address()?;
        let file = configure(data, address, redis)?;
        let log = File::create(data.home.join("kada.log"))?;
        let child = Command::new(KADA)
            .arg("serve")
            .env_clear()
            .env("KADA_CONFIG", file)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {KADA}"))?;
        let pid = child.id().context("the server has ended")?;
        wait_for(address).await?;
        Ok(Self {
            address,
            pid,
            child,
        })
    }

    /// The answer to a query.
    pub async fn ask(&self, token: &str, query: &str, variables: Value) -> anyhow::Result<Value> {
        let ask = Ask::graphql(token, query, &variables);
        let body = Asker::connect(self.address).await?.ask(&ask).await?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// The data of an answer without errors.
    pub async fn data(&self, token: &str, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut answer = self.ask(token, query, variables).await?;
        ensure!(answer.get("errors").is_none(), "{answer}");
        Ok(answer["data"].take())
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        end(self.child).await
    }
}

/// A Redis of the bench's own, with a password, that keeps nothing.
pub struct Redis {
    pub url: String,
    child: Child,
}

impl Redis {
    /// # Errors
    /// When `redis-server` is not installed.
    pub async fn start(home: &Path) -> anyhow::Result<Self> {
        let (address, password) = (free_address()?, hex::encode(rand::random::<[u8; 16]>()));
        let mut child = Command::new("redis-server")
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("redis-server is not installed")?;
        let configuration = format!(
            "bind {}\nport {}\nrequirepass {password}\ndir {}\nsave \"\"\nappendonly no\n",
            address.ip(),
            address.port(),
            home.display()
        );
        let mut input = child.stdin.take().context("the input of redis-server")?;
        input.write_all(configuration.as_bytes()).await?;
        drop(input);
        wait_for(address).await?;
        Ok(Self {
            url: format!("redis://default:{password}@{address}/"),
            child,
        })
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        end(self.child).await
    }
}

/// Writes the file that `kada serve` reads, and the operator's commands.
fn configure(
    data: &Data,
    listen: SocketAddr,
    redis: Option<&Redis>,
) -> anyhow::Result<std::path::PathBuf> {
    let issuer = data
        .issuer
        .config(&data.all().cloned().collect::<Vec<_>>())?;
    let configuration = json!({
        "http": { "listen": listen.to_string() },
        "database": {
            "url": data.serving_url(), "owner_url": data.owner_url(), "tenant_secret": data.secret(),
            "acquire_timeout_ms": PATIENT,
        },
        "redis": { "url": redis.map_or("", |it| &it.url) },
        "graphql": { "signing_secret": data.secret() },
        "rate": { "capacity": UNLIMITED, "refill_per_second": UNLIMITED },
        "issuer": [{
            "issuer": issuer.issuer, "tenants": issuer.tenants, "jwks_url": issuer.jwks_url,
            "audience": issuer.audience, "algorithms": issuer.algorithms,
        }],
    });
    let file = data.home.join("kada.toml");
    fs::write(&file, toml::to_string(&configuration)?)?;
    Ok(file)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn wait_for(address: SocketAddr) -> anyhow::Result<()> {
    let answering = async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, answering)
        .await
        .with_context(|| format!("nothing answers on {address}"))
}

/// Asks a process to end, and waits for it.
async fn end(mut child: Child) -> anyhow::Result<()> {
    if let Some(pid) = child.id() {
        kill(Pid::from_raw(pid.cast_signed()), Signal::SIGTERM)?;
    }
    child.wait().await?;
    Ok(())
}
