//! A private Postgres cluster for `kada dev`, from the installed binaries: reachable by a socket only its user can
//! enter, with a password for every role, so that tenants are as apart in development as in production.
//!
//! Environment: `KADA_PG_BIN` names the directory of `initdb` and `postgres` where several are installed.

mod binaries;
mod error;
mod place;
mod server;

use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use binaries::Binaries;
use place::Place;
use server::{PidFile, Server};

pub use error::ClusterError;

const SUPERUSER: &str = "postgres";
const PORT: u16 = 5432;

/// A running cluster; it stops when this is dropped.
pub struct Cluster {
    access: Access,
    // Dropped in this order: the place stays locked until the server has ended.
    _server: Server,
    _place: Place,
}

impl Cluster {
    /// Starts the cluster of a home directory, and makes both on the first start.
    ///
    /// # Errors
    /// Says what is missing or in the way, and what to do about it.
    pub async fn start(home: &Path, progress: impl Fn(&str)) -> Result<Self, ClusterError> {
        let place = Place::take(home)?;
        let data = place.data();
        let made_by = made_by(&data)?;
        let binaries = Binaries::find(&place.home, &data, made_by)?;
        let secret = match (read_secret(&place.home), made_by) {
            (Some(secret), _) => secret,
            (None, None) => create_secret(&place.home)?,
            (None, Some(_)) => {
                return Err(ClusterError::NoSecret {
                    home: place.home.clone(),
                });
            }
        };
        if made_by.is_some() {
            server::end_leftover(&place).await?;
        } else {
            progress("Creating a PostgreSQL cluster");
            server::initialise(&binaries, &place, &password(&secret)).await?;
        }
        progress(&format!("Starting PostgreSQL {}", binaries.major));
        let socket = place.socket()?;
        let server = Server::start(&binaries, &place, &socket, &progress).await?;
        Ok(Self {
            access: Access { socket, secret },
            _server: server,
            _place: place,
        })
    }

    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Ends the server and waits for it. Connections that are still open are cut.
    pub async fn stop(self) {
        // Only a panic in the drop could fail here, and it has been reported by then.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

/// How to reach a cluster that runs.
#[derive(Clone)]
pub struct Access {
    socket: PathBuf,
    secret: String,
}

impl Access {
    /// The cluster that another process runs on this home.
    ///
    /// # Errors
    /// If none runs, or its secret cannot be read.
    pub fn find(home: &Path) -> Result<Self, ClusterError> {
        let secret = read_secret(home).ok_or_else(|| ClusterError::NotRunning {
            home: home.to_owned(),
        })?;
        let running = PidFile::read(&home.join("postgres")).filter(|it| it.ready);
        match running {
            Some(PidFile { socket, .. }) => Ok(Self { socket, secret }),
            None => Err(ClusterError::NotRunning {
                home: home.to_owned(),
            }),
        }
    }

    /// The superuser, in the maintenance database.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(PORT)
            .username(SUPERUSER)
            .password(&password(&self.secret))
            .database("postgres")
            .ssl_mode(PgSslMode::Disable)
    }

    /// The address of a database for a role.
    #[must_use]
    pub fn url(&self, role: &str, password: &str, database: &str) -> String {
        let part = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        format!(
            "postgres://{}:{}@localhost:{PORT}/{}?sslmode=disable&host={}",
            part(role),
            part(password),
            part(database),
            part(&self.socket.to_string_lossy()),
        )
    }

    /// 64 hexadecimal digits, random, made once for each home; roles' passwords and signing keys derive from it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

fn password(secret: &str) -> String {
    hex::encode(Sha256::digest(format!("superuser {secret}")))
}

/// The major version that made the data; none if there is no data.
fn made_by(data: &Path) -> Result<Option<u32>, ClusterError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(version) => Ok(version.trim().parse().ok()),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(ClusterError::io("read", &path)(fault)),
    }
}

fn read_secret(home: &Path) -> Option<String> {
    let secret = fs::read_to_string(home.join("secret")).ok()?;
    let whole = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then_some(secret)
}

/// Written aside and moved into place, so that there is never half a secret.
fn create_secret(home: &Path) -> Result<String, ClusterError> {
    let secret = hex::encode(rand::random::<[u8; 32]>());
    let (aside, path) = (home.join("secret.new"), home.join("secret"));
    place::private_file(&aside, &secret)?;
    fs::rename(&aside, &path).map_err(ClusterError::io("write", &path))?;
    Ok(secret)
}
