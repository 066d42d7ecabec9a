//! Answering forms: rules, drafts, reviews, corrections, and who sees what.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{Desk, submit};
use crate::support::world::World;
use crate::workforce::office::{nothing, refusals, with};

/// Para-social workers: conditions, a computed total, checks, a list of the country's, something personal.
fn psw() -> Value {
    json!({
        "schema": { "type": "object", "required": ["ward"], "properties": {
            "ward": { "type": "string", "maxLength": 40 },
            "phone": { "type": "string", "pattern": "^0[0-9]{9}$", "x-sensitivity": "personal" },
            "stipend": { "type": "boolean" },
            "payer": { "type": "string", "enum": ["ngo", "lga"] },
            "terms": { "type": "string", "x-codeList": "employment_type" },
            "cadre": { "type": "string", "x-cadre": true },
            "trained": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["psw1", "psw2"] } },
            "households": { "type": "array", "maxItems": 3, "items": { "type": "object", "required": ["children"],
                "properties": { "children": { "type": "integer", "minimum": 0, "maximum": 20 },
                    "orphans": { "type": "integer" }, "head": { "type": "string", "x-sensitivity": "personal" } } } },
            "children": { "type": "integer" },
        } },
        "rules": {
            "payer": { "visible": { "==": [{ "var": "stipend" }, true] }, "required": { "==": [{ "var": "stipend" }, true] } },
            "children": { "computed": { "reduce": [{ "var": "households" },
                { "+": [{ "var": "accumulator" }, { "var": "current.children" }] }, 0] } },
            "households.orphans": { "checks": [{ "rule": { "<=": [{ "var": "$item.orphans" }, { "var": "$item.children" }] },
                "message": { "en": "More orphans than children.", "fr": "Plus d’orphelins que d’enfants." } }] },
        },
    })
}

#[tokio::test]
async fn rules_hide_compute_and_demand() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("psw", "WORKER", &psw()).await;
    let worker = country.register("Mushi", "F-A1", "MW", "2020-01-01").await;
    let input = json!({ "form": form["id"], "about": { "worker": worker }, "answers": {
        "ward": "Kariakoo", "phone": "0712345678", "stipend": false, "payer": "ngo", "terms": "permanent",
        "cadre": "MW", "trained": ["psw1"], "children": 99, "orphan": null,
        "households": [{ "children": 3, "orphans": 1, "head": "Asha" }, { "children": 2 }] } });
    let taken = submit(&desk.admin, "submitForm", input.clone()).await;
    assert_eq!(taken["errors"], json!([]));
    assert_eq!(
        taken["submission"]["answers"],
        json!({ "ward": "Kariakoo", "stipend": false, "terms": "permanent", "cadre": "MW", "trained": ["psw1"],
            "households": [{ "children": 3, "orphans": 1 }, { "children": 2 }], "children": 5 }),
        "the payer is not asked, the children are counted"
    );
    assert_eq!(
        taken["submission"]["personalAnswers"],
        json!({ "phone": "0712345678", "households": [{ "head": "Asha" }, {}] })
    );
    for (changes, expected) in [
        (json!({ "ward": null }), vec!["MISSING answers.ward"]),
        (
            json!({ "ward": "x".repeat(41) }),
            vec!["WRONG_LENGTH answers.ward"],
        ),
        (json!({ "ward": 7 }), vec!["WRONG_TYPE answers.ward"]),
        (json!({ "phone": "12" }), vec!["WRONG_FORMAT answers.phone"]),
        (
            json!({ "stipend": true, "payer": null }),
            vec!["MISSING answers.payer"],
        ),
        (
            json!({ "stipend": true, "payer": "me" }),
            vec!["NOT_AN_OPTION answers.payer"],
        ),
        (
            json!({ "terms": "for fun" }),
            vec!["NOT_AN_OPTION answers.terms"],
        ),
        (
            json!({ "cadre": "G-NUR" }),
            vec!["NOT_AN_OPTION answers.cadre"],
        ),
        (
            json!({ "trained": ["psw1", "psw1"] }),
            vec!["WRONG_COUNT answers.trained"],
        ),
        (json!({ "village": "x" }), vec!["NOT_ASKED answers.village"]),
        (
            json!({ "ward": "x".repeat(70_000) }),
            vec!["TOO_LONG answers"],
        ),
        (
            json!({ "households": [{ "children": 21 }] }),
            vec!["OUT_OF_RANGE answers.households.0.children"],
        ),
        (
            json!({ "households": [{}] }),
            vec!["MISSING answers.households.0.children"],
        ),
        (
            json!({ "households": [{ "children": 1 }, { "children": 1, "orphans": 2 }] }),
            vec!["CHECK_FAILED answers.households.1.orphans"],
        ),
    ] {
        let mut input = input.clone();
        for (name, value) in changes.as_object().expect("changes") {
            input["answers"][name] = value.clone();
        }
        let payload = submit(&desk.admin, "submitForm", input.clone()).await;
        assert_eq!(refusals(&payload), expected, "{changes}");
        if expected[0].starts_with("CHECK_FAILED") {
            let french = desk.admin.clone().language("fr");
            let payload = submit(&french, "submitForm", input).await;
            assert_eq!(
                payload["errors"][0]["message"],
                "Plus d’orphelins que d’enfants."
            );
        }
    }
}

#[tokio::test]
async fn a_draft_is_finished_reviewed_and_corrected_in_its_own_version() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("psw", "WORKER", &psw()).await;
    let worker = country.register("Mushi", "F-A1", "MW", "2020-01-01").await;
    let clerk = country.caller(Role::DataClerk).scope(&["A-1"]);
    let about = json!({ "worker": worker });
    let draft = json!({ "form": form["id"], "about": about, "answers": { "stipend": true }, "draft": true });
    let begun = submit(&clerk, "submitForm", draft).await["submission"].clone();
    assert_eq!(
        (&begun["status"], &begun["answers"]),
        (&json!("DRAFT"), &json!({ "stipend": true, "children": 0 }))
    );
    // Nobody else sees a draft.
    let one = "query($id: ID!) { submission(id: $id) { status } }";
    let id = json!({ "id": begun["id"] });
    assert_eq!(
        desk.admin.data(one, id.clone()).await["submission"],
        json!(null)
    );
    assert_eq!(
        clerk.data(one, id.clone()).await["submission"]["status"],
        "DRAFT"
    );

    let finish =
        json!({ "submission": begun["id"], "baseVersion": 1, "answers": { "stipend": true } });
    let payload = submit(&clerk, "correctSubmission", finish.clone()).await;
    assert_eq!(
        refusals(&payload),
        ["MISSING answers.ward", "MISSING answers.payer"]
    );
    let finish = with(
        &finish,
        &[(
            "answers",
            json!({ "stipend": true, "payer": "ngo", "ward": "Mji" }),
        )],
    );
    let finish = with(&finish, &[("idempotencyKey", json!("finish it once"))]);
    let finished = submit(&clerk, "correctSubmission", finish.clone()).await;
    assert_eq!(
        (
            &finished["submission"]["status"],
            &finished["submission"]["version"]
        ),
        (&json!("SUBMITTED"), &json!(2))
    );
    assert_eq!(
        submit(&clerk, "correctSubmission", finish).await,
        finished,
        "the same answer"
    );

    let back = json!({ "submission": begun["id"], "baseVersion": 1, "decision": "SEND_BACK", "comment": "Which ward?" });
    let stale = submit(&desk.admin, "reviewSubmission", back.clone()).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(stale["conflict"]["version"], 2);
    let back = with(&back, &[("baseVersion", json!(2))]);
    let sent = submit(&desk.admin, "reviewSubmission", back).await["submission"].clone();
    assert_eq!(
        (&sent["status"], &sent["comment"]),
        (&json!("SENT_BACK"), &json!("Which ward?"))
    );

    // Meanwhile the form moves on and its first version is retired; the answer stays with it.
    let next = with(&psw(), &[("schema.properties.ward.maxLength", json!(2))]);
    let form = desk.publish("psw", "WORKER", &next).await;
    let retire = json!({ "form": form["id"], "version": 1, "baseVersion": form["version"] });
    desk.change("retireForm", retire).await;
    let mend =
        json!({ "submission": begun["id"], "baseVersion": 3, "answers": { "ward": "Mji Mpya" } });
    let mended = submit(&clerk, "correctSubmission", mend).await["submission"].clone();
    assert_eq!(
        (&mended["status"], &mended["formVersion"]["number"]),
        (&json!("SUBMITTED"), &json!(1))
    );
    let old = json!({ "form": form["id"], "formVersion": 1, "about": about, "answers": { "ward": "Mji" } });
    assert_eq!(
        refusals(&submit(&clerk, "submitForm", old).await),
        ["NOT_ANSWERABLE formVersion"]
    );
    let accept = json!({ "submission": begun["id"], "baseVersion": 4, "decision": "ACCEPT" });
    assert_eq!(
        submit(&desk.admin, "reviewSubmission", accept.clone()).await["submission"]["status"],
        "ACCEPTED"
    );
    let accept = with(&accept, &[("baseVersion", json!(5))]);
    assert_eq!(
        refusals(&submit(&desk.admin, "reviewSubmission", accept).await),
        ["NOT_SUBMITTED submission"]
    );
    let again =
        json!({ "submission": begun["id"], "baseVersion": 5, "answers": {}, "draft": true });
    assert_eq!(
        refusals(&submit(&clerk, "correctSubmission", again).await),
        ["ALREADY_SUBMITTED draft"]
    );

    // The ledger has the whole story, with every answer as it was.
    let feed = "{ changes(first: 100) { nodes { verb content } } }";
    let data = desk.admin.data(feed, json!({})).await;
    let nodes = data["changes"]["nodes"].as_array().expect("changes").iter();
    let story: Vec<&Value> = nodes
        .filter(|it| it["content"]["fields"]["answers"].is_object())
        .collect();
    let verbs: Vec<&str> = story.iter().filter_map(|it| it["verb"].as_str()).collect();
    assert_eq!(verbs, ["draft", "submit", "review", "correct", "review"]);
    assert_eq!(
        story[3]["content"]["fields"]["answers"]["from"]["ward"],
        "Mji"
    );
}

#[tokio::test]
async fn who_sees_the_subject_sees_the_answers_and_nobody_else_does() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let ward =
        json!({ "schema": { "type": "object", "properties": { "ward": { "type": "string" } } } });
    let (near, far) = (
        country.register("Mushi", "F-A1", "MW", "2020-01-01").await,
        country.register("Komba", "F-B1", "MW", "2020-01-01").await,
    );
    let mut answered = Vec::new();
    let posting = "query($id: ID!) { worker(by: {id: $id}) { posting { id } } }";
    let posting =
        desk.admin.data(posting, json!({ "id": near })).await["worker"]["posting"]["id"].clone();
    let (facility, unit) = (
        country.id("facility", "F-A1").await,
        country.id("orgUnit", "A-1").await,
    );
    for (code, subject, about) in [
        ("w", "WORKER", json!({ "worker": near })),
        ("p", "POSTING", json!({ "posting": posting })),
        ("f", "FACILITY", json!({ "facility": facility })),
        (
            "a",
            "ALONE",
            json!({ "office": { "orgUnit": unit, "sector": "HEALTH" } }),
        ),
    ] {
        let form = desk.publish(code, subject, &ward).await;
        answered.push(desk.answer(&form["id"], &about).await["id"].clone());
        let wrong = json!({ "form": form["id"], "answers": {}, "about": if code == "w" { json!({ "facility": facility }) } else { json!({ "worker": near }) } });
        assert_eq!(
            refusals(&submit(&desk.admin, "submitForm", wrong).await),
            ["OTHER_SUBJECT about"]
        );
    }
    let list = "{ submissions(first: 10) { totalCount nodes { id } } }";
    let seen = async |caller: &crate::support::world::Caller<'_>| {
        let data = caller.data(list, json!({})).await;
        let nodes = data["submissions"]["nodes"]
            .as_array()
            .expect("a list")
            .len();
        assert_eq!(data["submissions"]["totalCount"], nodes);
        nodes
    };
    assert_eq!(seen(&country.caller(Role::HrManager)).await, 4);
    assert_eq!(seen(&country.caller(Role::Viewer).scope(&["A-1"])).await, 4);
    assert_eq!(
        seen(&country.caller(Role::HrManager).scope(&["B-1"])).await,
        0
    );
    assert_eq!(
        seen(
            &country
                .caller(Role::HrManager)
                .sectors(&[kada::kernel::Sector::Social])
        )
        .await,
        0
    );
    let person = <kada::kernel::WorkerId as kada::kernel::Id>::decode(&near).expect("an id");
    assert_eq!(
        seen(&country.caller(Role::Worker).person(person)).await,
        2,
        "their own record's, and their posting's"
    );
    assert_eq!(seen(&country.caller(Role::Worker)).await, 0);

    // Who moves takes the answers along.
    let to = country.id("facility", "F-B1").await;
    let transfer = json!({ "input": { "worker": near, "to": to, "on": "2024-01-01" } });
    let document = "mutation($input: TransferWorkerInput!) { transferWorker(input: $input) { errors { code } } }";
    desk.admin.data(document, transfer).await;
    assert_eq!(
        seen(&country.caller(Role::HrManager).scope(&["A-1"])).await,
        2
    );
    assert_eq!(
        seen(&country.caller(Role::HrManager).scope(&["B-1"])).await,
        2
    );

    // Outside the scope, the subject is nowhere.
    let clerk = country.caller(Role::DataClerk).scope(&["A-1"]);
    let form = desk.form("w").await;
    for (about, expected) in [
        (json!({ "worker": far }), "WORKER_NOT_FOUND about.worker"),
        (
            json!({ "worker": nothing("wkr") }),
            "WORKER_NOT_FOUND about.worker",
        ),
        (
            json!({ "posting": nothing("pst") }),
            "POSTING_NOT_FOUND about.posting",
        ),
        (
            json!({ "facility": to }),
            "FACILITY_NOT_FOUND about.facility",
        ),
        (
            json!({ "office": { "orgUnit": country.id("orgUnit", "B-1").await, "sector": "HEALTH" } }),
            "ORG_UNIT_NOT_FOUND about.office.orgUnit",
        ),
    ] {
        let input = json!({ "form": form["id"], "about": about, "answers": {} });
        assert_eq!(
            refusals(&submit(&clerk, "submitForm", input).await),
            [expected]
        );
    }
    let input = json!({ "form": nothing("frm"), "about": { "worker": far }, "answers": {} });
    assert_eq!(
        refusals(&submit(&clerk, "submitForm", input).await),
        ["FORM_NOT_FOUND form"]
    );
    let input = json!({ "submission": answered[0], "baseVersion": 1, "answers": {} });
    assert_eq!(
        refusals(&submit(&clerk, "correctSubmission", input).await),
        ["SUBMISSION_NOT_FOUND submission"]
    );
}
