//! FHIR R4 bundles as files, one resource at a time: no more of a file is held than the resource that is looked at.
//!
//! `*.json` files are Bundles of any type, `*.ndjson` files have one resource on each line, as bulk exports do.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::element::Reference;

/// What stands for the type of an entry that has no resource in it.
pub const EMPTY_ENTRY: &str = "Bundle.entry";

/// A resource as it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// `Practitioner`, `Location` …
    pub kind: String,
    /// Empty when the resource has none.
    pub id: String,
    /// The other name by which references may call it: that of a `urn:` address in its bundle.
    pub alias: Option<String>,
    /// Its elements, without type and id.
    pub body: Map<String, Value>,
}

/// Who is given each resource, and may say that it was enough.
pub type Each<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;

/// A file that cannot be read to its end, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Unreadable {
    /// The file, with line and column as far as they are known.
    pub place: String,
    pub reason: String,
}

impl Unreadable {
    fn new(place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self {
            place: place.to_string(),
            reason: reason.to_string(),
        }
    }

    fn of_json(file: &str, above: usize, error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let reason = said.split(" at line ").next().unwrap_or_default();
        let line = above + error.line();
        Self::new(format!("{file}:{line}:{}", error.column()), reason)
    }
}

/// Reads every bundle of a folder, in the order of the files' names.
///
/// # Errors
/// At the first file that cannot be read.
pub fn read_folder(folder: &Path, each: &mut Each<'_>) -> Result<(), Unreadable> {
    for path in files(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = File::open(&path).map_err(|error| Unreadable::new(&name, error))?;
        let source = BufReader::new(file);
        let flow = if path.extension().is_some_and(|it| it == "ndjson") {
            read_lines(&name, source, each)?
        } else {
            read_bundle(&name, source, each)?
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let refused = |error| Unreadable::new(folder.display(), error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let is_bundle = |it: &std::ffi::OsStr| it == "json" || it == "ndjson";
        if path.extension().is_some_and(is_bundle) && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        let reason = "has no .json and no .ndjson file";
        return Err(Unreadable::new(folder.display(), reason));
    }
    files.sort();
    Ok(files)
}

/// Reads one Bundle; `file` is what messages call it.
///
/// # Errors
/// When it is no Bundle, or breaks off.
pub fn read_bundle(
    file: &str,
    mut source: impl BufRead,
    each: &mut Each<'_>,
) -> Result<ControlFlow<()>, Unreadable> {
    skip_byte_order_mark(&mut source).map_err(|error| Unreadable::new(file, error))?;
    let mut stopped = false;
    let mut json = serde_json::Deserializer::from_reader(source);
    let bundle = Bundle {
        each,
        stopped: &mut stopped,
    };
    match bundle.deserialize(&mut json).and_then(|()| json.end()) {
        Err(_) if stopped => Ok(ControlFlow::Break(())),
        Err(error) => Err(Unreadable::of_json(file, 0, &error)),
        Ok(()) => Ok(ControlFlow::Continue(())),
    }
}

/// Reads resources, one on each line; `file` is what messages call it.
///
/// # Errors
/// At the first line that is no resource.
pub fn read_lines(
    file: &str,
    mut source: impl BufRead,
    each: &mut Each<'_>,
) -> Result<ControlFlow<()>, Unreadable> {
    skip_byte_order_mark(&mut source).map_err(|error| Unreadable::new(file, error))?;
    let mut line = String::new();
    for above in 0.. {
        line.clear();
        let read = source.read_line(&mut line);
        if read.map_err(|error| Unreadable::new(format!("{file}:{}", above + 1), error))? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let resource = serde_json::from_str(line.trim_end())
            .map_err(|error| Unreadable::of_json(file, above, &error))?;
        let entry = Entry {
            resource: Some(resource),
            ..Entry::default()
        };
        if each(entry.found()).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn skip_byte_order_mark(source: &mut impl BufRead) -> std::io::Result<()> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    if source.fill_buf()?.starts_with(MARK) {
        source.consume(MARK.len());
    }
    Ok(())
}

/// An entry of a Bundle; what else stands in it is about how it was sent.
#[derive(Default, Deserialize)]
#[serde(expecting = "an entry of a Bundle")]
struct Entry {
    #[serde(rename = "fullUrl")]
    full_url: Option<String>,
    resource: Option<Map<String, Value>>,
    request: Option<Request>,
}

#[derive(Deserialize)]
struct Request {
    url: Option<String>,
}

impl Entry {
    fn found(self) -> Found {
        let Some(mut body) = self.resource else {
            let url = self.request.and_then(|it| it.url).or(self.full_url);
            return Found {
                kind: EMPTY_ENTRY.to_owned(),
                id: url.unwrap_or_default(),
                alias: None,
                body: Map::new(),
            };
        };
        let mut text = |key: &str| match body.remove(key) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (kind, id) = (text("resourceType"), text("id"));
        let address = self.full_url.map(|url| Reference::parse(&url).id);
        let (id, alias) = match address {
            Some(address) if id.is_empty() => (address, None),
            address => (id.clone(), address.filter(|it| *it != id)),
        };
        Found {
            kind,
            id,
            alias,
            body,
        }
    }
}

/// A Bundle that hands on its entries while it is read.
struct Bundle<'a, 'b> {
    each: &'a mut Each<'b>,
    stopped: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Bundle<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Bundle<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a FHIR Bundle")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut is_bundle = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resourceType" => {
                    let kind: String = map.next_value()?;
                    if kind != "Bundle" {
                        return Err(A::Error::custom(format!("is a {kind}, no Bundle")));
                    }
                    is_bundle = true;
                }
                "entry" => map.next_value_seed(Entries {
                    each: &mut *self.each,
                    stopped: &mut *self.stopped,
                })?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if is_bundle {
            Ok(())
        } else {
            Err(A::Error::custom("has no resourceType, so it is no Bundle"))
        }
    }
}

struct Entries<'a, 'b> {
    each: &'a mut Each<'b>,
    stopped: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the entries of a Bundle")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element::<Entry>()? {
            if (self.each)(entry.found()).is_break() {
                *self.stopped = true;
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
