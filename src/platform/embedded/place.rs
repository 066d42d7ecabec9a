//! Where the cluster lives and as whom it runs.
//!
//! Data stands in `<home>/postgres`. Postgres refuses to run as root, so root's cluster runs as `postgres` (or
//! `nobody`); where that user cannot reach the home (`/root` is closed to all others), the data stands under
//! `/var/lib/kada` and `<home>/postgres` is a link to it.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{
    DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, symlink,
};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{User, getegid, geteuid};
use sha2::{Digest, Sha256};

use super::ClusterError;

const ELSEWHERE: &str = "/var/lib/kada";

/// A socket's whole path has 107 bytes at most; `/.s.PGSQL.5432` takes 14 of them.
const LONGEST_SOCKET_DIRECTORY: usize = 107 - 14;

/// The user that runs Postgres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
    dropped: bool,
}

impl Account {
    fn choose(home: &Path, data: &Path) -> Result<Self, ClusterError> {
        let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
        let owner = fs::metadata(data)
            .ok()
            .map(|found| (found.uid(), found.gid()));
        match owner {
            Some((owner, group)) if uid == 0 && owner != 0 => Ok(Self {
                uid: owner,
                gid: group,
                dropped: true,
            }),
            Some((owner, _)) if owner != uid => Err(ClusterError::OtherOwner {
                data: data.to_owned(),
                home: home.to_owned(),
            }),
            _ if uid == 0 => Self::unprivileged(),
            _ => Ok(Self {
                uid,
                gid,
                dropped: false,
            }),
        }
    }

    fn unprivileged() -> Result<Self, ClusterError> {
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                dropped: true,
            })
            .ok_or(ClusterError::NoAccount)
    }

    /// A command that runs as this user, in the C locale, deaf to the caller's `PG…` variables and terminal.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .env("LC_ALL", "C")
            .process_group(0)
            .stdin(std::process::Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.as_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        if self.dropped {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Makes a directory that only this user (and root) can enter.
    pub fn directory(&self, path: &Path) -> Result<(), ClusterError> {
        directory(path, 0o700)?;
        self.own(path)
    }

    /// Writes a file that only this user (and root) can read.
    pub fn file(&self, path: &Path, content: &str) -> Result<(), ClusterError> {
        private_file(path, content)?;
        self.own(path)
    }

    fn own(&self, path: &Path) -> Result<(), ClusterError> {
        if self.dropped {
            chown(path, Some(self.uid), Some(self.gid))
                .map_err(ClusterError::io("give away", path))?;
        }
        Ok(())
    }

    fn can_reach(&self, directory: &Path) -> bool {
        directory.ancestors().all(|step| {
            fs::metadata(step).is_ok_and(|found| {
                let bit = if found.uid() == self.uid {
                    0o100
                } else if found.gid() == self.gid {
                    0o010
                } else {
                    0o001
                };
                found.mode() & bit != 0
            })
        })
    }
}

/// The directory that holds the data, its lock and the socket. Held by one process at a time.
pub(super) struct Place {
    pub home: PathBuf,
    pub account: Account,
    directory: PathBuf,
    /// The kernel gives the lock back when this process ends, however it ends.
    _lock: File,
}

impl Place {
    pub fn take(home: &Path) -> Result<Self, ClusterError> {
        directory(home, if geteuid().is_root() { 0o711 } else { 0o700 })?;
        let home = fs::canonicalize(home).map_err(ClusterError::io("find", home))?;
        let linked = home.join("postgres");
        let account = Account::choose(&home, &linked)?;
        let directory = match fs::canonicalize(&linked) {
            Ok(data) => data.parent().unwrap_or(&home).to_owned(),
            Err(_) if account.dropped && !account.can_reach(&home) => elsewhere(&home)?,
            Err(_) => home.clone(),
        };
        let lock = lock(&home, &directory)?;
        let place = Self {
            home,
            account,
            directory,
            _lock: lock,
        };
        place.link()?;
        Ok(place)
    }

    pub fn data(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    pub fn staging(&self) -> PathBuf {
        self.directory.join("postgres.new")
    }

    pub fn log(&self) -> PathBuf {
        self.home.join("postgres.log")
    }

    /// A directory for the socket: beside the data, or a short name in `/tmp` where that would be too long.
    pub fn socket(&self) -> Result<PathBuf, ClusterError> {
        let beside = self.directory.join("socket");
        let socket = if beside.as_os_str().len() <= LONGEST_SOCKET_DIRECTORY {
            beside
        } else {
            PathBuf::from(format!("/tmp/kada-{}", digest(&self.directory)))
        };
        if fs::symlink_metadata(&socket).is_err() {
            self.account.directory(&socket)?;
        }
        // `/tmp` is everybody's: what stands there already must be ours.
        let found = fs::symlink_metadata(&socket).map_err(ClusterError::io("read", &socket))?;
        let private = found.mode() & 0o777 == 0o700;
        if found.is_dir() && found.uid() == self.account.uid && private {
            Ok(socket)
        } else {
            Err(ClusterError::Socket { socket })
        }
    }

    /// Ties a home to its place elsewhere. Data there without the home's link is of a home that was removed.
    fn link(&self) -> Result<(), ClusterError> {
        if self.directory == self.home {
            return Ok(());
        }
        let (link, owner, data) = (
            self.home.join("postgres"),
            self.directory.join("home"),
            self.data(),
        );
        if fs::canonicalize(&link).is_err() {
            if let Ok(owner) = fs::read(&owner)
                && owner != self.home.as_os_str().as_bytes()
            {
                return Err(ClusterError::Taken {
                    place: self.directory.clone(),
                    owner: Path::new(OsStr::from_bytes(&owner)).display().to_string(),
                });
            }
            remove(&data)?;
            if fs::symlink_metadata(&link).is_ok() {
                fs::remove_file(&link).map_err(ClusterError::io("remove", &link))?;
            }
            symlink(&data, &link).map_err(ClusterError::io("write", &link))?;
        }
        fs::write(&owner, self.home.as_os_str().as_bytes())
            .map_err(ClusterError::io("write", &owner))
    }
}

fn elsewhere(home: &Path) -> Result<PathBuf, ClusterError> {
    let place = Path::new(ELSEWHERE).join(digest(home));
    directory(Path::new(ELSEWHERE), 0o711)?;
    directory(&place, 0o711)?;
    Ok(place)
}

fn digest(path: &Path) -> String {
    let mut digest = hex::encode(Sha256::digest(path.as_os_str().as_bytes()));
    digest.truncate(16);
    digest
}

fn lock(home: &Path, directory: &Path) -> Result<File, ClusterError> {
    let path = directory.join("lock");
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(ClusterError::io("open", &path))?;
    match lock.try_lock() {
        Ok(()) => {
            lock.set_len(0)
                .and_then(|()| write!(lock, "{}", std::process::id()))
                .map_err(ClusterError::io("write", &path))?;
            Ok(lock)
        }
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            lock.read_to_string(&mut pid)
                .map_err(ClusterError::io("read", &path))?;
            Err(ClusterError::InUse {
                home: home.to_owned(),
                pid,
            })
        }
        Err(TryLockError::Error(source)) => Err(ClusterError::io("lock", &path)(source)),
    }
}

/// Makes a directory and its parents; one that stands already keeps its mode.
fn directory(path: &Path, mode: u32) -> Result<(), ClusterError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(ClusterError::io("create", parent))?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        // The umask may have taken away what others need to pass through.
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(mode)),
        Err(_) if path.is_dir() => Ok(()),
        Err(fault) => Err(fault),
    }
    .map_err(ClusterError::io("create", path))
}

pub(super) fn private_file(path: &Path, content: &str) -> Result<(), ClusterError> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content.as_bytes()))
        .map_err(ClusterError::io("write", path))
}

pub(super) fn remove(path: &Path) -> Result<(), ClusterError> {
    match fs::remove_dir_all(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
            Err(ClusterError::io("remove", path)(fault))
        }
        _ => Ok(()),
    }
}
