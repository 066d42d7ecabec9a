//! Files that people send: how large, of which types, how a type is told, and how long they wait for what names them.

use chrono::TimeDelta;

/// No file is larger.
pub const LARGEST_FILE: u64 = 5 * 1024 * 1024;

/// How long a file waits for something that names it, before it is forgotten.
pub const FILE_WAITS: TimeDelta = TimeDelta::hours(24);

/// How many files of one person may wait, and what they may come to.
pub const MOST_FILES_WAITING: u64 = 50;
pub const LARGEST_FILES_WAITING: u64 = 50 * 1024 * 1024;

/// What may be sent; nothing that a browser would run.
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
