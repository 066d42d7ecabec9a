//! Every kind of bad row is named by file, line and column, all of them at once.

use std::collections::BTreeSet;
use std::path::Path;

use kada::cli::apply::{self, Problem};
use kada::cli::folder::Folder;

const FILES: [&str; 6] = [
    "tenant.toml",
    "org-units.csv",
    "facility-types.csv",
    "ownership.csv",
    "cadres.csv",
    "code-lists.toml",
];

const UNITS: &str = "code,level,parent,name,name:en,kind,iso_3166_2,population,population_year,population_source,valid_from,valid_to,source,confidence\n";
const CADRES: &str = "code,parent,label:fr,label:en,sector,worker_class,isco08,source,confidence\n";

/// A small country that is right, with one file replaced.
fn problems(file: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    let all = read(&[(file, Some(content.as_ref()))]);
    all.iter().map(Problem::to_string).collect()
}

fn read(replaced: &[(&str, Option<&[u8]>)]) -> Vec<Problem> {
    let directory = tempfile::tempdir().expect("a directory");
    let folder = directory.path().join("xy");
    std::fs::create_dir(&folder).expect("a folder");
    for file in FILES {
        let right = right(file);
        let bytes = match replaced.iter().find(|(name, _)| *name == file) {
            Some((_, bytes)) => *bytes,
            None => Some(right.as_bytes()),
        };
        if let Some(bytes) = bytes {
            std::fs::write(folder.join(file), bytes).expect("a file");
        }
    }
    let isco08: BTreeSet<String> = ["2221".to_owned()].into();
    apply::read(&Folder::at(Path::new(&folder)), &isco08)
        .err()
        .unwrap_or_default()
}

fn right(file: &str) -> String {
    match file {
        "tenant.toml" => r#"code = "xy"
name = { fr = "Pays" }
languages = ["fr", "en"]
currency = "XOF"
currency_minor_units = 0
time_zone = "Africa/Bamako"
phone_region = "ML"
fiscal_year_start = "01-01"
[[level]]
number = 1
name = { fr = "Région" }
[[level]]
number = 2
name = { fr = "Cercle" }
"#
        .to_owned(),
        "org-units.csv" => format!("\u{feff}# A comment.\n{UNITS}A,1,,A,,,,10,2020,census,,,,\nA-1,2,A,A1,,,,,,,,,,\n"),
        "facility-types.csv" => "code,label:fr,tier,sha2011_provider,sector,source,confidence\nHC,Centre,primary,HP.3,health,,\n".to_owned(),
        "ownership.csv" => "code,nhwa_group,label:fr,source,confidence\nGOV,public,Public,,\n".to_owned(),
        "cadres.csv" => format!("{CADRES}G,,Groupe,,health,professional,,,\nN,G,Infirmier,Nurse,health,professional,2221,,\n"),
        _ => "[employment_type]\nstate = { label = { fr = \"État\" } }\n[departure_reason]\ndeath = { label = { fr = \"Décès\" } }\n[identifier_type]\nnina = { label = { fr = \"NINA\" } }\n".to_owned(),
    }
}

#[test]
fn the_small_country_is_right() {
    assert_eq!(read(&[]), []);
}

#[test]
fn org_units() {
    let rows = "A,1,,A,,,,10,2020,census,,,,
A,1,,B,,,,,,,,,,
B-1,2,B,B1,,,,,,,,,,
C,2,,C,,,,,,,,,,
D,9,A,D,,,,-5,2020,census,,,,
E,1,,,,,,5,,,,,,
F,1,,F,,,,5,20x0,census,2012-02-30,,,
G,1,,G,,,,7,2020,census,2012-01-02,2012-01-01,,
H I,1,,H
J,2,K,J,,,,,,,,,,
K,2,J,K,,,,,,,,,,
";
    insta::assert_snapshot!(problems("org-units.csv", format!("# why\n{UNITS}{rows}")).join("\n"), @"");
}

#[test]
fn cadres() {
    let rows = "G,,Groupe,,health,professional,,,
N,Z,Infirmier,,health,professional,2221,,
N,G,,Nurse,army,boss,9999,,
P,Q,P,,health,allied,,,
Q,P,Q,,health,allied,,,
\"é\",G,É,,health,allied,,,
";
    insta::assert_snapshot!(problems("cadres.csv", format!("{CADRES}{rows}")).join("\n"), @"");
}

#[test]
fn headers() {
    let header =
        "code,parent,label:fr,label:sw,sector,sector,worker_class,colour,source,confidence\n";
    insta::assert_snapshot!(problems("cadres.csv", header).join("\n"), @"");
    insta::assert_snapshot!(problems("cadres.csv", "# nothing\n").join("\n"), @"");
}

#[test]
fn types_and_ownership() {
    let types = "code,label:fr,tier,sha2011_provider,sector,source,confidence\nHC,,primary,HP.3,both,,\nHC,Centre,,,health,,\n";
    insta::assert_snapshot!(problems("facility-types.csv", types).join("\n"), @"");
    let ownership = "code,nhwa_group,label:fr,source,confidence\n,state,Public,,\n";
    insta::assert_snapshot!(problems("ownership.csv", ownership).join("\n"), @"");
}

#[test]
fn code_lists() {
    let lists = "[employment_type]\nstate = { label = { sw = \"Serikali\" } }\n\n[departure_reason]\n\"d é\" = { label = { fr = \"Décès\" } }\n";
    insta::assert_snapshot!(problems("code-lists.toml", lists).join("\n"), @"");
    let twice =
        "[employment_type]\na = { label = { fr = \"A\" } }\na = { label = { fr = \"B\" } }\n";
    insta::assert_snapshot!(problems("code-lists.toml", twice).join("\n"), @"");
    let broken = "[employment_type]\na = { label = { fr = \"A } }\n";
    insta::assert_snapshot!(problems("code-lists.toml", broken).join("\n"), @"");
}

#[test]
fn settings() {
    let settings = right("tenant.toml")
        .replace("\"xy\"", "\"ab\"")
        .replace("[\"fr\", \"en\"]", "[\"fr\", \"English\"]")
        .replace("XOF", "Francs")
        .replace("\"ML\"", "\"Mali\"")
        .replace("01-01", "13-01")
        .replace("number = 2", "number = 4")
        .replace("fr = \"Cercle\"", "en = \"Circle\"");
    insta::assert_snapshot!(problems("tenant.toml", settings).join("\n"), @"");
    let unknown = right("tenant.toml").replace("currency =", "money =");
    insta::assert_snapshot!(problems("tenant.toml", unknown).join("\n"), @"");
}

#[test]
fn files() {
    let mut broken = right("cadres.csv").into_bytes();
    broken.push(0xff);
    let all = read(&[
        ("cadres.csv", Some(&broken)),
        ("ownership.csv", None),
        ("org-units.csv", Some(b"code\n\"A\n")),
    ]);
    let lines: Vec<String> = all.iter().map(Problem::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @"");
}
