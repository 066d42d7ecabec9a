//! Where the countries' files are: a directory on disk, or the copy that the binary carries.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tenants");

/// The countries that can be set up.
#[derive(Clone, Debug)]
pub enum Folders {
    Disk(PathBuf),
    Shipped,
}

/// One country's files, by their path below `tenants/<code>/`.
#[derive(Clone, Debug)]
pub struct Folder {
    code: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    Shipped(&'static Dir<'static>),
}

impl Folders {
    /// The named directory; without one, `tenants/` in the working directory if it is there, else the shipped files.
    #[must_use]
    pub fn find(named: Option<&Path>) -> Self {
        let local = || {
            Path::new("tenants")
                .is_dir()
                .then(|| PathBuf::from("tenants"))
        };
        match named.map(Path::to_path_buf).or_else(local) {
            Some(directory) => Self::Disk(directory),
            None => Self::Shipped,
        }
    }

    /// The codes of the countries, sorted.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn codes(&self) -> io::Result<Vec<String>> {
        let mut codes = Vec::new();
        match self {
            Self::Disk(directory) => {
                for entry in std::fs::read_dir(directory)? {
                    let entry = entry?;
                    if entry.path().join("tenant.toml").is_file() {
                        codes.push(entry.file_name().to_string_lossy().into_owned());
                    }
                }
            }
            Self::Shipped => codes.extend(
                SHIPPED
                    .dirs()
                    .map(|dir| dir.path().to_string_lossy().into_owned()),
            ),
        }
        codes.sort();
        Ok(codes)
    }

    /// One country's files.
    ///
    /// # Errors
    /// When there is no such country, with the codes of those that there are.
    pub fn folder(&self, code: &str) -> anyhow::Result<Folder> {
        let codes = self.codes()?;
        let place = codes
            .iter()
            .any(|it| it == code)
            .then_some(())
            .and_then(|()| match self {
                Self::Disk(directory) => Some(Place::Disk(directory.join(code))),
                Self::Shipped => SHIPPED.get_dir(code).map(Place::Shipped),
            });
        let Some(place) = place else {
            anyhow::bail!(
                "there is no country {code}; there are: {}",
                codes.join(", ")
            );
        };
        Ok(Folder {
            code: code.to_owned(),
            place,
        })
    }
}

impl Folder {
    /// A folder outside of any `tenants/`.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default();
        Self {
            code: name.to_string_lossy().into_owned(),
            place: Place::Disk(path.to_path_buf()),
        }
    }

    /// The folder's name, which is the country's code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The files of a folder inside, by their path from here, sorted; none when there is no such folder.
    #[must_use]
    pub fn files_in(&self, inside: &str, extension: &str) -> Vec<String> {
        let paths: Vec<PathBuf> = match &self.place {
            Place::Disk(directory) => {
                let entries = std::fs::read_dir(directory.join(inside));
                let entries = entries.into_iter().flatten().flatten();
                entries.map(|entry| entry.path()).collect()
            }
            Place::Shipped(dir) => {
                let found = dir.get_dir(dir.path().join(inside));
                let files = found.into_iter().flat_map(Dir::files);
                files.map(|file| file.path().to_path_buf()).collect()
            }
        };
        let wanted = paths
            .iter()
            .filter(|path| path.extension().is_some_and(|it| it == extension));
        let mut names: Vec<String> = wanted
            .filter_map(|path| Some(format!("{inside}/{}", path.file_name()?.to_str()?)))
            .collect();
        names.sort();
        names
    }

    /// A file's bytes; `None` when the folder has no such file.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn file(&self, path: &str) -> io::Result<Option<Cow<'static, [u8]>>> {
        match &self.place {
            Place::Disk(directory) => match std::fs::read(directory.join(path)) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
            Place::Shipped(dir) => Ok(dir
                .get_file(dir.path().join(path))
                .map(|file| Cow::Borrowed(file.contents()))),
        }
    }
}
