//! Files as answers: how large they may be, of which types, and how a type is told.

use serde_json::{Map, Value};

use super::field::FieldKind;
use super::flaw::{Fault, Reading, shortened};
use super::kinds::bound;
use super::schema::DESCRIBING;

/// No file is larger, whatever a form says.
pub const LARGEST_FILE: u64 = 5 * 1024 * 1024;

/// What a form may ask for; nothing that a browser would run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MediaType {
    Jpeg,
    Pdf,
    Png,
    Webp,
}

impl MediaType {
    pub const ALL: [MediaType; 4] = [
        MediaType::Jpeg,
        MediaType::Pdf,
        MediaType::Png,
        MediaType::Webp,
    ];

    /// Those of [`MediaType::ALL`] that are pictures.
    pub const PICTURES: [MediaType; 3] = [MediaType::Jpeg, MediaType::Png, MediaType::Webp];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MediaType::Jpeg => "image/jpeg",
            MediaType::Pdf => "application/pdf",
            MediaType::Png => "image/png",
            MediaType::Webp => "image/webp",
        }
    }

    /// How such files are called.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            MediaType::Jpeg => "jpg",
            MediaType::Pdf => "pdf",
            MediaType::Png => "png",
            MediaType::Webp => "webp",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// What a file is, by the bytes that it begins with: its name and what its sender calls it may be wrong.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|it| match it {
            MediaType::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            MediaType::Pdf => bytes.starts_with(b"%PDF-"),
            MediaType::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            MediaType::Webp => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        })
    }
}

/// `"x-file": { "maxBytes": 1000000, "types": ["image/jpeg", "application/pdf"] }`
pub(super) fn file(reading: &mut Reading, schema: &Map<String, Value>) -> Option<FieldKind> {
    reading.only(schema, &[&DESCRIBING[..], &["x-file"]].concat());
    let given = schema.get("x-file").unwrap_or(&Value::Null);
    reading.at("x-file", |reading| {
        let given = reading.object(given)?;
        reading.only(given, &["maxBytes", "types"]);
        let largest = bound(reading, given, "maxBytes", LARGEST_FILE, LARGEST_FILE);
        if largest == 0 {
            reading.refuse_at("maxBytes", Fault::BadValue);
        }
        let types = match given.get("types") {
            None => MediaType::ALL.to_vec(),
            Some(given) => reading.at("types", |reading| types(reading, given)),
        };
        Some(FieldKind::File { largest, types })
    })
}

fn types(reading: &mut Reading, given: &Value) -> Vec<MediaType> {
    let mut types: Vec<MediaType> = Vec::new();
    let named = reading.list(given, MediaType::ALL.len());
    for (at, name) in named.iter().enumerate() {
        match name.as_str().and_then(MediaType::parse) {
            Some(one) if types.contains(&one) => {
                reading.refuse_at(at, Fault::Twice(shortened(one.as_str())));
            }
            Some(one) => types.push(one),
            None => {
                let known = "image/jpeg | image/png | image/webp | application/pdf";
                reading.refuse_at(at, Fault::WrongType(known));
            }
        }
    }
    if types.is_empty() {
        reading.refuse(Fault::BadValue);
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some(MediaType::Png)),
            (b"\xff\xd8\xff\xe0....", Some(MediaType::Jpeg)),
            (b"%PDF-1.7 ...", Some(MediaType::Pdf)),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", Some(MediaType::Webp)),
            (b"RIFF\x01\x02\x03\x04WAVE", None),
            (b"RIFF", None),
            (b"<svg onload=alert(1)>", None),
            (b" %PDF-", None),
            (b"", None),
        ] {
            assert_eq!(MediaType::of(bytes), kind, "{}", bytes.escape_ascii());
        }
    }
}
