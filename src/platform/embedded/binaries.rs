//! Where Postgres is installed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::ClusterError;

const OLDEST: u32 = 14;

#[derive(Clone, Debug)]
pub(super) struct Binaries {
    directory: PathBuf,
    pub major: u32,
}

impl Binaries {
    /// The installation that fits the data: `made_by`'s own major version, or the first found for a new cluster.
    pub fn find(home: &Path, data: &Path, made_by: Option<u32>) -> Result<Self, ClusterError> {
        let places = places();
        let found: Vec<Self> = places.iter().filter_map(|place| Self::at(place)).collect();
        let fits = |one: &&Self| made_by.is_none_or(|major| one.major == major);
        if let Some(binaries) = found.iter().find(fits) {
            return Ok(binaries.clone());
        }
        match made_by {
            Some(made_by) if !found.is_empty() => Err(ClusterError::OtherVersion {
                data: data.to_owned(),
                home: home.to_owned(),
                made_by,
                installed: majors(&found),
            }),
            _ => Err(ClusterError::NotInstalled {
                oldest: OLDEST,
                looked: looked(&places),
            }),
        }
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn at(directory: &Path) -> Option<Self> {
        if !directory.join("initdb").is_file() {
            return None;
        }
        let answer = Command::new(directory.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let major = major(&String::from_utf8_lossy(&answer.stdout))?;
        (major >= OLDEST).then(|| Self {
            directory: directory.to_owned(),
            major,
        })
    }
}

fn places() -> Vec<PathBuf> {
    if let Some(chosen) = env::var_os("KADA_PG_BIN") {
        return vec![chosen.into()];
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&path)
        .filter(|place| place.is_absolute())
        .collect();
    places.extend(debian());
    places.push("/usr/local/pgsql/bin".into());
    places
}

/// Debian and Ubuntu keep every major version apart and out of `PATH`; the newest comes first.
fn debian() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let mut versions: Vec<u32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions
        .iter()
        .map(|version| format!("/usr/lib/postgresql/{version}/bin").into())
        .collect()
}

/// `postgres (Postgres) 15.18 (Debian …)` → 15; `17beta1` → 17.
fn major(answer: &str) -> Option<u32> {
    let version = answer.split_whitespace().nth(2)?;
    let end = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version[..end].parse().ok()
}

fn majors(found: &[Binaries]) -> String {
    let mut majors: Vec<u32> = found.iter().map(|one| one.major).collect();
    majors.sort_unstable();
    majors.dedup();
    let words: Vec<String> = majors.iter().map(u32::to_string).collect();
    words.join(", ")
}

fn looked(places: &[PathBuf]) -> String {
    let words: Vec<String> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_every_flavour() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 17beta1\n"), Some(17));
        assert_eq!(major("postgres (PostgreSQL) 18"), Some(18));
        assert_eq!(major("something else"), None);
    }
}
