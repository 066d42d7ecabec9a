//! What a photo has to be. No SQL, no clock.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Paint, Picture, bare};
use crate::kernel::{MediaType, PhotoId, Reason, WorkerId};
use crate::workforce::{Objection, Refusal};

/// Bytes that a photo may have.
const LARGEST: usize = 512 * 1024;

/// Pixels that it may have a side.
pub(super) const LONGEST_SIDE: u16 = 2_000;

/// A photo that is kept; its bytes are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    pub id: PhotoId,
    pub media_type: String,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// A photo to save.
#[derive(Clone, Debug)]
pub struct SavePhoto {
    pub worker: WorkerId,
    pub base_version: i32,
    /// `Some(None)` says that there is none any more; what is not said at all is a mistake.
    pub file: Option<Option<Bytes>>,
    /// What its sender takes it for.
    pub declared: Option<String>,
}

/// Why a picture is no photo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoFault {
    #[error("more bytes than a photo may have")]
    TooHeavy,
    #[error("neither a JPEG nor a PNG picture")]
    TypeNotAdmitted,
    #[error("something else than {0}")]
    OtherType(String),
    #[error("more pixels than a photo may have")]
    TooManyPixels,
    #[error("it cannot be read to its end as a picture")]
    Damaged,
}

impl Reason for PhotoFault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooHeavy => "FILE_TOO_HEAVY",
            Self::TypeNotAdmitted => "PHOTO_TYPE_NOT_ADMITTED",
            Self::OtherType(_) => "OTHER_TYPE",
            Self::TooManyPixels => "TOO_MANY_PIXELS",
            Self::Damaged => "PICTURE_DAMAGED",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooHeavy => vec![("limit", LARGEST.to_string())],
            Self::OtherType(declared) => vec![("value", declared.clone())],
            Self::TooManyPixels => vec![("limit", LONGEST_SIDE.to_string())],
            Self::TypeNotAdmitted | Self::Damaged => Vec::new(),
        }
    }
}

impl SavePhoto {
    /// The photo that there is from now on, with its bytes, without what was written beside it; unpacks the picture.
    pub(super) fn read(self) -> Result<Option<(Photo, Bytes)>, Refusal> {
        let refuse = |fault, field| Objection::Photo(fault).at(&[field]);
        let Some(bytes) = self.file.ok_or_else(|| Objection::Missing.at(&["file"]))? else {
            return Ok(None);
        };
        if bytes.len() > LARGEST {
            return Err(refuse(PhotoFault::TooHeavy, "file"));
        }
        let found = MediaType::of(&bytes).filter(|it| admits(*it));
        let found = found.ok_or_else(|| refuse(PhotoFault::TypeNotAdmitted, "file"))?;
        if let Some(declared) = &self.declared
            && !declared.eq_ignore_ascii_case(found.as_str())
        {
            let declared = declared.chars().take(60).collect();
            return Err(refuse(PhotoFault::OtherType(declared), "mediaType"));
        }
        let picture = Picture::read(&bytes).map_err(|fault| refuse(fault, "file"))?;
        let bare = match picture.paint {
            Paint::Jpeg => bare::jpeg(&bytes, picture.turn),
            Paint::Pixels(_) => bare::png(&bytes),
        };
        let bytes = Bytes::from(bare.ok_or_else(|| refuse(PhotoFault::Damaged, "file"))?);
        let photo = Photo {
            id: PhotoId::new(),
            media_type: found.as_str().to_owned(),
            size: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(&bytes)),
        };
        Ok(Some((photo, bytes)))
    }
}

fn admits(media_type: MediaType) -> bool {
    matches!(media_type, MediaType::Jpeg | MediaType::Png)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7 and the decree";

    fn png() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(&[0; 4]).expect("the pixels");
        writer.finish().expect("an end");
        bytes
    }

    fn save(file: &[u8], declared: Option<&str>) -> SavePhoto {
        SavePhoto {
            worker: WorkerId::new(),
            base_version: 1,
            file: Some(Some(Bytes::copy_from_slice(file))),
            declared: declared.map(str::to_owned),
        }
    }

    #[test]
    fn a_photo_is_told_by_what_it_is() {
        let png = png();
        for declared in [None, Some("image/png"), Some("Image/PNG")] {
            let read = save(&png, declared).read().expect("a photo");
            let (photo, bytes) = read.expect("a photo");
            assert_eq!(
                (photo.media_type.as_str(), photo.size),
                ("image/png", bytes.len() as u64)
            );
            assert_eq!(photo.sha256, hex::encode(Sha256::digest(&png)));
            assert_eq!(bytes, png);
        }
    }

    #[test]
    fn null_takes_the_photo_away_and_nothing_at_all_is_a_mistake() {
        let of = |file| SavePhoto {
            file,
            ..save(b"", Some("image/png"))
        };
        assert_eq!(of(Some(None)).read().expect("none"), None);
        let refusal = of(None).read().expect_err("a mistake");
        assert_eq!(refusal.objection.code(), "MISSING");
        assert_eq!(refusal.path, ["file"]);
    }

    #[test]
    fn what_is_no_photo_is_refused_by_its_field() {
        let png = png();
        let heavy = [&png[..], &vec![0; LARGEST]].concat();
        for (file, declared, expected) in [
            (&heavy[..], None, ["FILE_TOO_HEAVY", "file", "limit 524288"]),
            (PDF, None, ["PHOTO_TYPE_NOT_ADMITTED", "file", ""]),
            (b"", None, ["PHOTO_TYPE_NOT_ADMITTED", "file", ""]),
            (
                &png,
                Some("image/jpeg"),
                ["OTHER_TYPE", "mediaType", "value image/jpeg"],
            ),
            (&png[..png.len() - 1], None, ["PICTURE_DAMAGED", "file", ""]),
        ] {
            let refusal = save(file, declared).read().expect_err("no photo");
            let arguments = refusal.objection.arguments().into_iter();
            let told: Vec<String> = arguments.map(|(name, it)| format!("{name} {it}")).collect();
            let said = [
                refusal.objection.code(),
                &refusal.path.join("."),
                &told.concat(),
            ];
            assert_eq!(said, expected);
        }
    }
}
