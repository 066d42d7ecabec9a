//! A registry of iHRIS v5, taken over from its bundles: small ones with all that goes wrong, a large one, and a real
//! one where it is at hand.

mod country;
mod large;
mod people;
mod reading;
mod register;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kada::interop::ihris::{self, Carried, House, Losses, Register};
use serde_json::Value;

/// A small registry in which everything is there that can go wrong.
fn bundles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/ihris/bundles")
}

fn languages() -> Vec<String> {
    vec!["en".to_owned(), "fr".to_owned()]
}

fn house() -> House {
    House {
        phone_region: "ML".to_owned(),
        today: "2026-03-01".parse().expect("a date"),
    }
}

fn survey(folder: &Path, losses: &mut Losses) -> Register {
    ihris::survey(folder, &languages(), losses).expect("it can be read")
}

/// The lines of a folder, all of them.
fn lines(folder: &Path, losses: &mut Losses) -> Vec<Carried> {
    let mut lines = Vec::new();
    survey(folder, losses)
        .people(folder, &house(), losses, &mut |it| {
            lines.push(it);
            ControlFlow::Continue(())
        })
        .expect("it can be read");
    lines
}

/// How many postings there are, by region, job and sex.
type Counts = BTreeMap<(String, String, String), u64>;

/// As the bundles have it, counted with no code but this: every role is looked up by hand.
fn counts_of_bundles(folder: &Path) -> Counts {
    let mut resources: BTreeMap<(String, String), Value> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let text = std::fs::read(entry.expect("a file").path()).expect("readable");
        let bundle: Value = serde_json::from_slice(&text).expect("JSON");
        for entry in bundle["entry"].as_array().expect("entries") {
            let resource = &entry["resource"];
            let name = |key: &str| resource[key].as_str().expect(key).to_owned();
            resources.insert((name("resourceType"), name("id")), resource.clone());
        }
    }
    let at = |kind: &str, reference: &Value| {
        let id = reference.as_str().and_then(|it| it.split('/').nth(1));
        let key = (kind.to_owned(), id.expect("a reference").to_owned());
        resources.get(&key).unwrap_or_else(|| panic!("{key:?}"))
    };
    let mut counts = Counts::new();
    let roles = resources
        .iter()
        .filter(|(key, _)| key.0 == "PractitionerRole");
    for (_, role) in roles {
        let person = at("Practitioner", &role["practitioner"]["reference"]);
        let mut place = at("Location", &role["location"][0]["reference"]);
        while place["type"][0]["coding"][0]["code"] != "region" {
            place = at("Location", &place["partOf"]["reference"]);
        }
        let job = &role["code"][0]["coding"][0]["code"];
        let text = |it: &Value| it.as_str().unwrap_or("unknown").to_owned();
        let key = (text(&place["id"]), text(job), text(&person["gender"]));
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// As the lines have it.
fn counts_of_lines(folder: &Path, losses: &mut Losses) -> Counts {
    let register = survey(folder, &mut Losses::default());
    let parents: BTreeMap<&str, Option<&str>> = (register.places.units.iter())
        .map(|it| (it.code.as_str(), it.parent.as_deref()))
        .collect();
    let regions: BTreeMap<&str, &str> = (register.places.facilities.iter())
        .map(|it| {
            let mut region = it.unit.as_str();
            while let Some(parent) = parents[region] {
                region = parent;
            }
            (it.code.as_str(), region)
        })
        .collect();
    let mut counts = Counts::new();
    for carried in lines(folder, losses) {
        if let Some(posting) = carried.line.posting {
            let region = regions[posting.facility.as_str()].to_owned();
            let sex = carried
                .line
                .sex
                .map_or("unknown", kada::workforce::Sex::as_str);
            let key = (region, posting.cadre, sex.to_owned());
            *counts.entry(key).or_default() += 1;
        }
    }
    counts
}

/// A real registry, where a machine has one: `KADA_IHRIS_DEMO` names its folder.
#[test]
fn the_counts_of_a_real_registry_are_those_of_its_bundles() {
    let Some(folder) = std::env::var_os("KADA_IHRIS_DEMO").map(PathBuf::from) else {
        println!("skipped: KADA_IHRIS_DEMO names no folder with the bundles of an iHRIS");
        return;
    };
    let mut losses = Losses::default();
    let counts = counts_of_lines(&folder, &mut losses);
    let of_bundles = counts_of_bundles(&folder);
    println!(
        "{} postings in {} classes\n{losses}",
        counts.values().sum::<u64>(),
        counts.len()
    );
    assert_eq!(counts, of_bundles);
}
