//! Careers: acting duty and secondment, promotion, exit and return; and the flows that they add up to.

use kada::auth::Role;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::office::{Office, nothing, refusals, text, with};
use crate::support::world::{Caller, World};

const DUTY: &str = "cadre { code } kind isPrimary salaryGrade startsOn endsOn endReason { code }";

/// `cadre kind grade from to reason` of each posting, the latest first.
async fn career(office: &Office<'_>, worker: &Value) -> Vec<String> {
    let query =
        format!("query($id: ID!) {{ worker(by: {{id: $id}}) {{ postings {{ {DUTY} }} }} }}");
    let data = office
        .manager
        .data(&query, json!({ "id": worker["id"] }))
        .await;
    let postings = data["worker"]["postings"]
        .as_array()
        .expect("a career")
        .clone();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let told = postings.iter().map(|it| {
        [
            word(&it["cadre"]["code"]),
            word(&it["kind"]),
            word(&it["salaryGrade"]),
            word(&it["startsOn"]),
            word(&it["endsOn"]),
            word(&it["endReason"]["code"]),
        ]
        .join(" ")
    });
    told.collect()
}

/// Gives cadres salary grades.
async fn graded(office: &Office<'_>, cadre: &str) {
    let admin = office.country.caller(Role::MinistryAdmin);
    let query = "mutation($input: ChangeCadreInput!) { changeCadre(input: $input) { errors { errorCode path } } }";
    let input = json!({
        "cadre": office.id(cadre), "baseVersion": 1, "from": "2000-01-01", "salaryGrades": ["G1", "G2"],
    });
    let data = admin.data(query, json!({ "input": input })).await;
    assert_eq!(data["changeCadre"]["errors"], json!([]));
}

async fn flows(caller: &Caller<'_>, arguments: &str) -> Value {
    let query = format!(
        "{{ careerFlows({arguments}) {{
            total {{ ...Counts }} rows {{ code label ...Counts }} }} }}
         fragment Counts on CareerFlow {{
            inPostBefore entries returns movedIn movedOut voluntaryExits involuntaryExits interruptions inPostAfter
            promotions conversions }}"
    );
    let mut data = caller.data(&query, json!({})).await;
    data["careerFlows"].take()
}

#[tokio::test]
async fn acting_duty_and_secondment_stand_beside_a_posting_and_end_with_an_exit() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let post = |kind: &str, cadre: &str, from: &str| {
        let posting = office.posting("H-A1", cadre, from);
        let posting = with(
            &posting,
            &[("kind", json!(kind)), ("isPrimary", json!(false))],
        );
        json!({ "worker": worker["id"], "posting": posting })
    };
    let primary = with(
        &post("ACTING", "DOC", "2021-01-01"),
        &[("posting.isPrimary", json!(true))],
    );
    for (input, refused) in [
        (primary, "ONLY_BESIDES posting.isPrimary"),
        (
            post("SECONDMENT", "MW", "2019-12-31"),
            "NOT_POSTED posting.startsOn",
        ),
        (
            with(
                &post("ACTING", "DOC", "2021-01-01"),
                &[("posting.salaryGrade", json!("G9"))],
            ),
            "UNKNOWN_SALARY_GRADE posting.salaryGrade",
        ),
    ] {
        assert_eq!(refusals(&office.ask("postWorker", input).await), [refused]);
    }
    let nobody = with(
        &office.person("Sow", "F-A1", "MW", "2020-01-01"),
        &[("posting.kind", json!("ACTING"))],
    );
    let payload = office.ask("registerWorker", nobody).await;
    assert_eq!(
        refusals(&payload),
        ["NOT_POSTED posting.kind", "ONLY_BESIDES posting.isPrimary"]
    );
    office
        .change("postWorker", post("ACTING", "DOC", "2021-01-01"))
        .await;
    let told = office
        .change("postWorker", post("SECONDMENT", "MW", "2022-01-01"))
        .await;
    assert_eq!(
        told["posting"]["facility"]["code"], "F-A1",
        "their own posting goes on"
    );

    let leave = json!({ "worker": worker["id"], "on": "2023-06-30", "reason": "retirement" });
    for (input, refused) in [
        (
            with(&leave, &[("worker", nothing("wkr"))]),
            "WORKER_NOT_FOUND worker",
        ),
        (
            with(&leave, &[("reason", json!("boredom"))]),
            "UNKNOWN_REASON reason",
        ),
        (
            with(&leave, &[("reason", json!("transfer"))]),
            "NOT_AN_EXIT reason",
        ),
        (
            with(&leave, &[("on", json!("2019-06-30"))]),
            "LATER_POSTING on",
        ),
        (
            with(&leave, &[("on", json!("2021-06-30"))]),
            "LATER_POSTING on",
        ),
        (
            with(&leave, &[("baseVersion", json!(2))]),
            "STALE baseVersion",
        ),
    ] {
        assert_eq!(refusals(&office.ask("recordExit", input).await), [refused]);
    }
    let gone = office.change("recordExit", leave.clone()).await;
    assert_eq!(
        (&gone["status"], &gone["version"]),
        (&json!("FORMER"), &json!(4))
    );
    assert_eq!(
        career(&office, &worker).await,
        [
            "MW SECONDMENT - 2022-01-01 2023-06-30 retirement",
            "DOC ACTING - 2021-01-01 2023-06-30 retirement",
            "MW SUBSTANTIVE - 2020-01-01 2023-06-30 retirement",
        ]
    );
    let again = office.ask("recordExit", leave).await;
    assert_eq!(refusals(&again), ["ALREADY_ENDED on"]);
    let back =
        json!({ "worker": worker["id"], "posting": office.posting("F-A1", "MW", "2024-01-01") });
    office.change("postWorker", back).await;
    let told = office.worker(&worker["id"], None).await;
    let verbs = told["history"].as_array().expect("a history").iter();
    let verbs: Vec<String> = verbs.map(|it| text(&it["verb"])).collect();
    assert_eq!(verbs, ["return", "exit", "post", "post", "register"]);
}

#[tokio::test]
async fn a_promotion_changes_the_cadre_or_the_grade_and_needs_a_career_step() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    graded(&office, "NUR").await;
    let worker = office.register("Keita", "F-A1", "NUR", "2020-01-01").await;
    let promote = |changes: &[(&str, Value)]| {
        with(
            &json!({ "worker": worker["id"], "on": "2022-01-01" }),
            changes,
        )
    };
    let (nur, mw) = (json!(office.id("NUR")), json!(office.id("MW")));
    for (input, refused) in [
        (promote(&[]), "NOTHING_CHANGES cadre"),
        (promote(&[("cadre", nur)]), "NOTHING_CHANGES cadre"),
        (
            promote(&[("salaryGrade", json!("G9"))]),
            "UNKNOWN_SALARY_GRADE salaryGrade",
        ),
        (
            promote(&[("cadre", nothing("cdr"))]),
            "CADRE_NOT_FOUND cadre",
        ),
        (
            promote(&[("cadre", json!(office.id("G-NUR")))]),
            "CADRE_IS_A_GROUP cadre",
        ),
        (
            promote(&[("cadre", mw.clone()), ("to", nothing("fac"))]),
            "FACILITY_NOT_FOUND to",
        ),
        (
            promote(&[("cadre", mw.clone()), ("on", json!("2019-01-01"))]),
            "NOT_POSTED on",
        ),
        (
            promote(&[("cadre", mw.clone()), ("on", json!("2020-01-01"))]),
            "BEFORE_POSTING on",
        ),
        (
            promote(&[("cadre", mw.clone()), ("reason", json!("luck"))]),
            "UNKNOWN_REASON reason",
        ),
        (
            promote(&[("cadre", mw.clone()), ("employmentType", json!("gift"))]),
            "UNKNOWN_EMPLOYMENT_TYPE employmentType",
        ),
    ] {
        assert_eq!(
            refusals(&office.ask("promoteWorker", input).await),
            [refused]
        );
    }
    office
        .change("promoteWorker", promote(&[("salaryGrade", json!("G1"))]))
        .await;
    let next = promote(&[("on", json!("2023-01-01")), ("salaryGrade", json!("G2"))]);
    office.change("promoteWorker", next).await;
    // A transfer keeps the grade; another cadre has grades of its own.
    let moved = json!({ "worker": worker["id"], "to": office.id("H-A1"), "on": "2024-01-01" });
    office.change("transferWorker", moved).await;
    let higher = promote(&[
        ("on", json!("2025-01-01")),
        ("cadre", mw),
        ("to", json!(office.id("F-A1"))),
    ]);
    let told = office.change("promoteWorker", higher).await;
    assert_eq!(told["posting"]["facility"]["code"], "F-A1");
    assert_eq!(
        career(&office, &worker).await,
        [
            "MW SUBSTANTIVE - 2025-01-01 - -",
            "NUR SUBSTANTIVE G2 2024-01-01 2024-12-31 promotion",
            "NUR SUBSTANTIVE G2 2023-01-01 2023-12-31 transfer",
            "NUR SUBSTANTIVE G1 2022-01-01 2022-12-31 promotion",
            "NUR SUBSTANTIVE - 2020-01-01 2021-12-31 promotion",
        ]
    );
    let told = flows(&office.manager, "from: \"2022-01-01\", to: \"2025-12-31\"").await;
    assert_eq!(told["total"]["promotions"], 3);
    let elsewhere = office.country.caller(Role::HrManager).scope(&["B"]);
    let told = flows(&elsewhere, "from: \"2022-01-01\", to: \"2025-12-31\"").await;
    assert_eq!(
        (&told["total"]["promotions"], &told["rows"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test]
async fn a_volunteer_who_becomes_salaried_stays_one_person_and_is_one_conversion() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Sow", "S-A1", "PSW", "2020-01-01").await;
    let salaried = json!({
        "worker": worker["id"], "on": "2022-03-01", "cadre": office.id("SWO"), "reason": "promotion",
    });
    office.change("promoteWorker", salaried).await;
    let told = flows(
        &office.manager,
        "from: \"2022-01-01\", to: \"2022-12-31\", groupBy: CADRE",
    )
    .await;
    let row = |code: &str, label: &str, counts: [u64; 6]| {
        let [before, moved_in, moved_out, after, promotions, conversions] = counts;
        json!({
            "code": code, "label": label, "inPostBefore": before, "entries": 0, "returns": 0,
            "movedIn": moved_in, "movedOut": moved_out, "voluntaryExits": 0, "involuntaryExits": 0,
            "interruptions": 0, "inPostAfter": after, "promotions": promotions, "conversions": conversions,
        })
    };
    let expected = json!([
        row("PSW", "Para-social worker", [1, 0, 1, 0, 0, 0]),
        row("SWO", "Social welfare officer", [0, 1, 0, 1, 1, 1]),
    ]);
    assert_eq!(told["rows"], expected);
    assert_eq!(
        (
            &told["total"]["inPostBefore"],
            &told["total"]["inPostAfter"]
        ),
        (&json!(1), &json!(1))
    );
    let refused = |arguments: &str| format!("{{ careerFlows({arguments}) {{ from }} }}");
    for (arguments, reason) in [
        ("from: \"2022-01-02\", to: \"2022-01-01\"", "NOT_AFTER"),
        ("from: \"1900-01-01\", to: \"2022-01-01\"", "NOT_AFTER"),
        (
            "from: \"2022-01-01\", to: \"2022-01-01\", level: 0",
            "NOT_WITHIN",
        ),
    ] {
        let answer = office.manager.ask(&refused(arguments), json!({})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["reason"], reason,
            "{answer}"
        );
    }
    let messenger = office.country.caller(Role::Worker);
    let query = refused("from: \"2022-01-01\", to: \"2022-01-01\"");
    assert_eq!(messenger.error_code(&query, json!({})).await, "FORBIDDEN");
}

/// The counts of a row as numbers.
fn counts(row: &Value) -> impl Fn(&str) -> i64 {
    move |name| row[name].as_i64().unwrap_or_else(|| panic!("{row} {name}"))
}

#[tokio::test]
async fn what_flows_in_and_out_makes_the_stock_whatever_happens() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let mut dice = ChaCha8Rng::seed_from_u64(20_261_123);
    let facilities = ["F-A1", "H-A1", "F-B1", "S-A1"];
    let cadres = ["MW", "NUR", "DOC", "SWO", "PSW"];
    let mut people = Vec::new();
    for turn in 0..14 {
        let name = format!("Person {turn:02}");
        let (facility, cadre) = (facilities.choose(&mut dice), cadres.choose(&mut dice));
        let (facility, cadre) = (facility.expect("one"), cadre.expect("one"));
        people.push(office.register(&name, facility, cadre, "2020-01-01").await);
    }
    // What the rules refuse happens to nobody, which is as good a life as any.
    for month in 1..=24 {
        let (year, month) = (2020 + month / 12, month % 12 + 1);
        for worker in &people {
            let day = format!("{year}-{month:02}-{:02}", dice.random_range(1..=28));
            let (facility, cadre) = (facilities.choose(&mut dice), cadres.choose(&mut dice));
            let (facility, cadre) = (facility.expect("one"), cadre.expect("one"));
            let (mutation, input) = match dice.random_range(0..9) {
                0 => {
                    let posting = office.posting(facility, cadre, &day);
                    (
                        "postWorker",
                        json!({ "worker": worker["id"], "posting": posting }),
                    )
                }
                1 | 2 => {
                    let to = office.id(facility);
                    (
                        "transferWorker",
                        json!({ "worker": worker["id"], "to": to, "on": day }),
                    )
                }
                3 => {
                    let cadre = office.id(cadre);
                    (
                        "promoteWorker",
                        json!({ "worker": worker["id"], "cadre": cadre, "on": day }),
                    )
                }
                4 => {
                    let reason = ["retirement", "resignation"]
                        .choose(&mut dice)
                        .expect("one");
                    (
                        "recordExit",
                        json!({ "worker": worker["id"], "on": day, "reason": reason }),
                    )
                }
                _ => continue,
            };
            office.ask(mutation, input).await;
        }
    }
    let day = |dice: &mut ChaCha8Rng| {
        format!(
            "{}-{:02}-{:02}",
            dice.random_range(2020..=2022),
            dice.random_range(1..=12),
            dice.random_range(1..=28)
        )
    };
    let national = &office.manager;
    let in_b = office.country.caller(Role::HrManager).scope(&["B"]);
    let health = office.country.caller(Role::HrManager);
    let health = health.sectors(&[kada::kernel::Sector::Health]);
    let mut seen = 0;
    for turn in 0..30 {
        let (one, other) = (day(&mut dice), day(&mut dice));
        let (from, to) = (one.clone().min(other.clone()), one.max(other));
        let caller = [national, &in_b, &health][turn % 3];
        for group in ["ORG_UNIT", "CADRE"] {
            let arguments = format!("from: \"{from}\", to: \"{to}\", groupBy: {group}");
            let told = flows(caller, &arguments).await;
            let rows = told["rows"].as_array().expect("rows");
            for row in rows.iter().chain([&told["total"]]) {
                let of = counts(row);
                let came = of("entries") + of("returns") + of("movedIn");
                let left = of("movedOut")
                    + of("voluntaryExits")
                    + of("involuntaryExits")
                    + of("interruptions");
                assert_eq!(
                    of("inPostAfter"),
                    of("inPostBefore") + came - left,
                    "{arguments} {row}"
                );
                seen += came + left;
            }
            for name in [
                "inPostBefore",
                "entries",
                "returns",
                "voluntaryExits",
                "inPostAfter",
                "promotions",
                "conversions",
            ] {
                let sum: i64 = rows.iter().map(|row| counts(row)(name)).sum();
                assert_eq!(sum, counts(&told["total"])(name), "{arguments} {name}");
            }
        }
        // Whoever is in post at the end of a day is in post on it and not on their last.
        let total = counts(
            &flows(caller, &format!("from: \"{from}\", to: \"{to}\"")).await["total"],
        )("inPostAfter");
        let query = format!(
            "{{ today: headcount(asOf: \"{to}\") {{ total }}
                over: careerFlows(from: \"{to}\", to: \"{to}\") {{
                    total {{ voluntaryExits involuntaryExits interruptions }} }} }}"
        );
        let data = caller.data(&query, json!({})).await;
        let over = counts(&data["over"]["total"]);
        let over = over("voluntaryExits") + over("involuntaryExits") + over("interruptions");
        assert_eq!(data["today"]["total"].as_i64(), Some(total + over), "{to}");
    }
    assert!(seen > 100, "{seen}");
}
