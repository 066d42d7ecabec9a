//! Telephone numbers in E.164, read as people of one country write them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number in E.164 form: `+22365012345`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct E164(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a telephone number of this country, nor an international one that begins with +")]
pub struct PhoneError;

impl E164 {
    /// Reads a number as it is written in `region` (ISO 3166-1 alpha-2), or in international form.
    ///
    /// # Errors
    /// `PhoneError` when it is no valid number by the numbering plan.
    pub fn parse(text: &str, region: &str) -> Result<Self, PhoneError> {
        if text.len() > 40 {
            return Err(PhoneError);
        }
        let region = region.parse().ok();
        let number = phonenumber::parse(region, text).map_err(|_| PhoneError)?;
        if !phonenumber::is_valid(&number) {
            return Err(PhoneError);
        }
        Ok(Self(
            number.format().mode(phonenumber::Mode::E164).to_string(),
        ))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_country_writes_them() {
        for (written, region, stored) in [
            ("65 01 23 45", "ML", "+22365012345"),
            ("+223 65012345", "ML", "+22365012345"),
            ("0621 234 567", "TZ", "+255621234567"),
            ("+255621234567", "ML", "+255621234567"),
            ("34 10 1234", "HT", "+50934101234"),
            ("0991 23 45 67", "MW", "+265991234567"),
        ] {
            assert_eq!(
                E164::parse(written, region).as_ref().map(E164::as_str),
                Ok(stored),
                "{written}"
            );
        }
        for nonsense in ["", "12", "hello", "+999999999999999", "65 01 23"] {
            assert_eq!(E164::parse(nonsense, "ML"), Err(PhoneError), "{nonsense}");
        }
    }
}
