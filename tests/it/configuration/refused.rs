//! Every kind of bad row is named by file, line and column, all of them at once.

use std::path::Path;

use kada::cadres::Classifications;
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

pub fn read(replaced: &[(&str, Option<&[u8]>)]) -> Vec<Problem> {
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
    let more = replaced.iter().filter(|(name, _)| !FILES.contains(name));
    for (file, bytes) in more {
        std::fs::write(folder.join(file), bytes.unwrap_or_default()).expect("a file");
    }
    let codes = |codes: &[&str]| codes.iter().map(ToString::to_string).collect();
    let units = Classifications::from([
        ("isco-08".to_owned(), codes(&["2221", "3221"])),
        ("isco-88".to_owned(), codes(&["2221", "3231"])),
    ]);
    apply::read(&Folder::at(Path::new(&folder)), &units)
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
    insta::assert_snapshot!(problems("org-units.csv", format!("# why\n{UNITS}{rows}")).join("\n"), @r"
    org-units.csv:4: code: A stands on line 3 already
    org-units.csv:5: parent: there is no B that could hold B-1
    org-units.csv:6: level: is 2, and that of the country is 0: it must be one more
    org-units.csv:7: level: is 9, and that of A is 1: it must be one more
    org-units.csv:7: level: is none of the 2 levels of tenant.toml
    org-units.csv:7: population: “-5” is not a number of people
    org-units.csv:8: name: is empty
    org-units.csv:8: population_source: is empty: a population has a year and a source
    org-units.csv:8: population_year: is empty: a population has a year and a source
    org-units.csv:9: population_year: “20x0” is not a year
    org-units.csv:9: valid_from: “2012-02-30” is not a date of the form 2012-03-31
    org-units.csv:10: valid_to: 2012-01-01 is before 2012-01-02
    org-units.csv:11: has 4 fields, the header has 14
    org-units.csv:12: level: is 2, and that of K is 2: it must be one more
    org-units.csv:12: parent: J would be its own ancestor
    org-units.csv:13: level: is 2, and that of J is 2: it must be one more
    org-units.csv:13: parent: K would be its own ancestor
    ");
}

#[test]
fn cadres() {
    let rows = "G,,Groupe,,health,professional,,,
N,Z,Infirmier,,health,professional,2221,,
N,G,,,army,boss,9999,,
P,Q,P,,health,allied,,,
Q,P,Q,,health,allied,,,
\"é\",G,É,,health,allied,,,
";
    insta::assert_snapshot!(problems("cadres.csv", format!("{CADRES}{rows}")).join("\n"), @r"
    cadres.csv:3: parent: there is no Z that could hold N
    cadres.csv:4: code: N stands on line 3 already
    cadres.csv:4: isco08: ISCO-08 has no 9999
    cadres.csv:4: label:fr: is empty; a cadre has a label in one language at least
    cadres.csv:4: sector: “army” is none of health, social
    cadres.csv:4: worker_class: “boss” is none of professional, para-professional, volunteer, allied
    cadres.csv:5: parent: P would be its own ancestor
    cadres.csv:6: parent: Q would be its own ancestor
    cadres.csv:7: code: “é” is not a code: letters, digits, -, _ and ., at most 64
    ");
}

#[test]
fn what_a_cadre_says_of_itself() {
    let header = "code,parent,label:fr,description:fr,sector,worker_class,isco08,entry_qualification,licensed,licensing_council,retirement_age,salary_grades,career_steps,source,confidence\n";
    let long = "x".repeat(201);
    let grades = ["A"; 51].join("|");
    let rows = format!(
        "N,,{long},Soigne,health,professional,,Diplôme,yes,Ordre,60,A1|A2,M,,
M,,Sage-femme,\"deux
lignes\",health,professional,,{long},maybe,{long},29,\"a
b\",M|Z|N|N,,
O,,Autre,,health,allied,,,no,Ordre,soixante,{grades},,,
"
    );
    insta::assert_snapshot!(problems("cadres.csv", format!("{header}{rows}")).join("\n"), @r"
    cadres.csv:2: label:fr: Give a label of 1 to 200 characters in one language at least; languages are written like fr or sw.
    cadres.csv:3: career_steps: M would follow itself
    cadres.csv:3: career_steps: N is named twice.
    cadres.csv:3: career_steps: there is no Z that could follow
    cadres.csv:3: description:fr: The text is empty, too long, or has control characters.
    cadres.csv:3: entry_qualification: The text is empty, too long, or has control characters.
    cadres.csv:3: licensed: “maybe” is none of yes, no
    cadres.csv:3: licensing_council: A council is named, and the cadre needs no licence.
    cadres.csv:3: licensing_council: The text is empty, too long, or has control characters.
    cadres.csv:3: retirement_age: The retirement age must be from 30 to 99.
    cadres.csv:3: salary_grades: The text is empty, too long, or has control characters.
    cadres.csv:6: licensing_council: A council is named, and the cadre needs no licence.
    cadres.csv:6: retirement_age: “soixante” is not an age in years
    cadres.csv:6: salary_grades: There may be at most 50.
    ");
    let header = "code,parent,label:fr,description:sw,sector,worker_class,isco08,licensing_council,salary_grades,salary_grades,source,confidence\n";
    insta::assert_snapshot!(problems("cadres.csv", header).join("\n"), @r"
    cadres.csv:1: description:sw: sw is not a language of the country (fr, en)
    cadres.csv:1: licensed: is missing from the header
    cadres.csv:1: salary_grades: stands twice in the header
    ");
}

#[test]
fn how_a_cadre_ends() {
    let header = "code,parent,label:fr,sector,worker_class,isco08,valid_from,status,status_from,successors,source,confidence\n";
    let rows = "A,,A,health,allied,,2010-01-01,retired,2020-01-01,,,
B,,B,health,allied,,,merged,2020-01-01,A,,
C,,C,health,allied,,,split,2020-01-01,A|B,,
D,,D,health,allied,,2010-01-01,retired,2009-12-31,A,,
E,,E,health,allied,,,merged,,,,
F,,F,health,allied,,,,2020-01-01,,,
G,,G,health,allied,,,split,2020-01-01,G|Z|A|A|S,,
H,,H,health,allied,,2010-02-30,gone,soon,,,
I,,I,health,allied,,,merged,2020-01-01,A|B,,
S,,S,social,allied,,,active,,,,
";
    insta::assert_snapshot!(problems("cadres.csv", format!("{header}{rows}")).join("\n"), @r#"
    cadres.csv:5: status_from: is not after the first day of the cadre
    cadres.csv:5: successors: people stay in a cadre that is retired
    cadres.csv:6: status_from: is empty; a merged cadre is so from a day on
    cadres.csv:6: successors: is empty; the people of a merged cadre went somewhere
    cadres.csv:7: status_from: an active cadre has no day on which it ended
    cadres.csv:8: successors: A is named twice.
    cadres.csv:8: successors: S is of the other sector.
    cadres.csv:8: successors: the people of G would stay in it
    cadres.csv:8: successors: there is no Z where people could have gone
    cadres.csv:9: status: “gone” is none of active, retired, merged, split
    cadres.csv:9: status_from: “soon” is not a day, such as 2026-05-01
    cadres.csv:9: valid_from: “2010-02-30” is not a day, such as 2026-05-01
    cadres.csv:10: successors: the people of a merged cadre went to one other
    "#);
    let header = header.replace(",status_from,successors", "");
    insta::assert_snapshot!(problems("cadres.csv", header).join("\n"), @r"
    cadres.csv:1: status_from: is missing from the header
    cadres.csv:1: successors: is missing from the header
    ");
}

#[test]
fn crosswalk() {
    let header = "cadre,edition,valid_from,code,relation,share,author,approver\n";
    let rows = "N,isco-08,2020-01-01,2221,equal,,Awa,Issa
N,isco-88,2020-01-01,3231,partial,60,Awa,Issa
N,isco-88,2020-01-01,2221,partial,30,Awa,Issa
N,isco-08,2021-01-01,3231,equal,,Awa,Awa
N,isco-08,2022-01-01,9999,equal,,Awa,
N,isco-99,2020-01-01,2221,alike,,Awa,Issa
N,isco-99,2020-01-01,2221,equal,,Awa,Issa
N,isco-08,2023-01-01,2221,partial,33.333,Awa,Issa
N,isco-08,2024-01-01,2221,partial,50,Awa,Issa
N,isco-08,2024-01-01,2221,partial,50,Fanta,Issa
G,isco-08,1820-01-01,2221,equal,,Awa,Issa
Z,isco-08,,2221,equal,,Awa,Issa
";
    insta::assert_snapshot!(problems("crosswalk.csv", format!("{header}{rows}")).join("\n"), @r#"
    crosswalk.csv:3: share: One unit has the whole cadre and no share; several are all partial, with shares that add up to 1.
    crosswalk.csv:5: approver: Whoever proposed a mapping cannot approve it.
    crosswalk.csv:5: code: 3231 is no unit of this edition; it is one of isco-88.
    crosswalk.csv:6: approver: is empty
    crosswalk.csv:6: code: 9999 is no unit of this edition.
    crosswalk.csv:7: relation: “alike” is none of equal, broader, narrower, partial
    crosswalk.csv:8: edition: There is no edition isco-99: name isco-08, isco-88 or kada-hub-1.
    crosswalk.csv:9: share: “33.333” is not a share in percent, such as 60 or 33.34
    crosswalk.csv:10: code: 2221 is named twice.
    crosswalk.csv:11: author: Awa stands in another row of the same day
    crosswalk.csv:12: cadre: G gathers other cadres: map these
    crosswalk.csv:12: valid_from: The day must be from 1900 to 2200.
    crosswalk.csv:13: cadre: there is no cadre Z
    crosswalk.csv:13: valid_from: is empty
    "#);
    let cut = header.replace(",approver", ",colour");
    insta::assert_snapshot!(problems("crosswalk.csv", cut).join("\n"), @r"
    crosswalk.csv:1: approver: is missing from the header
    crosswalk.csv:1: colour: is not a column of this file
    ");
}

#[test]
fn headers() {
    let header =
        "code,parent,label:fr,label:sw,sector,sector,worker_class,colour,source,confidence\n";
    insta::assert_snapshot!(problems("cadres.csv", header).join("\n"), @r"
    cadres.csv:1: colour: is not a column of this file
    cadres.csv:1: isco08: is missing from the header
    cadres.csv:1: label:sw: sw is not a language of the country (fr, en)
    cadres.csv:1: sector: stands twice in the header
    ");
    insta::assert_snapshot!(problems("cadres.csv", "# nothing\n").join("\n"), @"cadres.csv: has no header line");
}

#[test]
fn types_and_ownership() {
    let types = "code,label:fr,tier,sha2011_provider,sector,source,confidence\nHC,,primary,HP.3,both,,\nHC,Centre,,,health,,\n";
    insta::assert_snapshot!(problems("facility-types.csv", types).join("\n"), @r"
    facility-types.csv:2: label:fr: is empty; every entry has a text in the country's first language
    facility-types.csv:2: sector: “both” is none of health, social
    facility-types.csv:3: code: HC stands twice
    ");
    let types = "code,label:fr,tier,sha2011_provider,sector,retired_on,source,confidence\nHC,Centre,,,health,2026-02-30,,\nDH,Hôpital,,,health,1812-01-01,,\n";
    insta::assert_snapshot!(problems("facility-types.csv", types).join("\n"), @r"
    facility-types.csv:2: retired_on: “2026-02-30” is not a date of the form 2012-03-31
    facility-types.csv:3: retired_on: 1812-01-01 is not between 1900 and 2200
    ");
    let ownership = "code,nhwa_group,label:fr,source,confidence\n,state,Public,,\n";
    insta::assert_snapshot!(problems("ownership.csv", ownership).join("\n"), @r"
    ownership.csv:2: code: is empty
    ownership.csv:2: nhwa_group: “state” is none of public, private_not_for_profit, private_for_profit
    ");
}

#[test]
fn code_lists() {
    let lists = "[employment_type]\nstate = { label = { sw = \"Serikali\" } }\n\n[departure_reason]\n\"d é\" = { label = { fr = \"Décès\" } }\n";
    insta::assert_snapshot!(problems("code-lists.toml", lists).join("\n"), @r"
    code-lists.toml: identifier_type: is missing: the register needs this list
    code-lists.toml:2: employment_type.state.label: has no text in fr, the country's first language
    code-lists.toml:2: employment_type.state.label.sw: sw is not a language of the country (fr, en)
    code-lists.toml:5: departure_reason.d é: is not a code: letters, digits, -, _ and .
    ");
    let twice =
        "[employment_type]\na = { label = { fr = \"A\" } }\na = { label = { fr = \"B\" } }\n";
    insta::assert_snapshot!(problems("code-lists.toml", twice).join("\n"), @"code-lists.toml:3: duplicate key `a` in table `employment_type`");
    let broken = "[employment_type]\na = { label = { fr = \"A } }\n";
    insta::assert_snapshot!(problems("code-lists.toml", broken).join("\n"), @"code-lists.toml:2: invalid basic string");
}

#[test]
fn settings() {
    let settings = right("tenant.toml")
        .replace("\"xy\"", "\"ab\"")
        .replace("[\"fr\", \"en\"]", "[\"fr\", \"English\"]")
        .replace("XOF", "Francs")
        .replace(
            "currency =",
            "second_person = [\"names\", \"shoes\"]\ncurrency =",
        )
        .replace("\"ML\"", "\"Mali\"")
        .replace("01-01", "13-01")
        .replace("number = 2", "number = 4")
        .replace("fr = \"Cercle\"", "en = \"Circle\"");
    insta::assert_snapshot!(problems("tenant.toml", settings).join("\n"), @r"
    cadres.csv:1: label:en: en is not a language of the country (fr, English)
    org-units.csv:2: name:en: en is not a language of the country (fr, English)
    tenant.toml: code: is ab, and the folder is called xy
    tenant.toml: currency: is not a code of three capitals (ISO 4217)
    tenant.toml: fiscal_year_start: is not a month and a day, such as 07-01
    tenant.toml: languages: needs codes of two or three letters, such as fr
    tenant.toml: level 4: stands where level 2 is due
    tenant.toml: level 4.name: has no text in fr, the country's first language
    tenant.toml: level 4.name.en: en is not a language of the country (fr, English)
    tenant.toml: phone_region: is no region with a numbering plan
    tenant.toml: second_person: shoes is no group of fields: names, birth, identifiers, contacts
    ");
    let unknown = right("tenant.toml").replace("currency =", "money =");
    insta::assert_snapshot!(problems("tenant.toml", unknown).join("\n"), @"tenant.toml:4: unknown field `money`, expected one of `code`, `name`, `languages`, `currency`, `currency_minor_units`, `time_zone`, `phone_region`, `fiscal_year_start`, `level`, `weekend`, `cors_origins`, `second_person`");
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
    insta::assert_snapshot!(lines.join("\n"), @r"
    cadres.csv:4: is not UTF-8; save the file in that encoding
    org-units.csv:1: confidence: is missing from the header
    org-units.csv:1: iso_3166_2: is missing from the header
    org-units.csv:1: kind: is missing from the header
    org-units.csv:1: level: is missing from the header
    org-units.csv:1: name: is missing from the header
    org-units.csv:1: parent: is missing from the header
    org-units.csv:1: population: is missing from the header
    org-units.csv:1: population_source: is missing from the header
    org-units.csv:1: population_year: is missing from the header
    org-units.csv:1: source: is missing from the header
    org-units.csv:1: valid_from: is missing from the header
    org-units.csv:1: valid_to: is missing from the header
    ownership.csv: is missing
    ");
}
