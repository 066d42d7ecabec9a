//! Text that a ministry writes, in each of its languages; and the form in which names are compared.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::iso::is_language;

/// One text in several languages, keyed by language code (`fr`, `sw`, `bm`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(
    // A country has thousands, of one or two languages each: a BTreeMap would take half a kilobyte for each.
    pub LiteMap<String, String>,
);

impl FromIterator<(String, String)> for Text {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(texts: T) -> Self {
        Self(texts.into_iter().collect())
    }
}

impl Text {
    /// The text in the first of `languages` that has it, else in any; empty only when there is no text at all.
    #[must_use]
    pub fn get(&self, languages: &Languages) -> &str {
        languages
            .0
            .iter()
            .find_map(|language| self.0.get(language))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// A language in which it is written, and the country does not write.
    #[must_use]
    pub fn foreign_to(&self, languages: &[String]) -> Option<&str> {
        let foreign = self.0.keys().find(|it| !languages.contains(it))?;
        Some(foreign)
    }

    /// What is wrong with it as the label of something that a country lists: it has to be in the country's first language
    /// at least, in none that it does not write in, and in lines of at most 200 characters.
    #[must_use]
    pub fn label_flaw(&self, languages: &[String]) -> Option<LabelFlaw> {
        let is_line = |text: &String| {
            !text.trim().is_empty()
                && text.chars().count() <= 200
                && !text.chars().any(char::is_control)
        };
        if self.0.is_empty() || !self.0.values().all(is_line) {
            return Some(LabelFlaw::NoLabel);
        }
        if let Some(foreign) = self.foreign_to(languages) {
            return Some(LabelFlaw::Foreign(foreign.to_owned()));
        }
        let first = languages.first().filter(|it| !self.0.contains_key(*it))?;
        Some(LabelFlaw::Missing(first.clone()))
    }
}

/// Why a text is no label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelFlaw {
    /// Empty, too long, or with control characters.
    NoLabel,
    /// In a language that is none of the country's.
    Foreign(String),
    /// Not in the country's first language.
    Missing(String),
}

/// Languages in order of preference; what a caller accepts, then the tenant's own, then English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Languages(pub Vec<String>);

impl Languages {
    /// The order for one request: the `Accept-Language` header (RFC 9110 §12.5.4), then the tenant's chain.
    /// A header that cannot be read counts as absent.
    #[must_use]
    pub fn negotiate(accept: Option<&str>, tenant: &[String]) -> Self {
        let mut wanted: Vec<(u16, String)> = accept
            .unwrap_or_default()
            .split(',')
            .take(16)
            .filter_map(|part| {
                let mut pieces = part.trim().split(';');
                let tag = pieces.next()?.trim();
                let primary = tag.split('-').next()?.to_ascii_lowercase();
                let weight = match pieces.find_map(|piece| piece.trim().strip_prefix("q=")) {
                    None => 1000,
                    Some(q) => weight(q)?,
                };
                (is_language(&primary) && weight > 0).then_some((weight, primary))
            })
            .collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let mut chain: Vec<String> = Vec::with_capacity(wanted.len() + tenant.len() + 1);
        let rest = tenant.iter().cloned().chain(["en".to_owned()]);
        for language in wanted.into_iter().map(|(_, language)| language).chain(rest) {
            if !chain.contains(&language) {
                chain.push(language);
            }
        }
        Self(chain)
    }
}

/// A quality value in thousandths.
fn weight(q: &str) -> Option<u16> {
    let value: f32 = q.trim().parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded to 0..=1000 by the guard"
    )]
    (0.0..=1.0)
        .contains(&value)
        .then_some((value * 1000.0) as u16)
}

/// The form in which names are compared: no accents, no case, every apostrophe and hyphen a space, single spaces.
/// `N’Diaye`, `n'diaye` and `N DIAYE` are one; so are `Traoré` and `traore`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ɔ' => folded.push('o'),
            'ɛ' => folded.push('e'),
            'ɲ' | 'ŋ' => folded.push('n'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_fold_to_one_form() {
        for (written, folded) in [
            ("Traoré", "traore"),
            ("N’Diaye", "n diaye"),
            ("N'DIAYE", "n diaye"),
            ("Jean-Baptiste", "jean baptiste"),
            ("  Dɔgɔtɔrɔ  ", "dogotoro"),
            ("Essowè", "essowe"),
            ("'", ""),
        ] {
            assert_eq!(fold(written), folded);
        }
    }

    #[test]
    fn languages_follow_the_header_then_the_tenant() {
        let tenant = ["fr".to_owned(), "bm".to_owned()];
        let chain = |header| Languages::negotiate(header, &tenant).0.join(" ");
        assert_eq!(chain(None), "fr bm en");
        assert_eq!(chain(Some("sw-TZ;q=0.5, en-GB, *;q=0.1")), "en sw fr bm");
        assert_eq!(chain(Some("fr;q=0, ;;;, q=zz, bm;q=7")), "fr bm en");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in ".{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
