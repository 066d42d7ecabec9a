//! A photo without what cameras and programs write beside it: where and when it was taken, with what, of whom. What says how
//! it looks stays: its colours, and how the camera was held.

use super::turn::Turn;

/// What marks the part of a JPEG that tells of the file, and its end.
const FILE: u8 = 0xe0;
const END: u8 = 0xd9;

/// A JPEG of which nothing follows its end; `None` when that is missing: decoders make up what is before it.
pub(super) fn jpeg(bytes: &[u8], turn: Turn) -> Option<Vec<u8>> {
    let mut bare = Vec::with_capacity(bytes.len());
    let (start, mut rest) = bytes.split_at_checked(2)?;
    bare.extend(start);
    let mut note = (turn != Turn::NONE).then(|| held(turn));
    loop {
        // Between its parts stands nothing, or the packed picture, in which no marker is but those that count it off.
        let marker = |it: &[u8]| it[0] == 0xff && !matches!(it[1], 0 | 0xd0..=0xd7 | 0xff);
        let at = rest.windows(2).position(marker)?;
        let (between, part) = rest.split_at(at);
        bare.extend(between);
        if part[1] == END {
            bare.extend([0xff, END]);
            return Some(bare);
        }
        let length = part[2..].first_chunk().map(|it| u16::from_be_bytes(*it))?;
        let (part, after) = part.split_at_checked(2 + usize::from(length))?;
        if tells_how_it_looks(part) {
            // The part of the file itself stands first.
            if part[1] != FILE
                && let Some(note) = note.take()
            {
                bare.extend(note?);
            }
            bare.extend(part);
        }
        rest = after;
    }
}

/// The part that says how the camera was held, and nothing else.
fn held(turn: Turn) -> Option<Vec<u8>> {
    let content = [&b"Exif\0\0"[..], &turn.noted()].concat();
    let length = u16::try_from(content.len() + 2).ok()?;
    Some([&[0xff, 0xe1][..], &length.to_be_bytes(), &content].concat())
}

/// Of the parts that are for programs, these alone: of the file itself, of its colours, and of how they are packed.
fn tells_how_it_looks(part: &[u8]) -> bool {
    const COMMENT: u8 = 0xfe;
    let content = part.get(4..).unwrap_or_default();
    match part[1] {
        FILE => content.starts_with(b"JFIF\0"),
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        0xe1..=0xef | COMMENT => false,
        _ => true,
    }
}

/// A PNG with the chunks that it is drawn by; `None` when its end is missing.
pub(super) fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    /// Transparency, colours and proportions.
    const LOOKS: [&[u8]; 8] = [
        b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    ];
    let mut bare = Vec::with_capacity(bytes.len());
    let (signature, mut rest) = bytes.split_at_checked(8)?;
    bare.extend(signature);
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        // Its length, its kind and its sum come to twelve bytes more.
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind = &chunk[4..8];
        if kind[0].is_ascii_uppercase() || LOOKS.contains(&kind) {
            bare.extend(chunk);
        }
        if kind == b"IEND" {
            return Some(bare);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::super::turn::tests::held as noted;
    use super::*;

    fn part(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).expect("a short part");
        [&[0xff, marker][..], &length.to_be_bytes(), content].concat()
    }

    #[test]
    fn of_a_jpeg_that_stays_which_says_how_it_looks() {
        let kept = [
            part(0xe0, b"JFIF\0\x01\x01"),
            part(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
            part(0xee, b"Adobe\0d"),
            part(0xdb, b"table"),
        ];
        let scan = [part(0xda, b"scan"), b"\x12\xff\0\xff\xd0\x34".to_vec()].concat();
        let gone = [
            part(
                0xe1,
                &[&b"Exif\0\0"[..], &noted(6, true), b"Bamako"].concat(),
            ),
            part(0xe1, b"http://ns.adobe.com/xap/1.0/\0Bamako"),
            part(0xe0, b"JFXX\0thumbnail"),
            part(0xe2, b"MPF\0more pictures"),
            part(0xed, b"Photoshop 3.0\0Awa"),
            part(0xfe, b"by Awa"),
        ];
        let [before, later] = [gone.concat(), gone[1..].concat()];
        let full = [
            b"\xff\xd8",
            &before[..],
            &kept.concat(),
            &scan,
            &later,
            b"\xff\xd9trailer",
        ]
        .concat();
        let plain = [&b"\xff\xd8"[..], &kept.concat(), &scan, b"\xff\xd9"].concat();
        assert_eq!(jpeg(&full, Turn::NONE), Some(plain.clone()));
        assert_eq!(jpeg(&plain, Turn::NONE), Some(plain));

        let turn = Turn::of_exif(&noted(6, true)).expect("a turn");
        let turned = jpeg(&full, turn).expect("whole");
        let exif = turned.windows(6).position(|it| it == b"Exif\0\0");
        let exif = exif.expect("it is noted") + 6;
        assert_eq!(Turn::of_exif(&turned[exif..]), Some(turn));
        assert!(turned.starts_with(b"\xff\xd8\xff\xe0"));
        assert_eq!(jpeg(&turned, turn), Some(turned.clone()));
        for word in ["Bamako", "Awa", "thumbnail", "more", "trailer", "Ka\0"] {
            let word = word.as_bytes();
            assert!(turned.windows(word.len()).all(|it| it != word), "{word:?}");
        }
    }

    #[test]
    fn of_a_png_that_stays_which_says_how_it_looks() {
        let chunk = |kind: &[u8; 4], content: &[u8]| {
            let length = u32::try_from(content.len()).expect("short");
            [&length.to_be_bytes()[..], kind, content, b"sums"].concat()
        };
        let signature = b"\x89PNG\r\n\x1a\n";
        let (head, end) = (chunk(b"IHDR", b"head"), chunk(b"IEND", b""));
        let kept = [chunk(b"gAMA", b"1"), chunk(b"IDAT", b"pixels")].concat();
        let plain = [&signature[..], &head, &kept, &end].concat();
        let gone = [
            chunk(b"tEXt", b"Author\0Awa"),
            chunk(b"eXIf", b"MM\0*Bamako"),
            chunk(b"tIME", b"today"),
            chunk(b"prVt", b"whatever"),
        ];
        let gone = gone.concat();
        let full = [&signature[..], &head, &gone, &kept, &end, b"trailer"].concat();
        assert_eq!(png(&full), Some(plain.clone()));
        assert_eq!(png(&plain), Some(plain));
    }

    #[test]
    fn what_breaks_off_is_no_photo() {
        for bytes in [
            &b""[..],
            b"\xff\xd8",
            b"\xff\xd8\xff\xe1",
            b"\xff\xd8\xff\xe1\0",
            b"\xff\xd8\xff\xe1\xff\xff1",
        ] {
            assert_eq!(jpeg(bytes, Turn::NONE), None);
        }
        for bytes in [
            &b""[..],
            b"\x89PNG\r\n\x1a\n",
            b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT",
        ] {
            assert_eq!(png(bytes), None);
        }
    }
}
