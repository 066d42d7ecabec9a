//! The two faces in which records are printed: how wide a text is, and which glyphs draw it.
//!
//! They have the letters of French, Kreyòl, Bambara, Swahili and their neighbours. A character that they lack is drawn as
//! a replacement, and can still be copied out of the document as what it is.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use crate::kernel::Fault;

const REGULAR: &[u8] = include_bytes!("fonts/DejaVuSansCondensed.ttf");
const BOLD: &[u8] = include_bytes!("fonts/DejaVuSansCondensed-Bold.ttf");

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// Both faces.
pub struct Faces {
    regular: Face,
    bold: Face,
}

/// One face.
pub struct Face {
    font: Font,
    outlines: FontRef<'static>,
}

impl Faces {
    /// # Errors
    /// When the faces that were built in cannot be read.
    pub fn open() -> Result<Self, Fault> {
        Ok(Self {
            regular: Face::open(REGULAR)?,
            bold: Face::open(BOLD)?,
        })
    }

    pub fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

impl Face {
    fn open(bytes: &'static [u8]) -> Result<Self, Fault> {
        let unreadable = || Fault::internal("a face that was built in cannot be read");
        Ok(Self {
            font: Font::new(bytes.into(), 0).ok_or_else(unreadable)?,
            outlines: FontRef::new(bytes).map_err(Fault::internal)?,
        })
    }

    pub fn font(&self) -> Font {
        self.font.clone()
    }

    fn metrics(&self) -> GlyphMetrics<'static> {
        self.outlines
            .glyph_metrics(Size::unscaled(), LocationRef::default())
    }

    /// The glyphs of a text, one for each character, left to right.
    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let (characters, metrics) = (self.outlines.charmap(), self.metrics());
        let replacement = characters.map(char::REPLACEMENT_CHARACTER);
        let em = self.font.units_per_em();
        let glyph = |(at, character): (usize, char)| {
            let found = characters.map(character).or(replacement);
            let found = found.unwrap_or_default();
            let advance = metrics.advance_width(found).unwrap_or(0.0) / em;
            let range = at..at + character.len_utf8();
            KrillaGlyph::new(
                GlyphId::new(found.to_u32()),
                advance,
                0.0,
                0.0,
                0.0,
                range,
                None,
            )
        };
        text.char_indices().map(glyph).collect()
    }

    /// How wide a text is, in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let advances = self.glyphs(text).into_iter().map(|it| it.x_advance);
        advances.sum::<f32>() * size
    }

    /// The text in lines of at most this width; a word that is wider than a line is broken.
    pub fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|it| !it.is_empty()) {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if self.width(&longer, size) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for character in word.chars() {
                line.push(character);
                if self.width(&line, size) > width && line.chars().nth(1).is_some() {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, character.into()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// As much of a text as one line holds.
    pub fn cut(&self, text: &str, size: f32, width: f32) -> String {
        if self.width(text, size) <= width {
            return text.to_owned();
        }
        let mut cut = text.to_owned();
        while cut.pop().is_some() {
            let shown = format!("{}…", cut.trim_end());
            if self.width(&shown, size) <= width {
                return shown;
            }
        }
        String::new()
    }
}

/// A text as it can be drawn on a line: composed, without characters that draw nothing or turn the others around.
pub fn printable(text: &str) -> String {
    let composed = text.nfc().filter_map(|character| match character {
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => None,
        _ if character.is_control() || character.is_whitespace() => Some(' '),
        _ => Some(character),
    });
    let spaced: String = composed.collect();
    spaced
        .split(' ')
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces() -> Faces {
        Faces::open().expect("the faces")
    }

    #[test]
    fn the_letters_of_the_countries_are_there() {
        let replacement = faces().regular.outlines.charmap().map('\u{fffd}');
        assert!(replacement.is_some());
        for face in [&faces().regular, &faces().bold] {
            let characters = face.outlines.charmap();
            let letters = "AaÀàÉéÈèÊêËëÎîÏïÔôŒœÙùÛûÇç ÒòÈè ƐɛƆɔƝɲŊŋ ɓɗƴ ŵŴ ẹọṣ ƙ ’«»–…·№ ́̀̂";
            for letter in letters.chars() {
                let found = characters.map(letter);
                assert!(found.is_some() && found != replacement, "{letter}");
            }
        }
    }

    #[test]
    fn what_a_face_lacks_is_replaced_and_never_fails() {
        let (faces, lacking) = (faces(), "ߒߞߏ محمد 👩🏾‍⚕️");
        let glyphs = faces.regular.glyphs(lacking);
        assert_eq!(glyphs.len(), lacking.chars().count());
        assert!(faces.regular.width(lacking, 10.0) > 0.0);
    }

    #[test]
    fn lines_are_no_wider_than_asked_and_lose_nothing() {
        let (faces, width) = (faces(), 60.0);
        let face = &faces.bold;
        let text = format!("Fatoumata {} Coulibaly dite Ba", "Ɛ".repeat(80));
        let lines = face.lines(&text, 9.0, width);
        assert!(
            lines.iter().all(|it| face.width(it, 9.0) <= width),
            "{lines:?}"
        );
        let told: String = lines.concat();
        assert_eq!(told.replace(' ', ""), text.replace(' ', ""));
        assert!(face.lines("", 9.0, width).is_empty());
        assert_eq!(face.lines("MM", 9.0, 0.5), ["M", "M"]);
        let cut = face.cut(&text, 9.0, width);
        assert!(cut.starts_with("Fatoumata") && cut.ends_with('…'));
        assert!(face.width(&cut, 9.0) <= width);
        assert_eq!(face.cut("Ba", 9.0, width), "Ba");
        assert_eq!(face.cut("Ba", 9.0, 0.5), "");
    }

    #[test]
    fn nothing_turns_a_line_around() {
        assert_eq!(
            printable("  Ba\u{202e}\n\tdra\u{200f}k\u{0}e\u{301} "),
            "Ba drak \u{e9}"
        );
        assert_eq!(printable("\u{feff}\u{200b}"), "");
    }
}
