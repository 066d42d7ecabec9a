//! The Postgres process: made, started, stopped, and found again when an earlier kada was killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::binaries::Binaries;
use super::place::{Place, remove};
use super::{ClusterError, PORT, SUPERUSER};

/// What a developer's machine can spare; everything else as Postgres has it, durability included.
const SETTINGS: [&str; 9] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "password_encryption=scram-sha-256",
    "max_connections=200",
    "max_wal_size=2GB",
    "random_page_cost=1.1",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_line_prefix=%m [%p] %q%u@%d ",
];

const TICK: Duration = Duration::from_millis(10);

/// Fast, then immediate, then the last resort, each with the time that it is given.
const STOPS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(15)),
    (Signal::SIGQUIT, Duration::from_secs(5)),
    (Signal::SIGKILL, Duration::from_secs(2)),
];

/// Makes a cluster beside its place and moves it there when complete: an interrupted start leaves none.
pub(super) async fn initialise(
    binaries: &Binaries,
    place: &Place,
    password: &str,
) -> Result<(), ClusterError> {
    let mut outcome = initdb(binaries, place, password, "C.UTF-8").await;
    if let Err(ClusterError::Initdb { output }) = &outcome
        && output.contains("invalid locale name")
    {
        outcome = initdb(binaries, place, password, "C").await;
    }
    outcome?;
    let (made, data, staging) = (place.staging().join("data"), place.data(), place.staging());
    fs::rename(&made, &data).map_err(ClusterError::io("create", &data))?;
    remove(&staging)
}

async fn initdb(
    binaries: &Binaries,
    place: &Place,
    password: &str,
    locale: &str,
) -> Result<(), ClusterError> {
    let staging = place.staging();
    let password_file = staging.join("password");
    remove(&staging)?;
    place.account.directory(&staging)?;
    place.account.file(&password_file, password)?;
    let program = binaries.program("initdb");
    let mut command = place.account.command(&program);
    command
        .arg("--pgdata")
        .arg(staging.join("data"))
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--locale", locale]);
    let done = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(ClusterError::io("run", &program))?;
    if done.status.success() {
        return Ok(());
    }
    Err(ClusterError::Initdb {
        output: String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned(),
    })
}

/// Our child. It has a process group of its own, so that Ctrl-C reaches kada alone and clients are let go first.
pub(super) struct Server {
    child: Child,
    socket: PathBuf,
}

impl Server {
    pub async fn start(
        binaries: &Binaries,
        place: &Place,
        socket: &Path,
        progress: &impl Fn(&str),
    ) -> Result<Self, ClusterError> {
        let log = place.log();
        let output = File::create(&log).map_err(ClusterError::io("create", &log))?;
        let errors = output.try_clone().map_err(ClusterError::io("open", &log))?;
        let child = command(binaries, place, socket)
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(ClusterError::io("run", &binaries.program("postgres")))?;
        let mut server = Self {
            child,
            socket: socket.to_owned(),
        };
        server.ready(&place.data(), &log, progress).await?;
        Ok(server)
    }

    async fn ready(
        &mut self,
        data: &Path,
        log: &Path,
        progress: &impl Fn(&str),
    ) -> Result<(), ClusterError> {
        let began = Instant::now();
        let mut patient = false;
        loop {
            let status = PidFile::read(data);
            if status.is_some_and(|it| it.ready && it.pid == self.pid().as_raw()) {
                return Ok(());
            }
            if !matches!(self.child.try_wait(), Ok(None)) {
                return Err(ClusterError::NotStarted {
                    log: log.to_owned(),
                    tail: tail(log),
                });
            }
            if !patient && began.elapsed() > Duration::from_secs(3) {
                progress("Postgres is recovering from an unclean stop");
                patient = true;
            }
            tokio::time::sleep(TICK).await;
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.pid();
        stop(pid, || !matches!(self.child.try_wait(), Ok(None)));
        // Empty by now; where it is not, the next start meets it again.
        let _ = fs::remove_dir(&self.socket);
    }
}

fn command(binaries: &Binaries, place: &Place, socket: &Path) -> Command {
    let mut command = place.account.command(&binaries.program("postgres"));
    let quoted = socket.display().to_string().replace('"', "\"\"");
    command
        .arg("-D")
        .arg(place.data())
        .args(["-p", &PORT.to_string()])
        .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
        .args(["-c", &format!("unix_socket_directories=\"{quoted}\"")]);
    command
}

/// Ends the server that an earlier, killed kada left running, and drops the pid file of one that is gone.
pub(super) async fn end_leftover(place: &Place) -> Result<(), ClusterError> {
    let data = place.data();
    let Some(PidFile { pid, .. }) = PidFile::read(&data) else {
        return Ok(());
    };
    if runs_on(pid, &data) {
        let watched = data.clone();
        let ended = tokio::task::spawn_blocking(move || {
            stop(Pid::from_raw(pid), || !runs_on(pid, &watched))
        });
        if !ended.await.unwrap_or(false) {
            return Err(ClusterError::Leftover { pid });
        }
    }
    // Postgres would refuse to start while some other program has that pid. We hold the place's lock, and its
    // own guard against backends that are still alive is the shared memory segment, not this file.
    let stale = data.join("postmaster.pid");
    if stale.exists() {
        fs::remove_file(&stale).map_err(ClusterError::io("remove", &stale))?;
    }
    Ok(())
}

/// Sends one stop after the other until `gone`; false when it outlives them all.
fn stop(pid: Pid, mut gone: impl FnMut() -> bool) -> bool {
    for (signal, patience) in STOPS {
        if gone() {
            return true;
        }
        // The process may end in between; whether it did is what `gone` tells.
        let _ = kill(pid, signal);
        let began = Instant::now();
        while began.elapsed() < patience {
            if gone() {
                return true;
            }
            thread::sleep(TICK);
        }
    }
    gone()
}

/// Whether that process is a Postgres server on this data: its working directory is the data directory.
fn runs_on(pid: i32, data: &Path) -> bool {
    if Path::new("/proc/self").exists() {
        return fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data);
    }
    Command::new("ps")
        .args(["-o", "args=", "-p", &pid.to_string()])
        .output()
        .is_ok_and(|shown| {
            String::from_utf8_lossy(&shown.stdout).contains(&*data.to_string_lossy())
        })
}

/// What `postmaster.pid` says, a fixed fact on each line.
pub(super) struct PidFile {
    pub pid: i32,
    pub socket: PathBuf,
    pub ready: bool,
}

impl PidFile {
    pub fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid: lines.first()?.parse().ok().filter(|pid| *pid > 1)?,
            socket: lines.get(4).copied().unwrap_or_default().into(),
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::PidFile;

    #[test]
    fn a_pid_file_grows_line_by_line() {
        let text =
            "4711\n/home/.kada/postgres\n1700000000\n5432\n/tmp/kada\n\n  5432001   3\nready   \n";
        let whole = PidFile::parse(text).expect("complete");
        assert_eq!(
            (whole.pid, whole.socket.to_str(), whole.ready),
            (4711, Some("/tmp/kada"), true)
        );
        let begun = PidFile::parse("4711\n/home/.kada/postgres\n").expect("only begun");
        assert!(!begun.ready);
        assert!(PidFile::parse("").is_none());
        assert!(
            PidFile::parse("-1\n").is_none(),
            "would signal every process"
        );
    }
}
