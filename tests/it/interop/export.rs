//! The register goes out as a table, and comes back without a change.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::columns::psw;
use super::{counts, import};
use crate::forms::desk::{Desk, submit};
use crate::support::world::{Caller, World, client};

/// What is asked for, and its status, its media type and its body.
async fn export(caller: &Caller<'_>, query: &[(&str, &str)]) -> (u16, String, String) {
    let (status, kind, body) = bytes(caller, query).await;
    (status, kind, String::from_utf8(body).expect("a text"))
}

async fn bytes(caller: &Caller<'_>, query: &[(&str, &str)]) -> (u16, String, Vec<u8>) {
    let url = caller.url().replace("/graphql", "/export/workers");
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query = query
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    let url = format!("{url}?{}", query.collect::<Vec<_>>().join("&"));
    let request = client().get(url).bearer_auth(caller.token());
    let request = request.header("accept-language", "en");
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"]
        .to_str()
        .expect("a type")
        .to_owned();
    (status, kind, response.bytes().await.expect("a body").into())
}

/// The table.
pub async fn table(caller: &Caller<'_>, query: &[(&str, &str)]) -> String {
    let (status, kind, body) = export(caller, query).await;
    assert_eq!(
        (status, kind.as_str()),
        (200, "text/csv; charset=utf-8; header=present"),
        "{body}"
    );
    body
}

/// The status, the code, and the column or the reason that is named.
pub async fn refusal(caller: &Caller<'_>, query: &[(&str, &str)]) -> (u16, String, String) {
    let (status, _, body) = export(caller, query).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let told = &body["errors"][0]["extensions"];
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let named = [text("column"), text("reason")].concat();
    (status, text("code"), named)
}

/// Somebody with every kind of cell, and somebody with next to none.
async fn people(world_desk: &Desk<'_>, manager: &Caller<'_>) {
    world_desk.publish("psw", "WORKER", &psw()).await;
    let home = json!({ "housing": { "type": "boolean" } });
    world_desk
        .publish("post", "POSTING", &crate::forms::desk::fields(home))
        .await;
    let file = "family_name;given_names;sex;birth_date;matricule;nina;phone;email;facility;cadre;employment_type;starts_on;\
        answers.psw.ward;answers.psw.note;answers.psw.households;answers.psw.distance;answers.psw.trainedOn;answers.psw.payer;\
        answers.psw.training;answers.psw.stipend;answers.psw.illness;answers.psw.home.village;answers.post.housing\n\
        N’Diaye;Asha;F;1990-01-01;M-1|M-2;11111111111111A;65 01 23 45|65012346;asha@example.org;F-A1;MW;permanent;2020-01-01;\
        '=1+1;\"line one\nline \"\"two\"\";\";4;-12,5;2020-05-17;ONG;psw1|a\\|b;oui;non;'@Kati;yes\n";
    let payload = import(manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 0, 0, 0], "{payload:#}");
    let plain = "family_name,birth_date,matricule,org_unit,sector\nBa,1991-01-01,M-3,B-1,social\n";
    let payload = import(manager, plain.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [1, 0, 0, 0], "{payload:#}");
}

const ANSWERS: &str = "worker_id,answers.psw.ward,answers.psw.note,answers.psw.households,answers.psw.distance,\
    answers.psw.trainedOn,answers.psw.payer,answers.psw.training,answers.psw.terms,answers.psw.stipend,\
    answers.psw.illness,answers.psw.home.village,answers.psw.double,answers.post.housing,facility,cadre,starts_on";

#[tokio::test]
async fn what_goes_out_comes_back_without_a_change() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let manager = country.caller(Role::HrManager);
    people(&desk, &manager).await;
    let all = table(&manager, &[]).await;
    let head = "\u{feff}worker_id,family_name,given_names,sex,birth_date,phone,email,org_unit,sector,facility,cadre,\
        employment_type,salary_grade,additional,starts_on,ends_on,end_reason,supervisor,name_prefix,name_suffix,\
        nationality,birth_country,marital_status,residence,address,languages,emergency_contact,emergency_relation,\
        emergency_phone,";
    assert!(all.starts_with(head), "{all}");
    let again = import(&manager, all.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 2, 0], "{again:#}");
    assert_eq!(again["report"]["ignoredColumns"], json!([]));

    let answers = table(&manager, &[("columns", ANSWERS)]).await;
    let rows: Vec<&str> = answers.split("\r\n").collect();
    let (id, cells) = rows[1].split_once(',').expect("cells");
    assert!(WorkerId::decode(id).is_ok());
    assert_eq!(
        cells,
        "'=1+1,\"line one\nline \"\"two\"\";\",4,-12.5,2020-05-17,ngo,psw1|a\\|b,,yes,no,'@Kati,8,yes,F-A1,MW,2020-01-01"
    );
    assert_eq!(rows[2].split_once(',').expect("cells").1, ",,,,,,,,,,,,,,,");
    let again = import(&manager, answers.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 2, 0], "{again:#}");
    // Telephone numbers begin like a formula.
    assert!(
        all.contains(",'+22365012345|+22365012346,asha@example.org,"),
        "{all}"
    );
    let data = manager
        .data("{ submissions(first: 9) { nodes { version } } }", json!({}))
        .await;
    assert_eq!(
        data["submissions"]["nodes"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn a_workbook_comes_back_without_a_change_too() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let manager = country.caller(Role::HrManager);
    people(&desk, &manager).await;
    for columns in [None, Some(("columns", ANSWERS))] {
        let query: Vec<_> = columns.into_iter().chain([("format", "xlsx")]).collect();
        let (status, kind, book) = bytes(&manager, &query).await;
        assert_eq!(status, 200);
        assert_eq!(
            kind,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        );
        let again = import(&manager, &book, json!({})).await;
        assert_eq!(counts(&again), [0, 0, 2, 0], "{again:#}");
        assert_eq!(again["report"]["ignoredColumns"], json!([]));
    }
}

#[tokio::test]
async fn a_program_takes_one_object_a_line() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let manager = country.caller(Role::HrManager);
    people(&desk, &manager).await;
    let columns = "family_name,phone,additional,starts_on,answers.psw.ward,answers.psw.households,answers.psw.distance";
    let query = [("columns", columns), ("format", "ndjson")];
    let (status, kind, body) = export(&manager, &query).await;
    assert_eq!((status, kind.as_str()), (200, "application/x-ndjson"));
    let lines: Vec<Value> = (body.lines().map(serde_json::from_str))
        .collect::<Result<_, _>>()
        .expect("JSON");
    assert_eq!(
        lines,
        [
            json!({ "family_name": "N’Diaye", "phone": "+22365012345|+22365012346", "additional": false,
                "starts_on": "2020-01-01", "answers.psw.ward": "=1+1", "answers.psw.households": 4,
                "answers.psw.distance": -12.5 }),
            json!({ "family_name": "Ba", "phone": null, "additional": null, "starts_on": null, "answers.psw.ward": null,
                "answers.psw.households": null, "answers.psw.distance": null }),
        ]
    );
}

#[tokio::test]
async fn who_takes_what_is_in_the_ledger_and_nobody_takes_more_than_they_may() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let manager = country.caller(Role::HrManager);
    people(&desk, &manager).await;
    let viewer = country.caller(Role::Viewer);
    let open = "worker_id,cadre,answers.psw.ward,answers.psw.home.village";
    let taken = table(
        &viewer,
        &[("columns", open), ("filter", r#"{"cadreCode": "MW"}"#)],
    )
    .await;
    assert_eq!(taken.lines().count(), 2, "{taken}");
    // Without a choice: what the caller may read.
    let all = table(&viewer, &[]).await;
    assert!(
        all.starts_with("\u{feff}worker_id,sex,org_unit,sector,facility,"),
        "{all}"
    );
    for (columns, column) in [
        ("worker_id,family_name", "family_name"),
        ("given_names", "given_names"),
        ("birth_date", "birth_date"),
        ("phone", "phone"),
        ("email", "email"),
        ("matricule", "matricule"),
        ("worker_id,answers.psw.illness", "answers.psw.illness"),
    ] {
        let told = refusal(&viewer, &[("columns", columns)]).await;
        assert_eq!(
            told,
            (403, "COLUMN_FORBIDDEN".to_owned(), column.to_owned())
        );
    }
    for (query, expected) in [
        (("filter", r#"{"name": "asha"}"#), (403, "FORBIDDEN", "")),
        (
            (
                "filter",
                r#"{"answers": [{"form": "psw", "field": "illness"}]}"#,
            ),
            (403, "FORBIDDEN", ""),
        ),
        (
            ("filter", r#"{"orgUnitCod": "A"}"#),
            (400, "BAD_USER_INPUT", "NOT_A_FILTER"),
        ),
        (
            (
                "filter",
                r#"{"answers": [{"form": "psw", "feld": "x", "field": "ward"}]}"#,
            ),
            (400, "BAD_USER_INPUT", "NOT_A_FILTER"),
        ),
        (("filter", "[]"), (400, "BAD_USER_INPUT", "NOT_A_FILTER")),
        (("filter", "{"), (400, "MALFORMED_REQUEST", "")),
        (
            ("columns", "shoe_size"),
            (400, "NO_SUCH_EXPORT_COLUMN", "shoe_size"),
        ),
        (
            ("columns", "answers.psw.children.age"),
            (400, "NO_SUCH_EXPORT_COLUMN", "answers.psw.children.age"),
        ),
        (("columns", "cadre,Cadre"), (400, "COLUMN_TWICE", "Cadre")),
        (
            ("columns", &vec!["sex"; 201].join(",")),
            (400, "TOO_MANY_COLUMNS", ""),
        ),
        (("asOf", "yesterday"), (400, "MALFORMED_REQUEST", "")),
        (("format", "pdf"), (400, "MALFORMED_REQUEST", "")),
    ] {
        let (status, code, named) = refusal(&viewer, &[query]).await;
        assert_eq!(
            (status, code.as_str(), named.as_str()),
            expected,
            "{query:?}"
        );
    }
    let url = manager.url().replace("/graphql", "/export/workers");
    let stranger = client().get(url).send().await.expect("an answer");
    assert_eq!(stranger.status(), 401);

    // Out of scope is not there, and whoever sees one record takes that one.
    let north = country.caller(Role::HrManager).scope(&["B-1"]);
    let taken = table(&north, &[("columns", "family_name")]).await;
    assert_eq!(taken, "\u{feff}family_name\r\nBa\r\n");
    let feed = "{ changes(first: 100) { nodes { verb actor content } } }";
    let data = manager.data(feed, json!({})).await;
    let exports: Vec<Value> = (data["changes"]["nodes"].as_array().expect("changes").iter())
        .filter(|it| it["verb"] == "export")
        .map(|it| it["content"].clone())
        .collect();
    assert_eq!(
        exports[0],
        json!({ "columns": ["worker_id", "cadre", "answers.psw.ward", "answers.psw.home.village"],
            "filter": { "cadreCode": "MW" }, "asOf": "2026-03-01", "rows": 1 })
    );
    assert_eq!(
        exports.len(),
        3,
        "what is refused takes nothing: {exports:#?}"
    );
    let scoped = north
        .data("{ changes(first: 100) { nodes { verb } } }", json!({}))
        .await;
    let seen = scoped["changes"]["nodes"].as_array().expect("changes");
    assert!(seen.iter().all(|it| it["verb"] != "export"));
}

#[tokio::test]
async fn a_long_table_is_whole_and_of_one_moment() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let mut file = String::from("family_name,birth_date,matricule,org_unit,sector\n");
    for at in 0..1_203 {
        use std::fmt::Write;
        writeln!(file, "Ba {at:04},1991-01-01,M-{at},A-1,health").expect("a row");
    }
    import(&manager, file.as_bytes(), json!({})).await;
    let taken = table(&manager, &[("columns", "family_name,matricule")]).await;
    let mut rows: Vec<&str> = taken.trim_end().split("\r\n").skip(1).collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(
        (rows.len(), rows[0], rows[1_202]),
        (1_203, "Ba 0000,M-0", "Ba 1202,M-1202")
    );
}

#[tokio::test]
async fn an_answer_that_a_later_version_renamed_goes_out_by_both_names() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let fields = crate::forms::desk::fields;
    let form = desk
        .publish(
            "ward",
            "WORKER",
            &fields(json!({ "ward": { "type": "string" } })),
        )
        .await;
    let id = country.register("Asha", "F-A1", "MW", "2020-01-01").await;
    let input =
        json!({ "form": form["id"], "about": { "worker": id }, "answers": { "ward": "Mji" } });
    submit(&desk.admin, "submitForm", input).await;
    let mapping =
        json!([{ "from": "ward", "to": "kata", "values": [{ "from": "Mji", "to": "Mjini" }] }]);
    desk.publish_mapped(
        "ward",
        "WORKER",
        &fields(json!({ "kata": { "type": "string" } })),
        mapping,
    )
    .await;
    let taken = table(
        &desk.admin,
        &[("columns", "family_name,answers.ward.ward,answers.ward.kata")],
    )
    .await;
    assert!(taken.ends_with("\r\nAsha,Mji,Mjini\r\n"), "{taken}");
}
