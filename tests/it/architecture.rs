//! The house as it is meant to be: who may use whom, and where the machinery is let in.

use std::fs;
use std::path::Path;

/// Tier by tier, from the ground. Who stands in one tier is strange to the others there, but for `ORDERED`.
const TIERS: [&[&str]; 8] = [
    &["kernel", "platform"],
    &["tenancy", "auth", "ledger", "graphql"],
    &["places", "cadres", "forms"],
    &["workforce", "credentials", "establishment"],
    &["indicators", "planning", "messaging"],
    &["hub", "interop"],
    &["api"],
    &["cli"],
];
/// In these tiers each may use those named before it.
const ORDERED: [usize; 3] = [0, 1, 3];

struct Source {
    /// Below `src`: `workforce/store/page.rs`.
    path: String,
    text: String,
}

impl Source {
    fn module(&self) -> &str {
        let end = self.path.find(['/', '.']).unwrap_or(self.path.len());
        &self.path[..end]
    }

    /// Whether it is `<module>/<part>.rs` or below `<module>/…/<part>/`.
    fn is_in(&self, part: &str) -> bool {
        self.path.ends_with(&format!("/{part}.rs")) || self.path.contains(&format!("/{part}/"))
    }

    fn is_domain(&self) -> bool {
        matches!(place(self.module()), Some((2..=5, _)))
    }

    /// Modules that this file names, besides its own.
    fn uses(&self) -> Vec<String> {
        let named =
            self.text
                .split("crate::")
                .skip(1)
                .flat_map(|rest| match rest.strip_prefix('{') {
                    Some(list) => {
                        let list = list.split("};").next().unwrap_or_default();
                        list.split(',').map(|it| first_word(it.trim())).collect()
                    }
                    None => vec![first_word(rest)],
                });
        named
            .filter(|it| it != self.module() && !it.is_empty())
            .collect()
    }
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                let below = path.strip_prefix(&root).expect("below src");
                let path = below.to_string_lossy().into_owned();
                found.push(Source { path, text });
            }
        }
    }
    found
}

fn place(module: &str) -> Option<(usize, usize)> {
    let tiers = TIERS.iter().enumerate();
    let mut found =
        tiers.filter_map(|(tier, row)| Some((tier, row.iter().position(|it| *it == module)?)));
    found.next()
}

fn may_use(importer: &str, used: &str) -> bool {
    match (place(importer), place(used)) {
        (Some((tier, rank)), Some((below, other))) => {
            below < tier || (below == tier && ORDERED.contains(&tier) && other < rank)
        }
        _ => false,
    }
}

/// The sources that break a rule, by name.
fn breaking(rule: impl Fn(&Source) -> bool) -> Vec<String> {
    sources()
        .into_iter()
        .filter(rule)
        .map(|it| it.path)
        .collect()
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn every_import_points_down() {
    let root = ["lib", "main"];
    for source in sources().iter().filter(|it| !root.contains(&it.module())) {
        assert!(
            place(source.module()).is_some(),
            "{} is in no tier",
            source.path
        );
        for used in source.uses() {
            assert!(
                may_use(source.module(), &used),
                "{} uses {used}",
                source.path
            );
        }
        // A `super` chain cannot climb out of its module: that takes one for each folder, and one more.
        let climbs = "super::".repeat(source.path.split('/').count());
        assert!(
            !source.text.contains(&climbs),
            "{} climbs out of its module",
            source.path
        );
    }
}

#[test]
fn machinery_stays_in_its_rooms() {
    let at = |source: &Source, modules: &[&str]| modules.contains(&source.module());
    let pools = |it: &Source| it.text.contains("PgPool") && !at(it, &["platform", "tenancy"]);
    assert_eq!(breaking(pools), none(), "only the door knows pools");
    let statements = |it: &Source| {
        it.text.contains("sqlx::query")
            && !it.is_in("store")
            && !at(it, &["platform", "tenancy", "cli"])
    };
    assert_eq!(breaking(statements), none(), "statements stand in store.rs");
    let wire = |it: &Source| {
        it.text.contains("async_graphql") && !it.is_in("graphql") && !at(it, &["graphql", "api"])
    };
    assert_eq!(breaking(wire), none(), "the wire is known to graphql.rs");
    let dialect =
        |it: &Source| it.is_domain() && it.text.contains("crate::graphql") && !it.is_in("graphql");
    assert_eq!(
        breaking(dialect),
        none(),
        "only graphql.rs speaks the dialect"
    );
    let doors = |it: &Source| it.text.contains("tenants.open(") && !at(it, &["auth", "cli"]);
    assert_eq!(
        breaking(doors),
        none(),
        "a tenant is opened for a verified caller"
    );
    let leak = |it: &Source| it.text.contains("begin_with(");
    assert_eq!(
        breaking(leak),
        none(),
        "begin_with leaks the aborted transaction"
    );
}

#[test]
fn a_file_is_read_at_one_sitting() {
    let long = |it: &Source| it.text.lines().count() > 400;
    assert_eq!(
        breaking(long),
        none(),
        "past some 400 lines a file is split"
    );
    let vague = |it: &Source| {
        ["manager", "helper", "helpers", "utils", "util", "common"]
            .iter()
            .any(|word| it.is_in(word))
    };
    assert_eq!(breaking(vague), none(), "a name says what is inside");
    let untold = |it: &Source| !it.text.starts_with("//!") && it.path != "main.rs";
    assert_eq!(
        breaking(untold),
        none(),
        "a file begins with what it is for"
    );
}
