//! Messages of refusals, by code, in the caller's language: English, French and Swahili are complete.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::kernel::Languages;

const CATALOGUES: [(&str, &str); 3] = [
    ("en", include_str!("messages/en.ftl")),
    ("fr", include_str!("messages/fr.ftl")),
    ("sw", include_str!("messages/sw.ftl")),
];

static BUNDLES: LazyLock<Vec<(&str, FluentBundle<FluentResource>)>> = LazyLock::new(|| {
    CATALOGUES
        .iter()
        .map(|(language, text)| (*language, bundle(language, text)))
        .collect()
});

fn bundle(language: &str, text: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The message for a code, in the first language that has it; the code itself when none has.
pub fn message<'a>(
    code: &str,
    arguments: impl IntoIterator<Item = (&'a str, &'a str)>,
    languages: &Languages,
) -> String {
    let mut values = FluentArgs::new();
    for (name, value) in arguments {
        values.set(name.to_owned(), value.to_owned());
    }
    let chain = languages.0.iter().map(String::as_str).chain(["en"]);
    for language in chain {
        let bundle = BUNDLES.iter().find(|(name, _)| *name == language);
        if let Some((_, bundle)) = bundle
            && let Some(pattern) = bundle.get_message(code).and_then(|found| found.value())
        {
            let text = bundle.format_pattern(pattern, Some(&values), &mut Vec::new());
            return text.into_owned();
        }
    }
    code.to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fluent_bundle::FluentResource;

    use super::*;

    fn codes(text: &str) -> BTreeSet<String> {
        let resource = FluentResource::try_new(text.to_owned()).expect("the catalogue can be read");
        assert!(resource.entries().count() > 0);
        let mut codes = BTreeSet::new();
        for (code, _) in text.lines().filter_map(|line| line.split_once(" = ")) {
            assert!(codes.insert(code.to_owned()), "{code} stands twice");
        }
        codes
    }

    #[test]
    fn every_language_has_every_code() {
        let english = codes(CATALOGUES[0].1);
        for (language, text) in CATALOGUES {
            assert_eq!(codes(text), english, "{language}");
        }
    }

    #[test]
    fn the_first_known_language_answers() {
        let languages = Languages(vec!["bm".into(), "fr".into()]);
        let text = message("FORBIDDEN", [("permission", "read_names")], &languages);
        assert!(
            text.contains("read_names") && text.contains("droit"),
            "{text}"
        );
    }
}
