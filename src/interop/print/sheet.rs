//! Pages as they are laid out, and the document that they make. The same pages are the same bytes.

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::{Document, SerializeSettings};

use super::face::{Faces, Weight, printable};
use super::picture::Print;
use crate::kernel::Fault;

/// Points in a millimetre.
pub const MM: f32 = 72.0 / 25.4;

/// How a text is set: how heavy, how large in points.
pub type Style = (Weight, f32);

/// Something on a page, by its distance from the left and the upper edge in points.
enum Mark {
    /// A line of text; the point is the beginning of its base line.
    Text(Point, Style, String),
    /// A grey bar.
    Bar(Rect),
    /// A picture, and where a point a side of it comes to stand.
    Picture(Image, Transform),
}

/// A page.
#[derive(Default)]
pub struct Page(Vec<Mark>);

impl Page {
    /// Sets a line of text, as wide as it is.
    pub fn text(&mut self, (x, y): (f32, f32), style: Style, text: &str) {
        let text = printable(text);
        if !text.is_empty() {
            self.0.push(Mark::Text(Point::from_xy(x, y), style, text));
        }
    }

    pub fn bar(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        self.0
            .extend(Rect::from_xywh(x, y, width, height).map(Mark::Bar));
    }

    /// A photo with its upper right corner there; how wide it is.
    pub fn photo(&mut self, (x, y): (f32, f32), photo: Print) -> f32 {
        let (width, _) = photo.size();
        let (image, place) = photo.placed((x - width, y));
        self.0.push(Mark::Picture(image, place));
        width
    }
}

/// Pages of one size, and what the document is called.
pub struct Sheets {
    pub title: String,
    /// Width and height in points.
    pub size: (f32, f32),
    pub pages: Vec<Page>,
}

impl Sheets {
    /// # Errors
    /// When the document cannot be written.
    pub fn write(self, faces: &Faces) -> Result<Vec<u8>, Fault> {
        let mut document = Document::new_with(SerializeSettings {
            // Neither tells more than the pages do.
            xmp_metadata: false,
            enable_tagging: false,
            ..SerializeSettings::default()
        });
        document.set_metadata(Metadata::new().title(printable(&self.title)));
        let (width, height) = self.size;
        for page in self.pages {
            let settings = PageSettings::from_wh(width, height)
                .ok_or_else(|| Fault::internal("a page has no size"))?;
            let mut drawn = document.start_page_with(settings);
            let mut surface = drawn.surface();
            for mark in page.0 {
                match mark {
                    Mark::Text(at, (weight, size), text) => {
                        let face = faces.of(weight);
                        let glyphs = face.glyphs(&text);
                        surface.draw_glyphs(at, &glyphs, face.font(), &text, size, false);
                    }
                    Mark::Bar(rect) => {
                        let mut path = PathBuilder::new();
                        path.push_rect(rect);
                        surface.set_fill(Some(Fill {
                            paint: luma::Color::new(200).into(),
                            ..Fill::default()
                        }));
                        if let Some(path) = path.finish() {
                            surface.draw_path(&path);
                        }
                        surface.set_fill(None);
                    }
                    Mark::Picture(image, place) => {
                        surface.push_transform(&place);
                        if let Some(size) = Size::from_wh(1.0, 1.0) {
                            surface.draw_image(image, size);
                        }
                        surface.pop();
                    }
                }
            }
            surface.finish();
            drawn.finish();
        }
        document
            .finish()
            .map_err(|error| Fault::internal(error.to_string()))
    }
}
