//! How a camera was held when it took a picture: the pixels lie as it was held, and are to be turned on paper.

/// How a picture has to be turned to stand upright, as cameras note it: from 1, which stands, to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn(u8);

impl Turn {
    pub(super) const NONE: Self = Self(1);

    /// What the camera noted in its part of a JPEG, a TIFF directory; `None` when it noted nothing.
    pub(super) fn of_exif(tiff: &[u8]) -> Option<Self> {
        const ORIENTATION: u16 = 0x0112;
        let little = match tiff.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let number = |at: usize, length: usize| {
            let bytes = tiff.get(at..)?.get(..length)?;
            let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
            Some(if little {
                bytes.iter().rev().fold(0, add)
            } else {
                bytes.iter().fold(0, add)
            })
        };
        let directory = number(4, 4)?;
        let mut entries = (0..number(directory, 2)?).map(|it| directory + 2 + 12 * it);
        let found = entries.find(|at| number(*at, 2) == Some(ORIENTATION.into()))?;
        let turn = u8::try_from(number(found + 8, 2)?).ok()?;
        (1..=8).contains(&turn).then_some(Self(turn))
    }

    /// What a camera would note that notes nothing else.
    pub(super) fn noted(self) -> Vec<u8> {
        let before = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
        [&before[..], &[self.0], &[0; 6]].concat()
    }

    /// Whether its width is the height on paper.
    pub(super) fn is_on_its_side(self) -> bool {
        self.0 > 4
    }

    /// Where the upper edge of the picture comes to lead, from left to right, and where the left one, from top to bottom; and
    /// where the two begin. Each is told as a part of the width and of the height on paper, from the upper left.
    #[must_use]
    pub fn edges(self) -> [(f32, f32); 3] {
        match self.0 {
            2 => [(-1.0, 0.0), (0.0, 1.0), (1.0, 0.0)],
            3 => [(-1.0, 0.0), (0.0, -1.0), (1.0, 1.0)],
            4 => [(1.0, 0.0), (0.0, -1.0), (0.0, 1.0)],
            5 => [(0.0, 1.0), (1.0, 0.0), (0.0, 0.0)],
            6 => [(0.0, 1.0), (-1.0, 0.0), (1.0, 0.0)],
            7 => [(0.0, -1.0), (-1.0, 0.0), (1.0, 1.0)],
            8 => [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0)],
            _ => [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)],
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a camera notes besides its name: how it was held.
    pub fn held(turn: u8, little: bool) -> Vec<u8> {
        let (order, short): (&[u8], _) = if little {
            (b"II", u16::to_le_bytes as fn(u16) -> [u8; 2])
        } else {
            (b"MM", u16::to_be_bytes as fn(u16) -> [u8; 2])
        };
        let long = |it: u16| {
            if little {
                [short(it), short(0)].concat()
            } else {
                [short(0), short(it)].concat()
            }
        };
        let mut exif = [order, &short(42), &long(8), &short(2)].concat();
        exif.extend([&short(0x010f)[..], &short(2), &long(3), b"Ka\0\0"].concat());
        exif.extend([&short(0x0112)[..], &short(3), &long(1)].concat());
        exif.extend([short(turn.into()), short(0)].concat());
        exif.extend(long(0));
        exif
    }

    #[test]
    fn what_the_camera_noted_is_found_in_either_order_of_bytes() {
        for (turn, little) in (1..=8).flat_map(|it| [(it, true), (it, false)]) {
            assert_eq!(
                Turn::of_exif(&held(turn, little)),
                Some(Turn(turn)),
                "{little}"
            );
            assert_eq!(Turn(turn).is_on_its_side(), turn >= 5);
        }
        for noted in [
            &held(0, true)[..],
            &held(9, true),
            b"II",
            b"MM\0*\xff\xff\xff\xff",
            b"??",
        ] {
            assert_eq!(Turn::of_exif(noted), None);
        }
    }

    #[test]
    fn every_turn_is_the_one_that_cameras_mean() {
        let name = |(x, y): (f32, f32)| match (x.to_bits(), y.to_bits()) {
            (0, 0) => "upper left",
            (_, 0) => "upper right",
            (0, _) => "lower left",
            _ => "lower right",
        };
        // Where the upper left corner of the picture comes to stand, the upper right one, and the lower left one.
        for (turn, expected) in [
            (1, ["upper left", "upper right", "lower left"]),
            (2, ["upper right", "upper left", "lower right"]),
            (3, ["lower right", "lower left", "upper right"]),
            (4, ["lower left", "lower right", "upper left"]),
            (5, ["upper left", "lower left", "upper right"]),
            (6, ["upper right", "lower right", "upper left"]),
            (7, ["lower right", "upper right", "lower left"]),
            (8, ["lower left", "upper left", "lower right"]),
        ] {
            let [across, down, corner] = Turn(turn).edges();
            let beyond = |edge: (f32, f32)| (corner.0 + edge.0, corner.1 + edge.1);
            let corners = [corner, beyond(across), beyond(down)].map(name);
            assert_eq!(corners, expected, "{turn}");
        }
    }
}
