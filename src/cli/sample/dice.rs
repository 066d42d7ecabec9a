//! Chance that repeats: the same seed and country draw the same people on every machine.

use chrono::TimeDelta;
use rand::RngCore;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::kernel::Date;

pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The country is part of the seed, so that two countries never draw one person's id.
    pub fn new(seed: u64, country: &str) -> Self {
        let seed = Sha256::new()
            .chain_update(seed.to_be_bytes())
            .chain_update(country);
        Self(ChaCha8Rng::from_seed(seed.finalize().into()))
    }

    /// Evenly in 0..1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    pub fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// Evenly below `n`, which is at least 1.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        (!from.is_empty()).then(|| &from[self.below(from.len())])
    }

    /// One of a list whose first entries are the commonest.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a short list"
    )]
    pub fn pick_common<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = (self.share().powf(1.7) * from.len() as f64) as usize;
        from.get(at)
    }

    pub fn weighted<'a, T>(&mut self, from: &'a [(T, f64)]) -> Option<&'a T> {
        let mut left = self.share() * from.iter().map(|(_, weight)| weight).sum::<f64>();
        let chosen = from.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        chosen.or(from.last()).map(|(value, _)| value)
    }

    /// Poisson by Knuth's product, at most `most`.
    pub fn poisson(&mut self, mean: f64, most: i64) -> i64 {
        let limit = (-mean).exp();
        let (mut count, mut product) = (0, self.share());
        while product > limit && count < most {
            count += 1;
            product *= self.share();
        }
        count
    }

    /// A number of days, evenly from `least` to `most`; `least` when there is no room.
    pub fn days(&mut self, least: i64, most: i64) -> i64 {
        let room = usize::try_from(most - least + 1).unwrap_or(0).max(1);
        least + i64::try_from(self.below(room)).unwrap_or(0)
    }

    /// A number of days from `least` to `most`, more often few than many.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most some thousand days"
    )]
    pub fn days_mostly_few(&mut self, least: i64, most: i64) -> i64 {
        let share = self.share().powf(1.4);
        least + ((most - least) as f64 * share) as i64
    }

    /// A day, evenly from the first to the last.
    pub fn day(&mut self, first: Date, last: Date) -> Date {
        first + TimeDelta::days(self.days(0, (last - first).num_days()))
    }

    /// `#` becomes a digit, `@` a capital letter.
    pub fn mask(&mut self, mask: &str) -> String {
        mask.bytes()
            .map(|symbol| match symbol {
                b'#' => char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0)),
                b'@' => char::from(b'A' + u8::try_from(self.below(26)).unwrap_or(0)),
                other => char::from(other),
            })
            .collect()
    }

    /// An id as if it had been made at a moment (`UUIDv7`).
    pub fn id<T: From<Uuid>>(&mut self, millis: u64) -> T {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .into_uuid()
            .into()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_repeats_and_another_country_differs() {
        let draw = |country| {
            let mut dice = Dice::new(7, country);
            (
                dice.mask("##@-##########"),
                dice.id::<Uuid>(1_000),
                dice.poisson(1.5, 9),
            )
        };
        assert_eq!(draw("ml"), draw("ml"));
        assert_ne!(draw("ml"), draw("tz"));
        assert_eq!(draw("ml").1.get_version_num(), 7);
    }

    #[test]
    fn draws_keep_their_bounds() {
        let mut dice = Dice::new(1, "xx");
        assert!((0..1000).all(|_| dice.below(3) < 3));
        assert!((0..1000).all(|_| (2..=5).contains(&dice.days(2, 5))));
        assert!((0..1000).all(|_| dice.poisson(2.0, 4) <= 4));
        assert_eq!(dice.days(5, 2), 5);
        assert_eq!(
            dice.weighted(&[("never", 0.0), ("always", 1.0)]),
            Some(&"always")
        );
    }
}
