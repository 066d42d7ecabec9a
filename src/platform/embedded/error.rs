//! Why the private cluster does not stand, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "PostgreSQL {oldest} or newer is not installed (looked in {looked}); install it \
         (Debian and Ubuntu: apt-get install postgresql) or name its bin directory in KADA_PG_BIN"
    )]
    NotInstalled { oldest: u32, looked: String },
    #[error(
        "the cluster in {} was made by PostgreSQL {made_by}, but here is only PostgreSQL {installed}; \
         install PostgreSQL {made_by} again, or remove {} to start over", data.display(), home.display()
    )]
    OtherVersion {
        data: PathBuf,
        home: PathBuf,
        made_by: u32,
        installed: String,
    },
    #[error(
        "another kada (process {pid}) is running on {}; stop it or choose another --home", home.display()
    )]
    InUse { home: PathBuf, pid: String },
    #[error(
        "{} holds a cluster but its secret is missing or damaged; put it back, or remove {} to start over",
        home.display(), home.display()
    )]
    NoSecret { home: PathBuf },
    #[error(
        "{} belongs to another user; start kada as that user, or remove {} to start over",
        data.display(), home.display()
    )]
    OtherOwner { data: PathBuf, home: PathBuf },
    #[error("{} keeps the cluster of {owner}; remove it if that home is gone", place.display())]
    Taken { place: PathBuf, owner: String },
    #[error(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as"
    )]
    NoAccount,
    #[error("{} is not a private directory of the user that runs PostgreSQL; remove it", socket.display())]
    Socket { socket: PathBuf },
    #[error("no cluster is running on {}; start it with `kada dev`", home.display())]
    NotRunning { home: PathBuf },
    #[error("PostgreSQL (process {pid}) is left over from an earlier start and does not stop")]
    Leftover { pid: i32 },
    #[error("initdb failed:\n{output}")]
    Initdb { output: String },
    #[error("PostgreSQL did not start; the end of {}:\n{tail}", log.display())]
    NotStarted { log: PathBuf, tail: String },
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl ClusterError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}
