//! Cadres that ended, and what cadres are in classifications: told in the folder, and made from it again.

use kada::auth::{Actor, Role};
use kada::cadres::{self, Occasion, ProposeMapping, Relation, Status, Target};
use kada::cli::apply;
use kada::kernel::{CadreId, Id};
use kada::tenancy::Reader;
use serde_json::{Value, json};

use super::columns::{Desk, make, write};
use crate::support::world::{Caller, TODAY, World};
use crate::workforce::office::Office;

/// Adds a cadre in use from a day on; its id.
async fn add(admin: &Caller<'_>, office: &Office<'_>, code: &str, from: &str) -> String {
    let input = json!({
        "code": code, "from": from, "parent": office.id("G-NUR"), "sector": "HEALTH",
        "labels": [{ "language": "fr", "text": format!("Cadre {code}") }], "workerClass": "PROFESSIONAL",
    });
    let payload = make(admin, "addCadre", input).await;
    payload["cadre"]["id"].as_str().expect("an id").to_owned()
}

/// Has somebody propose a mapping and the admin approve it. The tests' issuer knows one subject for a role.
async fn map(
    admin: &Caller<'_>,
    office: &Office<'_>,
    edition: &str,
    targets: &[(&str, Option<i16>)],
) {
    let another = Actor::new("statistics@kada", [Role::MinistryAdmin]);
    let occasion = Occasion {
        actor: &another,
        now: office.country.world.clock.now(),
        today: TODAY.parse().expect("a date"),
        languages: &[],
        act: None,
    };
    let targets = targets.iter().map(|(code, share)| Target {
        code: (*code).to_owned(),
        relation: share.map_or(Relation::Narrower, |_| Relation::Partial),
        share: *share,
    });
    let new = ProposeMapping {
        cadre: CadreId::decode(office.id("MW")).expect("an id"),
        edition: edition.to_owned(),
        from: "2026-01-01".parse().expect("a date"),
        targets: targets.collect(),
    };
    let proposed = office
        .country
        .db
        .write(async |tx: &mut Reader<'_>| cadres::propose_mapping(tx, &occasion, &new).await);
    let mapping = proposed.await.expect("it is proposed").encode();
    let approve = json!({ "mapping": mapping, "approve": true });
    make(admin, "reviewCadreMapping", approve).await;
}

/// A taxonomy in which cadres ended in every way.
async fn end_cadres(admin: &Caller<'_>, office: &Office<'_>) {
    let (merged, split) = (
        add(admin, office, "OLD-1", "2020-01-01").await,
        add(admin, office, "OLD-2", "2020-01-01").await,
    );
    let (one, other) = (
        add(admin, office, "NEW-1", "2021-01-01").await,
        add(admin, office, "NEW-2", "2021-01-01").await,
    );
    add(admin, office, "TO-COME", "2027-01-01").await;
    let merge = json!({
        "cadres": [{ "cadre": merged, "baseVersion": 1 }], "into": one, "on": "2026-01-01",
    });
    make(admin, "mergeCadres", merge).await;
    let split = json!({
        "cadre": split, "baseVersion": 1, "on": "2025-07-01",
        "into": [{ "cadre": one, "workers": [], "facilityTypes": ["HC"] }], "otherwise": other,
    });
    make(admin, "splitCadre", split).await;
    for (code, from) in [("NUR", "2026-02-01"), ("SWO", "2027-07-01")] {
        let retire = json!({ "cadre": office.id(code), "baseVersion": 1, "from": from });
        make(admin, "retireCadre", retire).await;
    }
    map(
        admin,
        office,
        "isco-08",
        &[("2222", Some(6_650)), ("3222", Some(3_350))],
    )
    .await;
    map(admin, office, "kada-hub-1", &[("MIDWIFERY", None)]).await;
}

/// What is told of cadres on some days.
async fn told(admin: &Caller<'_>) -> Value {
    let on = |alias: &str, code: &str, day: &str| {
        format!(
            "{alias}: cadre(by: {{code: \"{code}\"}}, asOf: \"{day}\") {{ status since successors {{ code }} }} "
        )
    };
    let query = [
        on("merged_before", "OLD-1", "2025-12-31"),
        on("merged", "OLD-1", "2026-01-01"),
        on("split_before", "OLD-2", "2025-06-30"),
        on("split", "OLD-2", "2025-07-01"),
        on("retired_before", "NUR", "2026-01-31"),
        on("retired", "NUR", "2026-02-01"),
        on("retires", "SWO", "2027-07-01"),
        on("in_use", "SWO", "2027-06-30"),
        on("to_come", "TO-COME", "2026-12-31"),
        on("came", "TO-COME", "2027-01-01"),
        "midwives: cadre(by: {code: \"MW\"}) { mappings {
            edition from status author reviewer targets { code relation share } } }"
            .to_owned(),
    ];
    let query = format!("{{ {} }}", query.concat());
    admin.data(&query, json!({})).await
}

fn lines(files: &[(String, Vec<u8>)], file: &str, of: &str) -> String {
    let found = files.iter().find(|(name, _)| name == file);
    let text = String::from_utf8_lossy(&found.expect("the file").1).into_owned();
    let mut lines = text.lines().enumerate();
    let kept: Vec<&str> = lines
        .by_ref()
        .filter(|(at, line)| *at == 0 || line.contains(of))
        .map(|(_, line)| line)
        .collect();
    kept.join("\n")
}

#[tokio::test]
async fn ended_cadres_and_approved_mappings_make_the_same_country_again() {
    let world = World::with(2, |_| {}).await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    end_cadres(&admin, &office).await;
    let desk = Desk::open(&world).await;
    let code = &office.country.code;
    let files = desk.export(code).await;
    insta::assert_snapshot!(lines(&files, "cadres.csv", "Cadre "), @r#"
    code,parent,label:fr,label:en,description:fr,description:en,sector,worker_class,isco08,entry_qualification,licensed,licensing_council,retirement_age,salary_grades,career_steps,valid_from,status,status_from,successors,source,confidence
    NEW-1,G-NUR,Cadre NEW-1,,,,health,professional,,,no,,,,,2021-01-01,active,,,,
    NEW-2,G-NUR,Cadre NEW-2,,,,health,professional,,,no,,,,,2021-01-01,active,,,,
    OLD-1,G-NUR,Cadre OLD-1,,,,health,professional,,,no,,,,,2020-01-01,merged,2026-01-01,NEW-1,,
    OLD-2,G-NUR,Cadre OLD-2,,,,health,professional,,,no,,,,,2020-01-01,split,2025-07-01,NEW-1|NEW-2,,
    TO-COME,G-NUR,Cadre TO-COME,,,,health,professional,,,no,,,,,2027-01-01,active,,,,
    "#);
    let approver = told(&admin).await["midwives"]["mappings"][0]["reviewer"].clone();
    let approver = approver.as_str().expect("somebody").to_owned();
    let crosswalk = lines(&files, "crosswalk.csv", "MW").replace(&approver, "the admin");
    insta::assert_snapshot!(crosswalk, @r"
    cadre,edition,valid_from,code,relation,share,author,approver
    MW,isco-08,2026-01-01,2222,partial,66.5,statistics@kada,the admin
    MW,isco-08,2026-01-01,3222,partial,33.5,statistics@kada,the admin
    MW,kada-hub-1,2026-01-01,MIDWIFERY,narrower,,statistics@kada,the admin
    ");
    let root = tempfile::tempdir().expect("a directory");
    let again = desk.read(&write(root.path(), code, &files));
    let plan = desk.apply(&again).await;
    assert!(plan.is_empty(), "{plan}");

    let twin = &world.codes()[1];
    desk.apply(&again.clone().renamed(twin.clone())).await;
    let of_twin = desk.export(twin).await;
    assert_eq!(files.len(), of_twin.len());
    for ((name, one), (_, other)) in files.iter().zip(&of_twin) {
        if name != "tenant.toml" {
            let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
            assert_eq!(one, other, "{name}");
        }
    }
    let at_home = told(&admin).await;
    assert_eq!(at_home["retired"]["status"], "RETIRED");
    assert_eq!(at_home["in_use"]["status"], "ACTIVE");
    assert_eq!(at_home["to_come"]["status"], "PLANNED");
    assert_eq!(
        at_home["split"]["successors"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        told(&world.caller(twin, Role::MinistryAdmin)).await,
        at_home
    );
}

#[tokio::test]
async fn a_folder_retires_and_reinstates_and_does_not_move_people() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    let desk = Desk::open(&world).await;
    let code = &office.country.code;
    let root = tempfile::tempdir().expect("a directory");
    let mut country = desk.read(&write(root.path(), code, &desk.export(code).await));
    let midwife = |country: &mut apply::Country, status, from: Option<&str>| {
        let mut rows = country.cadres.cadres.iter_mut();
        let row = rows.find(|it| it.code == "MW").expect("midwives");
        (row.status, row.status_from) = (status, from.and_then(|it| it.parse().ok()));
    };
    let status = async |day: &str| {
        let query =
            "query($day: Date) { cadre(by: {code: \"MW\"}, asOf: $day) { status label version } }";
        let data = admin.data(query, json!({ "day": day })).await;
        format!("{} {}", data["cadre"]["status"], data["cadre"]["label"])
    };
    midwife(&mut country, Status::Retired, Some("2025-07-01"));
    let plan = desk.apply(&country).await;
    let changed = plan.content.0.iter().filter(|it| !it.is_empty());
    let changed: Vec<String> = changed.map(ToString::to_string).collect();
    insta::assert_snapshot!(changed.join("\n"), @r#"
    cadres                    0 added       1 changed       7 unchanged
        ~ MW status: "active" → "retired"
        ~ MW status_from: null → "2025-07-01"
    "#);
    assert!(desk.apply(&country).await.is_empty());
    assert_eq!(status("2025-06-30").await, "\"ACTIVE\" \"Midwife\"");
    assert_eq!(status("2025-07-01").await, "\"RETIRED\" \"Midwife\"");
    // Retired later after all: the days between were days in use.
    midwife(&mut country, Status::Retired, Some("2026-01-01"));
    desk.apply(&country).await;
    assert!(desk.apply(&country).await.is_empty());
    assert_eq!(status("2025-12-31").await, "\"ACTIVE\" \"Midwife\"");
    assert_eq!(status("2026-01-01").await, "\"RETIRED\" \"Midwife\"");
    // Used again, from the day of the folder on.
    midwife(&mut country, Status::Active, None);
    desk.apply(&country).await;
    assert!(desk.apply(&country).await.is_empty());
    assert_eq!(status("2026-02-28").await, "\"RETIRED\" \"Midwife\"");
    assert_eq!(status(TODAY).await, "\"ACTIVE\" \"Midwife\"");

    // Who is in a cadre that stands is moved by mutations alone; and nothing at all is written then.
    midwife(&mut country, Status::Merged, Some("2026-01-01"));
    for row in &mut country.cadres.cadres {
        match row.code.as_str() {
            "MW" => row.successors = vec!["NUR".to_owned()],
            "DOC" => row.valid_from = "2001-01-01".parse().ok(),
            "NUR" => row.source = "A decree".to_owned(),
            _ => {}
        }
    }
    let (owner, tenants) = (&world.database.owner, &world.database.tenants);
    let refused = apply::apply(owner, tenants, &country, world.clock.now(), |_| ()).await;
    insta::assert_snapshot!(refused.expect_err("people would have to move").to_string(), @r"
    nothing was written:
      cadres.csv: DOC: valid_from: the first day of a cadre that is there stays
      cadres.csv: MW: status: mergeCadres and splitCadre take the people of a cadre along; a list cannot
    ");
    assert_eq!(status(TODAY).await, "\"ACTIVE\" \"Midwife\"");
    let sources = admin
        .data("{ cadre(by: {code: \"NUR\"}) { source } }", json!({}))
        .await;
    assert_ne!(sources["cadre"]["source"], "A decree");
}

#[tokio::test]
async fn what_was_approved_is_as_the_folder_has_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    map(&admin, &office, "isco-08", &[("2222", None)]).await;
    let desk = Desk::open(&world).await;
    let code = &office.country.code;
    let root = tempfile::tempdir().expect("a directory");
    let mut country = desk.read(&write(root.path(), code, &desk.export(code).await));
    country.cadres.mappings[0].targets[0].code = "3222".to_owned();
    let more = kada::cadres::MappingRow {
        cadre: "NUR".to_owned(),
        ..country.cadres.mappings[0].clone()
    };
    country.cadres.mappings.push(more);
    let plan = desk.apply(&country).await;
    let changed = plan.content.0.iter().filter(|it| !it.is_empty());
    let changed: Vec<String> = changed.map(ToString::to_string).collect();
    insta::assert_snapshot!(changed.join("\n"), @r#"
    crosswalk                 1 added       1 changed       0 unchanged
        + NUR isco-08 2026-01-01
        ~ MW isco-08 2026-01-01 targets: [{"code":"2222","relation":"narrower","share":null}] → [{"code":"3222","relation":"narrower","share":null}]
    "#);
    assert!(desk.apply(&country).await.is_empty());
    let query = "{ mw: cadre(by: {code: \"MW\"}) { isco08 mappings { status } } nur: cadre(by: {code: \"NUR\"}) { isco08 } }";
    let told = admin.data(query, json!({})).await;
    let expected = json!({
        "mw": { "isco08": "3222", "mappings": [{ "status": "APPROVED" }] }, "nur": { "isco08": "3222" },
    });
    assert_eq!(told, expected);
}
