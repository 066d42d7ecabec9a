//! Posts: approved, filled, frozen, closed, each on its days.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};

use super::desk::{Establishment, ask};
use crate::support::world::World;
use crate::workforce::office::{Office, refusals, with};

fn open(office: &Office<'_>, code: &str, facility: &str, cadre: &str) -> Value {
    json!({ "code": code, "facility": office.id(facility), "cadre": office.id(cadre), "from": "2020-01-01" })
}

fn turn(post: &Value, version: i32, from: &str) -> Value {
    json!({ "post": post["id"], "baseVersion": version, "from": from })
}

#[tokio::test]
async fn a_post_is_told_as_it_stood_on_the_day() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let post = desk
        .make("openPost", open(&office, "P-1", "F-A1", "MW"))
        .await;
    assert_eq!(post["status"], "OPEN");
    let worker = office.register("Keita", "F-A1", "MW", "2021-01-01").await;
    let posting = &worker["posting"]["id"];
    let filled =
        json!({ "post": post["id"], "posting": posting, "act": { "number": "Décision 9" } });
    let filled = desk.make("assignPost", filled).await;
    assert_eq!(filled["status"], "FILLED");
    assert_eq!(filled["postingId"], *posting);
    let end = json!({ "posting": posting, "endsOn": "2023-12-31", "reason": "resignation" });
    office.change("endPosting", end).await;
    desk.make("freezePost", turn(&post, 1, "2024-06-01")).await;
    desk.make("reopenPost", turn(&post, 2, "2025-01-01")).await;
    let closed = desk.make("closePost", turn(&post, 3, "2026-01-01")).await;
    assert_eq!(
        (&closed["status"], &closed["validTo"]),
        (&json!("CLOSED"), &json!("2025-12-31"))
    );

    let all = json!({ "statuses": ["PLANNED", "OPEN", "FILLED", "FROZEN", "CLOSED"] });
    for (day, told) in [
        ("2019-12-31", "P-1 PLANNED -"),
        ("2020-12-31", "P-1 OPEN -"),
        ("2021-01-01", "P-1 FILLED Keita"),
        ("2023-12-31", "P-1 FILLED Keita"),
        ("2024-01-01", "P-1 OPEN -"),
        ("2024-06-01", "P-1 FROZEN -"),
        ("2025-01-01", "P-1 OPEN -"),
        ("2026-01-01", "P-1 CLOSED -"),
    ] {
        assert_eq!(
            desk.listed(&desk.admin, all.clone(), day).await,
            [told],
            "{day}"
        );
    }
    // Without a status, those that are approved.
    assert!(
        desk.listed(&desk.admin, json!({}), "2026-01-01")
            .await
            .is_empty()
    );
    let query =
        "query($day: Date) { vacancies(asOf: $day) { approved filled vacant frozen vacancyRate } }";
    for (day, told) in [
        ("2021-01-01", json!([1, 1, 0, 0, 0.0])),
        ("2024-01-01", json!([1, 0, 1, 0, 1.0])),
        ("2024-06-01", json!([1, 0, 0, 1, null])),
        ("2026-01-01", json!([0, 0, 0, 0, null])),
    ] {
        let data = desk.admin.data(query, json!({ "day": day })).await;
        let of = &data["vacancies"];
        let counted =
            ["approved", "filled", "vacant", "frozen", "vacancyRate"].map(|it| of[it].clone());
        assert_eq!(json!(counted), told, "{day}");
    }
    let history = "query($id: ID!) { node(id: $id) { ... on Post {
        history(first: 9) { verb act { number } } } } }";
    let data = desk.admin.data(history, json!({ "id": post["id"] })).await;
    insta::assert_snapshot!(data["node"]["history"].to_string(), @r#"[{"act":null,"verb":"close_post"},{"act":null,"verb":"reopen_post"},{"act":null,"verb":"freeze_post"},{"act":{"number":"Décision 9"},"verb":"assign_post"},{"act":null,"verb":"open_post"}]"#);
    let record = office.worker(&worker["id"], None).await;
    assert_eq!(record["history"][1]["verb"], "assign_post");
}

#[tokio::test]
async fn a_post_has_one_holder_a_day_and_a_posting_one_post() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let post = desk
        .make("openPost", open(&office, "P-1", "F-A1", "MW"))
        .await;
    let other = desk
        .make("openPost", open(&office, "P-2", "F-A1", "MW"))
        .await;
    let first = office.register("Keita", "F-A1", "MW", "2021-01-01").await;
    let second = office.register("Touré", "F-A1", "MW", "2022-01-01").await;
    let nurse = office.register("Cissé", "F-A1", "NUR", "2022-01-01").await;
    let away = office.register("Diarra", "F-A2", "MW", "2022-01-01").await;
    let assign = |worker: &Value, post: &Value| json!({ "post": post["id"], "posting": worker["posting"]["id"] });
    desk.make("assignPost", assign(&first, &post)).await;
    for (worker, post, refused) in [
        (&second, &post, "POST_FILLED post"),
        (&first, &other, "FILLS_A_POST posting"),
        (&nurse, &other, "POSTING_DOES_NOT_FIT posting"),
        (&away, &other, "POSTING_DOES_NOT_FIT posting"),
    ] {
        let payload = desk.ask("assignPost", assign(worker, post)).await;
        assert_eq!(refusals(&payload), [refused]);
    }
    let close = desk.ask("closePost", turn(&post, 1, "2025-01-01")).await;
    assert_eq!(refusals(&close), ["POST_FILLED post"]);
    let vacated = json!({ "posting": first["posting"]["id"] });
    let vacated = desk.make("vacatePost", vacated).await;
    assert_eq!(
        (&vacated["code"], &vacated["status"]),
        (&json!("P-1"), &json!("OPEN"))
    );
    let again = desk
        .ask("vacatePost", json!({ "posting": first["posting"]["id"] }))
        .await;
    assert_eq!(refusals(&again), ["FILLS_NO_POST posting"]);
    desk.make("assignPost", assign(&second, &post)).await;
    let frozen = desk.make("freezePost", turn(&other, 1, "2022-01-01")).await;
    let payload = desk.ask("assignPost", assign(&first, &frozen)).await;
    assert_eq!(refusals(&payload), ["POST_FROZEN post"]);
}

#[tokio::test]
async fn whoever_fills_a_post_goes_on_filling_it_when_cadres_are_merged() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let worker = office.register("Keita", "F-A1", "MW", "2021-01-01").await;
    let post = desk
        .fill("P-1", worker["id"].as_str().expect("an id"))
        .await;
    let norm = json!({ "cadre": office.id("G-NUR"), "target": { "facilityType": { "code": "HC" } }, "minimum": 1, "from": "2020-01-01" });
    desk.make("saveStaffingNorm", norm).await;
    let norm = json!({ "cadre": office.id("MW"), "target": { "facility": office.id("F-A1") }, "minimum": 1, "from": "2020-01-01" });
    desk.make("saveStaffingNorm", norm).await;

    let preview = "query($change: CadreChangeInput!) { previewCadreChange(change: $change) { workers posts norms } }";
    let touched = async |of: &str| {
        let change =
            json!({ "retire": { "cadre": office.id(of), "baseVersion": 1, "from": "2025-01-01" } });
        let data = desk.admin.data(preview, json!({ "change": change })).await;
        data["previewCadreChange"].to_string()
    };
    assert_eq!(touched("MW").await, r#"{"norms":1,"posts":1,"workers":1}"#);
    assert_eq!(
        touched("G-NUR").await,
        r#"{"norms":2,"posts":1,"workers":1}"#
    );
    assert_eq!(touched("DOC").await, r#"{"norms":0,"posts":0,"workers":0}"#);
    let preview = "query($change: FacilityChangeInput!) { previewFacilityChange(change: $change) { workers posts norms } }";
    let change = json!({ "close": { "facility": office.id("F-A1"), "baseVersion": 1, "from": "2025-01-01" } });
    let data = desk.admin.data(preview, json!({ "change": change })).await;
    assert_eq!(
        data["previewFacilityChange"].to_string(),
        r#"{"norms":1,"posts":1,"workers":1}"#
    );

    let merge = "mutation($input: MergeCadresInput!) { mergeCadres(input: $input) { errors { errorCode } } }";
    let input = json!({
        "cadres": [{ "cadre": office.id("MW"), "baseVersion": 1 }], "into": office.id("NUR"), "on": "2025-01-01",
    });
    let data = desk.admin.data(merge, json!({ "input": input })).await;
    assert_eq!(data["mergeCadres"]["errors"], json!([]));
    for day in ["2024-12-31", "2025-01-01"] {
        let told = desk.listed(&desk.admin, json!({}), day).await;
        assert_eq!(told, ["P-1 FILLED Keita"], "{day}");
    }
    // The post follows its holder into the other cadre.
    let to = |cadre: &str| {
        with(
            &turn(&post, 1, "2025-01-01"),
            &[("cadre", json!(office.id(cadre)))],
        )
    };
    let wrong = desk.ask("changePost", to("DOC")).await;
    assert_eq!(refusals(&wrong), ["POSTING_DOES_NOT_FIT cadre"]);
    let changed = desk.make("changePost", to("NUR")).await;
    assert_eq!(changed["cadre"]["code"], "NUR");
}

#[tokio::test]
async fn a_post_that_cannot_be_is_refused_by_its_field() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let retire = "mutation($input: RetireCadreInput!) { retireCadre(input: $input) { errors { errorCode } } }";
    let input = json!({ "cadre": office.id("DOC"), "baseVersion": 1, "from": "2019-01-01" });
    let data = desk.admin.data(retire, json!({ "input": input })).await;
    assert_eq!(data["retireCadre"]["errors"], json!([]));
    let new = open(&office, "P-1", "F-A1", "MW");
    desk.make("openPost", new.clone()).await;
    let nothing = "fac_01900000000070008000000000000abc";
    for (field, value, refused) in [
        ("code", json!("P-1"), "CODE_TAKEN code"),
        ("code", json!("no code"), "INVALID_POST_CODE code"),
        ("facility", json!(nothing), "FACILITY_NOT_FOUND facility"),
        (
            "facility",
            json!(office.id("F-OLD")),
            "FACILITY_CLOSED facility",
        ),
        (
            "facility",
            json!(office.id("F-NEW")),
            "FACILITY_NOT_OPEN facility",
        ),
        (
            "cadre",
            json!(nothing.replace("fac", "cdr")),
            "CADRE_NOT_FOUND cadre",
        ),
        ("cadre", json!(office.id("G-NUR")), "CADRE_IS_A_GROUP cadre"),
        ("cadre", json!(office.id("DOC")), "CADRE_NOT_IN_FORCE cadre"),
        ("title", json!("x".repeat(201)), "INVALID_TEXT title"),
        ("from", json!("1899-12-31"), "INVALID_DATE from"),
    ] {
        let input = with(&with(&new, &[("code", json!("P-9"))]), &[(field, value)]);
        let payload = desk.ask("openPost", input).await;
        assert!(
            refusals(&payload).contains(&refused.to_owned()),
            "{payload}"
        );
    }
}

#[tokio::test]
async fn a_district_has_its_own_posts_and_no_others() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let here = office.register("Keita", "F-A1", "MW", "2021-01-01").await;
    desk.fill("P-1", here["id"].as_str().expect("an id")).await;
    let there = desk
        .make("openPost", open(&office, "P-2", "F-B1", "MW"))
        .await;
    let district = office.country.caller(Role::HrManager).scope(&["A-1"]);
    assert_eq!(
        desk.listed(&district, json!({}), "2026-03-01").await,
        ["P-1 FILLED Keita"]
    );
    let theirs = json!({ "orgUnitCode": "B" });
    assert!(
        desk.listed(&district, theirs, "2026-03-01")
            .await
            .is_empty()
    );
    let payload = ask(&district, "freezePost", turn(&there, 1, "2026-01-01")).await;
    assert_eq!(refusals(&payload), ["POST_NOT_FOUND post"]);
    let payload = ask(&district, "openPost", open(&office, "P-3", "F-B1", "MW")).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE facility"]);
    let data = district.data("{ vacancies { approved } }", json!({})).await;
    assert_eq!(data["vacancies"]["approved"], 1);
    let social = office
        .country
        .caller(Role::HrManager)
        .sectors(&[kada::kernel::Sector::Social]);
    assert!(
        desk.listed(&social, json!({}), "2026-03-01")
            .await
            .is_empty()
    );

    // A worker sees the post that is theirs.
    let person = WorkerId::decode(here["id"].as_str().expect("an id")).expect("an id");
    let keita = office.country.caller(Role::Worker).person(person);
    assert_eq!(
        desk.listed(&keita, json!({}), "2026-03-01").await,
        ["P-1 FILLED Keita"]
    );
    let nobody = office.country.caller(Role::Worker).person(WorkerId::new());
    assert!(
        desk.listed(&nobody, json!({}), "2026-03-01")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_change_is_made_once_and_on_what_was_seen() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let keyed = with(
        &open(&office, "P-1", "F-A1", "MW"),
        &[("idempotencyKey", json!("open P-1 once"))],
    );
    let post = desk.make("openPost", keyed.clone()).await;
    assert_eq!(desk.make("openPost", keyed.clone()).await["id"], post["id"]);
    let other = with(&keyed, &[("code", json!("P-2"))]);
    let payload = desk.ask("openPost", other).await;
    assert_eq!(
        refusals(&payload),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    let titled = with(
        &turn(&post, 1, "2022-01-01"),
        &[("title", json!("Maîtresse sage-femme"))],
    );
    desk.make("changePost", titled).await;
    let stale = desk.ask("freezePost", turn(&post, 1, "2023-01-01")).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(
        stale["conflict"],
        json!({ "baseVersion": 1, "current": { "version": 2 },
                "changed": [{ "field": "title", "base": "", "current": "Maîtresse sage-femme" }] })
    );
    let early = desk.ask("freezePost", turn(&post, 2, "2021-01-01")).await;
    assert_eq!(refusals(&early), ["LATER_CHANGE_OF_POST from"]);
}
