//! The columns that a folder need not have: what mutations said goes out and in again, and what no column tells stays.

use std::fs;
use std::path::Path;

use kada::auth::Role;
use kada::cadres::Classifications;
use kada::cli::apply::{self, Country, Plan};
use kada::cli::folder::Folder;
use kada::kernel::TenantCode;
use serde_json::{Value, json};

use crate::support::world::{Caller, TODAY, World};
use crate::workforce::office::Office;

const CADRE: &str = "cadre(by: {code: $code}, asOf: $day) {
    version status description descriptions { language text } entryQualification isLicensed licensingCouncil
    retirementAge salaryGrades careerSteps { code }
}";

async fn cadre(caller: &Caller<'_>, code: &str, day: &str) -> Value {
    let query = format!("query($code: String!, $day: Date) {{ {CADRE} }}");
    let mut data = caller
        .data(&query, json!({ "code": code, "day": day }))
        .await;
    data["cadre"].take()
}

pub(super) async fn make(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let result = if mutation == "addCadre" {
        "cadre { id }"
    } else {
        ""
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{ {result} errors {{ code path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    assert_eq!(data["answer"]["errors"], json!([]), "{mutation}");
    data["answer"].take()
}

/// All that mutations can say of midwives, of nurses who are retired, and of two classes of facilities.
async fn say_everything(office: &Office<'_>, admin: &Caller<'_>) {
    let midwife = json!({
        "cadre": office.id("MW"), "baseVersion": 1, "from": "2026-02-01",
        "descriptions": [
            { "language": "en", "text": "Births, \"before\" and after" }, { "language": "fr", "text": "Naissances" },
        ],
        "entryQualification": "Diplôme d’État", "isLicensed": true, "licensingCouncil": "Ordre des sages-femmes",
        "retirementAge": 62, "salaryGrades": ["A|1", "B\\2", "C"],
        "careerSteps": [office.id("NUR"), office.id("SWO")],
    });
    make(admin, "changeCadre", midwife).await;
    let nurse = json!({ "cadre": office.id("NUR"), "baseVersion": 1, "from": "2026-01-01", "salaryGrades": ["D|4"] });
    make(admin, "changeCadre", nurse).await;
    let retired = json!({ "cadre": office.id("NUR"), "baseVersion": 2, "from": "2026-02-01" });
    make(admin, "retireCadre", retired).await;
    let names = json!([{ "language": "fr", "text": "Ancien" }]);
    let class = json!({
        "code": "OLD", "labels": names, "tier": "primary", "providerClass": "HP.3", "sector": "HEALTH",
        "retiredOn": "2020-01-01",
    });
    make(admin, "saveFacilityType", class).await;
    let class = json!({
        "code": "OLD", "labels": names, "nhwaGroup": "public", "retiredOn": "2020-01-01",
    });
    make(admin, "saveOwnership", class).await;
}

pub(super) fn write(root: &Path, code: &TenantCode, files: &[(String, Vec<u8>)]) -> Folder {
    let folder = root.join(code.as_str());
    fs::create_dir_all(folder.join("forms")).expect("ours");
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("ours");
    }
    Folder::at(&folder)
}

/// A folder as it was before its files had these columns.
fn without(files: &[(String, Vec<u8>)], columns: &[&str]) -> Vec<(String, Vec<u8>)> {
    let cut = |bytes: &[u8]| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut kept: Option<Vec<usize>> = None;
        for record in reader.records().map(|it| it.expect("a record")) {
            let kept = kept.get_or_insert_with(|| {
                let header = record.iter().enumerate();
                let header =
                    header.filter(|(_, name)| !columns.iter().any(|it| name.starts_with(it)));
                header.map(|(at, _)| at).collect()
            });
            let cells = kept.iter().map(|at| &record[*at]);
            writer.write_record(cells).expect("a record");
        }
        writer.into_inner().expect("in memory")
    };
    let files = files.iter().map(|(name, bytes)| {
        let is_list =
            ["cadres.csv", "facility-types.csv", "ownership.csv"].contains(&name.as_str());
        (
            name.clone(),
            if is_list { cut(bytes) } else { bytes.clone() },
        )
    });
    files.collect()
}

pub(super) struct Desk<'a> {
    world: &'a World,
    units: Classifications,
}

impl Desk<'_> {
    pub async fn open(world: &World) -> Desk<'_> {
        let units = apply::classifications(&world.database.owner).await;
        let units = units.expect("classifications");
        Desk { world, units }
    }

    pub fn read(&self, folder: &Folder) -> Country {
        apply::read(folder, &self.units).unwrap_or_else(|it| panic!("{it:#?}"))
    }

    pub async fn apply(&self, country: &Country) -> Plan {
        let (owner, tenants) = (&self.world.database.owner, &self.world.database.tenants);
        let plan = apply::create(owner, tenants, country, self.world.clock.now(), |_| ()).await;
        plan.expect("it applies")
    }

    pub async fn export(&self, code: &TenantCode) -> Vec<(String, Vec<u8>)> {
        let db = self.world.database.tenants.open(code).await;
        let standing = Country::standing(&db.expect("there"), self.world.clock.now()).await;
        apply::write(&standing.expect("it answers")).expect("it is written")
    }
}

const NEW: [&str; 8] = [
    "description:",
    "entry_qualification",
    "licensed",
    "licensing_council",
    "retirement_age",
    "salary_grades",
    "career_steps",
    "retired_on",
];

#[tokio::test]
async fn what_mutations_said_makes_the_same_country_again() {
    let world = World::with(2, |_| {}).await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    say_everything(&office, &admin).await;
    let told = cadre(&admin, "MW", TODAY).await;
    let desk = Desk::open(&world).await;
    let code = &office.country.code;
    let files = desk.export(code).await;
    let root = tempfile::tempdir().expect("a directory");
    let again = desk.read(&write(root.path(), code, &files));
    let plan = desk.apply(&again).await;
    assert!(plan.is_empty(), "{plan}");

    let twin = &world.codes()[1];
    desk.apply(&again.clone().renamed(twin.clone())).await;
    let of_twin = desk.export(twin).await;
    for ((name, one), (_, other)) in files
        .iter()
        .zip(&of_twin)
        .filter(|it| it.0.0 != "tenant.toml")
    {
        let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
        assert_eq!(one, other, "{name}");
    }
    assert_eq!(files.len(), of_twin.len());
    let mut twins = cadre(&world.caller(twin, Role::MinistryAdmin), "MW", TODAY).await;
    twins["version"] = told["version"].clone();
    assert_eq!(twins, told);
    assert_eq!(told["salaryGrades"], json!(["A|1", "B\\2", "C"]));
    assert_eq!(told["careerSteps"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_folder_without_the_columns_leaves_what_stands() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    say_everything(&office, &admin).await;
    let desk = Desk::open(&world).await;
    let code = &office.country.code;
    let files = desk.export(code).await;
    let root = tempfile::tempdir().expect("a directory");
    let old = desk.read(&write(root.path(), code, &without(&files, &NEW)));
    let plan = desk.apply(&old).await;
    assert!(plan.is_empty(), "{plan}");

    // Nor is anything lost when something else of the row changes, and one column of two is told.
    let before = cadre(&admin, "MW", TODAY).await;
    let mut renamed = old.clone();
    for row in renamed
        .cadres
        .cadres
        .iter_mut()
        .filter(|it| it.code == "MW")
    {
        row.source = "A decree".to_owned();
    }
    for row in renamed
        .places
        .types
        .iter_mut()
        .filter(|it| it.class.code == "OLD")
    {
        row.class.tier = "secondary".to_owned();
    }
    assert!(!desk.apply(&renamed).await.is_empty());
    let mut after = cadre(&admin, "MW", TODAY).await;
    assert_eq!(after["version"], json!(3));
    after["version"] = before["version"].clone();
    assert_eq!(after, before);
    let query = "{ facilityTypes { code retiredOn } }";
    let types = admin.data(query, json!({})).await;
    let old_class = json!({ "code": "OLD", "retiredOn": "2020-01-01" });
    assert!(
        types["facilityTypes"]
            .as_array()
            .is_some_and(|all| all.contains(&old_class)),
        "{types}"
    );
}

#[tokio::test]
async fn an_empty_cell_is_empty_and_the_plan_says_so() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    say_everything(&office, &admin).await;
    let desk = Desk::open(&world).await;
    let code = &office.country.code;
    let files = desk.export(code).await;
    let root = tempfile::tempdir().expect("a directory");
    // The French descriptions are not told, and stay.
    let told = without(&files, &["description:fr"]);
    let mut country = desk.read(&write(root.path(), code, &told));
    for row in country
        .cadres
        .cadres
        .iter_mut()
        .filter(|it| it.code == "MW")
    {
        row.description = kada::kernel::Text::default();
        (row.entry_qualification, row.retirement_age) = (None, None);
        (row.licensed, row.licensing_council) = (false, None);
        row.salary_grades = Vec::new();
        row.career_steps = vec!["NUR".to_owned()];
    }
    for row in &mut country.places.types {
        row.retired_on = Some(None);
    }
    let plan = desk.apply(&country).await;
    let changed = plan.content.0.iter().filter(|it| !it.is_empty());
    let changed: Vec<String> = changed.map(ToString::to_string).collect();
    insta::assert_snapshot!(changed.join("\n"), @r#"
    facility types            0 added       1 changed       3 unchanged
        ~ OLD retired_on: "2020-01-01" → null
    cadres                    0 added       1 changed       7 unchanged
        ~ MW career_steps: ["NUR","SWO"] → ["NUR"]
        ~ MW description:en: "Births, \"before\" and after" → null
        ~ MW entry_qualification: "Diplôme d’État" → null
        ~ MW licensed: true → false
        ~ MW licensing_council: "Ordre des sages-femmes" → null
        ~ MW retirement_age: 62 → null
        ~ MW salary_grades: ["A|1","B\\2","C"] → []
    "#);
    assert!(desk.apply(&country).await.is_empty());
    let of = async |day: &str| {
        let cadre = cadre(&admin, "MW", day).await;
        format!(
            "{} {} {} {}",
            cadre["descriptions"], cadre["isLicensed"], cadre["salaryGrades"], cadre["careerSteps"]
        )
    };
    insta::assert_snapshot!(of("2026-02-28").await, @r#"[{"language":"en","text":"Births, \"before\" and after"},{"language":"fr","text":"Naissances"}] true ["A|1","B\\2","C"] [{"code":"NUR"},{"code":"SWO"}]"#);
    insta::assert_snapshot!(of(TODAY).await, @r#"[{"language":"fr","text":"Naissances"}] false [] [{"code":"NUR"}]"#);
    let nurse = cadre(&admin, "NUR", TODAY).await;
    assert_eq!(nurse["status"], "RETIRED");
    assert_eq!(nurse["salaryGrades"], json!(["D|4"]));
}
