//! An issuer's key set, fetched and kept. One fetch at a time and at most one in ten seconds, whatever tokens
//! arrive; while the issuer does not answer, the keys already known go on working.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::TimeDelta;
use reqwest::{Client, Url};
use tokio::io::AsyncReadExt;
use tokio::sync::{Mutex, watch};

use super::keys::{Algorithm, Key, KeySet};
use crate::kernel::{Clock, Instant};
use crate::platform::tls;

const REST: TimeDelta = TimeDelta::seconds(10);
const MAX_AGE: TimeDelta = TimeDelta::minutes(10);
const TIMEOUT: Duration = Duration::from_secs(3);
const MOST_BYTES: usize = 256 * 1024;

pub(super) struct Jwks {
    place: Place,
    clock: Clock,
    known: watch::Sender<Known>,
    flight: Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: Arc<KeySet>,
    /// Rises whenever the set has changed.
    generation: u64,
    fetched: Option<Instant>,
    attempted: Option<Instant>,
}

impl Jwks {
    pub(super) fn new(place: Place, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            place,
            clock,
            known: watch::Sender::new(Known::default()),
            flight: Mutex::new(()),
        })
    }

    /// The key for a token, with the generation of the set that held it.
    pub(super) async fn key(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Option<(Arc<Key>, u64)> {
        self.freshen().await;
        if let Some(found) = self.find(kid, algorithm) {
            return Some(found);
        }
        self.refetch().await;
        self.find(kid, algorithm)
    }

    /// The generation that holds now; what an older one has let in must be looked at again.
    pub(super) async fn generation(self: &Arc<Self>) -> u64 {
        self.freshen().await;
        self.known.borrow().generation
    }

    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<(Arc<Key>, u64)> {
        let known = self.known.borrow();
        let key = known.keys.find(kid, algorithm)?;
        Some((key, known.generation))
    }

    /// Renews an old set behind the caller's back. Only after a long silence does the caller wait for it:
    /// a key that was withdrawn meanwhile must not be accepted once more.
    async fn freshen(self: &Arc<Self>) {
        let now = self.clock.now();
        let (fetched, attempted) = {
            let known = self.known.borrow();
            (known.fetched, known.attempted)
        };
        if fetched.is_none() || within(MAX_AGE, fetched, now) {
            return;
        }
        if !within(MAX_AGE * 2, attempted, now) {
            self.refetch().await;
        } else if !within(REST, attempted, now) {
            let this = Arc::clone(self);
            tokio::spawn(async move { this.fetch().await });
        }
    }

    /// In a task of its own: a client that hangs up must not cut off the fetch for everybody else.
    async fn refetch(self: &Arc<Self>) {
        let this = Arc::clone(self);
        if let Err(error) = tokio::spawn(async move { this.fetch().await }).await {
            tracing::error!(%error, "the fetch of a key set broke off");
        }
    }

    /// Whoever waits for another's fetch finds it done, and leaves.
    async fn fetch(&self) {
        let _alone = self.flight.lock().await;
        let now = self.clock.now();
        if within(REST, self.known.borrow().attempted, now) {
            return;
        }
        self.known.send_modify(|known| known.attempted = Some(now));
        match self.place.read().await {
            Ok(keys) => self.replace(keys, now),
            Err(error) => {
                tracing::warn!(jwks = %self.place, error = format!("{error:#}"), "a key set could not be fetched");
            }
        }
    }

    fn replace(&self, keys: KeySet, now: Instant) {
        if keys.is_empty() {
            tracing::warn!(jwks = %self.place, "the key set holds no usable key");
        }
        self.known.send_modify(|known| {
            known.fetched = Some(now);
            if !keys.is_the_same_as(&known.keys) {
                known.keys = Arc::new(keys);
                known.generation += 1;
            }
        });
    }
}

/// Whether `then` lies less than `span` back. A clock that was set back counts as time passed.
fn within(span: TimeDelta, then: Option<Instant>, now: Instant) -> bool {
    then.is_some_and(|then| (TimeDelta::zero()..span).contains(&(now - then)))
}

/// Where a key set is published.
pub(super) enum Place {
    /// For a box without a network.
    File(PathBuf),
    Http(Client, Url),
}

impl Place {
    pub(super) fn new(url: &str, client: &Client) -> anyhow::Result<Self> {
        let url = Url::parse(url)?;
        match url.scheme() {
            "file" => url
                .to_file_path()
                .map(Self::File)
                .map_err(|()| anyhow::anyhow!("is no path on this machine")),
            "https" => Ok(Self::Http(client.clone(), url)),
            "http" if is_loopback(&url) => Ok(Self::Http(client.clone(), url)),
            _ => anyhow::bail!("must be https: (http: only on this machine) or file:"),
        }
    }

    async fn read(&self) -> anyhow::Result<KeySet> {
        let body = match self {
            Self::File(path) => {
                let mut body = Vec::new();
                let file = tokio::fs::File::open(path).await?;
                file.take(MOST_BYTES as u64 + 1)
                    .read_to_end(&mut body)
                    .await?;
                body
            }
            Self::Http(client, url) => download(client, url).await?,
        };
        ensure!(body.len() <= MOST_BYTES, "more than {MOST_BYTES} bytes");
        KeySet::read(&body)
    }
}

async fn download(client: &Client, url: &Url) -> anyhow::Result<Vec<u8>> {
    let mut answer = client.get(url.clone()).send().await?;
    ensure!(answer.status().as_u16() == 200, "{}", answer.status());
    let mut body = Vec::new();
    while body.len() <= MOST_BYTES
        && let Some(chunk) = answer.chunk().await?
    {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Http(_, url) => write!(f, "{url}"),
        }
    }
}

/// Follows no redirect.
pub(super) fn client() -> anyhow::Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(tls::trust()?)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .user_agent(concat!("kada/", env!("CARGO_PKG_VERSION")))
        .build()
        .context("the client that fetches key sets")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_sets_come_by_tls_or_from_this_machine() {
        let client = client().expect("a client");
        for url in [
            "https://id.sante.example/certs",
            "http://127.0.0.1:9/certs",
            "http://[::1]:9/certs",
            "http://localhost/certs",
            "file:///etc/kada/keys.json",
        ] {
            assert!(Place::new(url, &client).is_ok(), "{url}");
        }
        for url in [
            "",
            "certs",
            "http://id.sante.example/certs",
            "http://127.0.0.1.example/certs",
            "ftp://127.0.0.1/certs",
            "data:,{}",
            "file://elsewhere/keys.json",
        ] {
            assert!(Place::new(url, &client).is_err(), "{url}");
        }
    }
}
