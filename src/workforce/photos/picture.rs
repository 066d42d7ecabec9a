//! Reading a photo as a picture: all of it, so that what is kept can be drawn. What it would unpack to is known, and refused,
//! before anything of it is unpacked.

use std::io::Cursor;

use png::{Limits, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::bare;
use super::photo::{LONGEST_SIDE, PhotoFault};
use super::turn::Turn;
use crate::kernel::MediaType;

/// A picture that can be drawn.
#[derive(Debug)]
pub struct Picture {
    /// As it is stored; on paper it may have to be turned.
    pub width: u16,
    pub height: u16,
    pub turn: Turn,
    pub paint: Paint,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Paint {
    /// The file itself, which is drawn as it is packed.
    Jpeg,
    /// Red, green, blue and a full alpha, pixel for pixel, line for line.
    Pixels(Vec<u8>),
}

/// Pixels a side that print as well as more: 28 mm by 600 to the inch.
const DRAWN: usize = 660;

/// Bytes that the parts of a PNG beside its pixels may unpack to.
const BESIDE: Limits = Limits { bytes: 4 << 20 };

impl Picture {
    /// # Errors
    /// What is no such picture, too large, or cannot be read to its end.
    pub fn read(bytes: &[u8]) -> Result<Self, PhotoFault> {
        match MediaType::of(bytes) {
            Some(MediaType::Jpeg) => jpeg(bytes),
            Some(MediaType::Png) => png(bytes),
            _ => Err(PhotoFault::TypeNotAdmitted),
        }
    }

    /// Width and height as they are when it stands upright.
    #[must_use]
    pub fn upright(&self) -> (u16, u16) {
        if self.turn.is_on_its_side() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }
}

fn damaged<E>(_: E) -> PhotoFault {
    PhotoFault::Damaged
}

/// A side that a photo may have.
fn side(pixels: impl TryInto<u16>) -> Result<u16, PhotoFault> {
    match pixels.try_into() {
        Ok(0) => Err(PhotoFault::Damaged),
        Ok(pixels) if pixels <= LONGEST_SIDE => Ok(pixels),
        _ => Err(PhotoFault::TooManyPixels),
    }
}

fn jpeg(bytes: &[u8]) -> Result<Picture, PhotoFault> {
    // The decoder's own limit would be told as damage.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) = decoder.dimensions().ok_or(PhotoFault::Damaged)?;
    let (width, height) = (side(width)?, side(height)?);
    bare::jpeg(bytes, Turn::NONE).ok_or(PhotoFault::Damaged)?;
    decoder.decode().map_err(damaged)?;
    let turn = decoder.exif().and_then(|it| Turn::of_exif(it));
    Ok(Picture {
        width,
        height,
        turn: turn.unwrap_or(Turn::NONE),
        paint: Paint::Jpeg,
    })
}

fn png(bytes: &[u8]) -> Result<Picture, PhotoFault> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), BESIDE);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let to_eight_bits = Transformations::EXPAND | Transformations::STRIP_16;
    decoder.set_transformations(to_eight_bits | Transformations::ALPHA);
    let header = decoder.read_header_info().map_err(damaged)?;
    let sides = (side(header.width)?, side(header.height)?);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or(PhotoFault::Damaged)?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    reader.finish().map_err(damaged)?;
    let ((width, height), pixels) = on_white(&samples, frame.color_type.samples(), sides);
    Ok(Picture {
        width,
        height,
        turn: Turn::NONE,
        paint: Paint::Pixels(pixels),
    })
}

/// The pixels on white paper, as many of them made one as no print would show. The last sample of each is its alpha.
fn on_white(samples: &[u8], each: usize, (width, height): (u16, u16)) -> ((u16, u16), Vec<u8>) {
    let (width, height) = (usize::from(width), usize::from(height));
    let step = width.max(height).div_ceil(DRAWN).max(1);
    let (across, down) = (width.div_ceil(step), height.div_ceil(step));
    let mut pixels = Vec::with_capacity(across * down * 4);
    for (y, x) in (0..down).flat_map(|y| (0..across).map(move |x| (y * step, x * step))) {
        let (mut sums, mut count) = ([0; 3], 0);
        for row in y..height.min(y + step) {
            let line = &samples[(row * width + x) * each..][..(width - x).min(step) * each];
            for pixel in line.chunks_exact(each) {
                let (colours, alpha) = pixel.split_at(each - 1);
                let alpha = u32::from(alpha[0]);
                for (sum, colour) in sums.iter_mut().zip(colours.iter().cycle()) {
                    *sum += (u32::from(*colour) * alpha + 255 * (255 - alpha)) / 255;
                }
                count += 1;
            }
        }
        let mean = |sum: u32| u8::try_from(sum / count).unwrap_or(u8::MAX);
        pixels.extend(sums.map(mean));
        pixels.push(u8::MAX);
    }
    let side = |pixels: usize| u16::try_from(pixels).unwrap_or(u16::MAX);
    ((side(across), side(down)), pixels)
}

#[cfg(test)]
mod tests {
    use png::{BitDepth, ColorType};

    use super::super::turn::tests::held;
    use super::*;

    /// A grey JPEG by the book, with what a camera noted where there is anything.
    fn grey_jpeg(width: u16, height: u16, exif: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        let mut part = |marker: u8, content: &[u8]| {
            bytes.extend([0xff, marker]);
            let length = u16::try_from(content.len() + 2).expect("a short part");
            bytes.extend(length.to_be_bytes());
            bytes.extend(content);
        };
        if !exif.is_empty() {
            part(0xe1, &[b"Exif\0\0", exif].concat());
        }
        part(0xdb, &[&[0][..], &[1; 64]].concat());
        let ([above, left], [tall, wide]) = (width.to_be_bytes(), height.to_be_bytes());
        part(0xc0, &[8, tall, wide, above, left, 1, 1, 0x11, 0]);
        // One code each, of a single bit: no difference, and the end of a block.
        for table in [0x00, 0x10] {
            part(0xc4, &[&[table, 1][..], &[0; 16]].concat());
        }
        part(0xda, &[1, 1, 0, 0, 63, 0]);
        let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
        let bits = blocks * 2;
        bytes.extend(vec![0; bits / 8]);
        if bits % 8 > 0 {
            bytes.push(0xff >> (bits % 8));
        }
        bytes.extend([0xff, 0xd9]);
        bytes
    }

    fn packed_png(sides: (u32, u32), kind: (ColorType, BitDepth), samples: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, sides.0, sides.1);
        encoder.set_color(kind.0);
        encoder.set_depth(kind.1);
        if kind.0 == ColorType::Indexed {
            encoder.set_palette(vec![255, 0, 0, 0, 0, 255]);
            encoder.set_trns(vec![0, 255]);
        }
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(samples).expect("the pixels");
        writer.finish().expect("an end");
        bytes
    }

    fn pixels(bytes: &[u8]) -> Vec<u8> {
        match Picture::read(bytes).expect("a picture").paint {
            Paint::Pixels(pixels) => pixels,
            Paint::Jpeg => panic!("no pixels"),
        }
    }

    #[test]
    fn a_jpeg_is_read_to_its_end_and_no_part_of_it_is_one() {
        let whole = grey_jpeg(24, 17, &[]);
        let picture = Picture::read(&whole).expect("a picture");
        assert_eq!((picture.width, picture.height), (24, 17));
        assert_eq!((picture.turn, picture.paint), (Turn::NONE, Paint::Jpeg));
        for end in 3..whole.len() {
            let fault = Picture::read(&whole[..end]).expect_err("a part");
            assert_eq!(fault, PhotoFault::Damaged, "{end} of {}", whole.len());
        }
        // What a telephone adds after the end is none of the picture.
        assert!(Picture::read(&[&whole[..], b"trailer"].concat()).is_ok());
    }

    #[test]
    fn a_jpeg_stands_as_the_camera_was_held() {
        for turn in 1..=8 {
            for little in [true, false] {
                let exif = held(turn, little);
                let picture = Picture::read(&grey_jpeg(24, 16, &exif)).expect("a picture");
                assert_eq!(Some(picture.turn), Turn::of_exif(&exif), "{little}");
                let expected = if turn < 5 { (24, 16) } else { (16, 24) };
                assert_eq!(picture.upright(), expected, "{turn}");
            }
        }
    }

    #[test]
    fn a_png_of_any_kind_becomes_pixels_on_white() {
        let (red, blue, white) = ([255, 0, 0, 255], [0, 0, 255, 255], [255; 4]);
        let half = [255, 127, 127, 255];
        for (kind, samples, expected) in [
            (
                (ColorType::Rgba, BitDepth::Eight),
                &[255, 0, 0, 128, 9, 9, 9, 0][..],
                [half, white],
            ),
            (
                (ColorType::Rgb, BitDepth::Eight),
                &[255, 0, 0, 0, 0, 255],
                [red, blue],
            ),
            (
                (ColorType::Rgb, BitDepth::Sixteen),
                &[255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255],
                [red, blue],
            ),
            (
                (ColorType::Indexed, BitDepth::One),
                &[0b0100_0000],
                [white, blue],
            ),
            (
                (ColorType::Grayscale, BitDepth::One),
                &[0b0100_0000],
                [[0, 0, 0, 255], white],
            ),
            (
                (ColorType::GrayscaleAlpha, BitDepth::Eight),
                &[0, 255, 0, 0],
                [[0, 0, 0, 255], white],
            ),
        ] {
            let packed = packed_png((2, 1), kind, samples);
            assert_eq!(pixels(&packed), expected.concat(), "{kind:?}");
        }
    }

    #[test]
    fn more_pixels_than_a_print_shows_become_fewer() {
        let (wide, tall) = (2_000_u16, 7);
        let line: Vec<u8> = (0..wide)
            .map(|it| if it < 1_000 { 0 } else { 255 })
            .collect();
        let packed = packed_png(
            (wide.into(), tall),
            (ColorType::Grayscale, BitDepth::Eight),
            &line.repeat(7),
        );
        let picture = Picture::read(&packed).expect("a picture");
        assert_eq!((picture.width, picture.height), (500, 2));
        let told = pixels(&packed);
        assert_eq!(told.len(), 500 * 2 * 4);
        assert_eq!((told[0], told[249 * 4], told[250 * 4]), (0, 0, 255));
    }

    #[test]
    fn a_png_of_which_something_is_missing_or_other_is_none() {
        let noise: Vec<u8> = (0..=255).cycle().take(3 * 30 * 20).collect();
        let whole = packed_png((30, 20), (ColorType::Rgb, BitDepth::Eight), &noise);
        for end in 8..whole.len() {
            assert_eq!(
                Picture::read(&whole[..end]).expect_err("a part"),
                PhotoFault::Damaged
            );
        }
        for at in 33..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 0x20;
            assert!(Picture::read(&other).is_err(), "byte {at}");
        }
    }

    #[test]
    fn what_unpacks_to_more_than_it_may_is_refused_by_its_header() {
        let huge = |bytes: &[u8]| Picture::read(bytes).expect_err("too large");
        assert!(Picture::read(&grey_jpeg(2_000, 8, &[])).is_ok());
        for sides in [(2_001, 8), (8, 2_001), (u16::MAX, u16::MAX)] {
            let (width, height) = sides;
            let jpeg = grey_jpeg(width.min(2_001), height.min(2_001), &[]);
            let frame = jpeg
                .windows(2)
                .position(|it| it == [0xff, 0xc0])
                .expect("a frame")
                + 5;
            let mut jpeg = jpeg;
            jpeg[frame..frame + 2].copy_from_slice(&height.to_be_bytes());
            jpeg[frame + 2..frame + 4].copy_from_slice(&width.to_be_bytes());
            assert_eq!(huge(&jpeg), PhotoFault::TooManyPixels, "{sides:?}");
        }
        // The header alone says so: nothing follows it.
        let header =
            packed_png((1, 1), (ColorType::Rgba, BitDepth::Sixteen), &[0; 8])[..33].to_vec();
        for side in [2_001_u32, 0x7fff_ffff] {
            let mut header = header.clone();
            header[16..20].copy_from_slice(&side.to_be_bytes());
            header[20..24].copy_from_slice(&side.to_be_bytes());
            let sum = crc(&header[12..29]).to_be_bytes();
            header[29..33].copy_from_slice(&sum);
            assert_eq!(huge(&header), PhotoFault::TooManyPixels, "{side}");
        }
    }

    /// The sum over a chunk of a PNG.
    fn crc(bytes: &[u8]) -> u32 {
        let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
            })
        });
        !sum
    }

    #[test]
    fn nothing_else_is_a_picture() {
        for bytes in [
            &b""[..],
            b"RIFF\x01\x02\x03\x04WEBPVP8 ",
            b"%PDF-1.7",
            b"\xff\xd8",
        ] {
            assert_eq!(
                Picture::read(bytes).expect_err("no picture"),
                PhotoFault::TypeNotAdmitted
            );
        }
    }
}
