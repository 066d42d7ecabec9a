//! Photos as they stand on paper: upright, in proportion, within a box.

use std::sync::Arc;

use krilla::geom::Transform;
use krilla::image::Image;

use super::sheet::MM;
use crate::workforce::{Paint, Picture};

/// As wide and as high as a photo may be.
const BOX: (f32, f32) = (22.0 * MM, 28.0 * MM);

/// A photo with the size that it is printed in.
pub struct Print {
    image: Image,
    edges: [(f32, f32); 3],
    size: (f32, f32),
}

impl Print {
    /// `None` for what cannot be read: a record is printed without it.
    pub fn of(bytes: &Arc<Vec<u8>>) -> Option<Self> {
        let picture = Picture::read(bytes).ok()?;
        let (width, height) = picture.upright();
        let (width, height) = (f32::from(width), f32::from(height));
        let scale = (BOX.0 / width).min(BOX.1 / height);
        let edges = picture.turn.edges();
        let image = match picture.paint {
            Paint::Jpeg => Image::from_jpeg(Arc::clone(bytes).into(), false).ok()?,
            Paint::Pixels(pixels) => {
                Image::from_rgba8(pixels, picture.width.into(), picture.height.into())
            }
        };
        Some(Self {
            image,
            edges,
            size: (width * scale, height * scale),
        })
    }

    pub fn size(&self) -> (f32, f32) {
        self.size
    }

    /// The image, and how one of a point a side comes to stand with its upper left corner there.
    pub fn placed(self, (x, y): (f32, f32)) -> (Image, Transform) {
        let ([across, down, corner], (width, height)) = (self.edges, self.size);
        let place = Transform::from_row(
            across.0 * width,
            across.1 * height,
            down.0 * width,
            down.1 * height,
            corner.0 * width + x,
            corner.1 * height + y,
        );
        (self.image, place)
    }
}
