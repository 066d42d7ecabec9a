//! Records that may be one person's: told before one is made, waiting, made one and two again.

use kada::auth::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::office::{Office, refusals, with};
use crate::forms::desk::Desk;
use crate::support::world::{Caller, TestCountry, World};

const PAIRS: &str =
    "query($filter: DuplicateFilterInput) { duplicates(first: 100, filter: $filter) {
    totalCount nodes { id score signs distinctBecause first { id } second { id } } } }";

const REGISTER: &str =
    "mutation($input: RegisterWorkerInput!) { answer: registerWorker(input: $input) {
    worker { id version } likely { score signs worker { id familyName } }
    errors { code errorCode message path } } }";

/// Aminata Traoré, who was born on a day that is known.
fn aminata(office: &Office<'_>, facility: &str) -> Value {
    let person = office.person("Traoré", facility, "MW", "2020-01-01");
    with(
        &person,
        &[
            ("givenNames", json!("Aminata")),
            ("birthDate", json!("1984-03-17")),
        ],
    )
}

async fn register(caller: &Caller<'_>, input: &Value) -> Value {
    let mut data = caller.data(REGISTER, json!({ "input": input })).await;
    data["answer"].take()
}

async fn pairs(caller: &Caller<'_>, filter: Value) -> Vec<Value> {
    let data = caller.data(PAIRS, json!({ "filter": filter })).await;
    let nodes = data["duplicates"]["nodes"].as_array().expect("pairs");
    assert_eq!(data["duplicates"]["totalCount"], nodes.len());
    nodes.clone()
}

async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let shape = match mutation {
        "mergeWorkers" => {
            "worker { id version familyName birthDate postings { startsOn facility { code } }
                      identifiers { value } contacts { value } } moved
             setAside { startsOn facility { code } }
             conflict { current { version } changed { field } }"
        }
        "unmergeWorkers" => {
            "worker { id version } restored { id version familyName } conflict { current { version } }"
        }
        _ => "duplicate { id distinctBecause first { id } }",
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            {shape} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

#[tokio::test]
async fn nobody_is_registered_twice_without_a_word() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let known = register(&office.manager, &aminata(&office, "F-A1")).await;
    assert_eq!(known["errors"], json!([]));
    let known = &known["worker"]["id"];
    let again = with(
        &aminata(&office, "F-A2"),
        &[
            ("familyName", json!("TRAORE")),
            ("birthDate", json!("1984-03-17")),
        ],
    );
    let refused = register(&office.manager, &again).await;
    assert_eq!(refusals(&refused), ["LIKELY_DUPLICATE distinctFrom"]);
    assert_eq!(refused["worker"], json!(null));
    insta::assert_json_snapshot!(refused["likely"], { "[].worker.id" => "[id]" }, @r#"
    [
      {
        "score": 98,
        "signs": [
          "SAME_NAME",
          "SAME_BIRTH_DATE"
        ],
        "worker": {
          "familyName": "Traoré",
          "id": "[id]"
        }
      }
    ]
    "#);
    assert_eq!(refused["likely"][0]["worker"]["id"], *known);

    // Somebody asks before they write, with no more than a name and a year.
    let query =
        "query($of: PersonInput!) { likelyDuplicates(of: $of) { score signs worker { id } } }";
    let of = json!({ "familyName": "Aminata", "givenNames": "Traore", "sex": "UNKNOWN", "birthDate": "1984-01-01" });
    let likely = office.manager.data(query, json!({ "of": of })).await;
    let first = &likely["likelyDuplicates"][0];
    assert_eq!(first["worker"]["id"], *known);
    assert_eq!(first["signs"], json!(["SWAPPED_NAMES", "SAME_BIRTH_YEAR"]));

    // They are two, says who has seen both; and the pair waits for a second pair of eyes.
    let apart = with(&again, &[("distinctFrom", json!([known]))]);
    let second = register(&office.manager, &apart).await;
    assert_eq!(second["errors"], json!([]));
    let waiting = pairs(&office.manager, json!(null)).await;
    let [pair] = &waiting[..] else {
        panic!("{waiting:?}");
    };
    assert_eq!(pair["second"]["id"], second["worker"]["id"]);
    let input = json!({ "duplicate": pair["id"], "because": "Two cards, two faces." });
    let dismissed = ask(&office.manager, "dismissDuplicate", input.clone()).await;
    assert_eq!(dismissed["errors"], json!([]));
    assert_eq!(
        dismissed["duplicate"]["distinctBecause"],
        "Two cards, two faces."
    );
    let again = ask(&office.manager, "dismissDuplicate", input.clone()).await;
    assert_eq!(refusals(&again), ["ALREADY_DECIDED duplicate"]);
    let empty = with(&input, &[("because", json!("  "))]);
    let empty = ask(&office.manager, "dismissDuplicate", empty).await;
    assert_eq!(refusals(&empty), ["INVALID_REASON because"]);
    assert_eq!(pairs(&office.manager, json!(null)).await, [] as [Value; 0]);
    assert_eq!(
        pairs(&office.manager, json!({ "dismissed": true }))
            .await
            .len(),
        1
    );
    let query = "{ duplicates(first: 1, filter: { dismissed: true }) { nodes { decidedBy } } }";
    let by = office.manager.data(query, json!({})).await;
    assert!(
        by["duplicates"]["nodes"][0]["decidedBy"].is_string(),
        "{by}"
    );
    let officer = office.country.caller(Role::HrOfficer);
    assert_eq!(officer.error_code(query, json!({})).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_correction_finds_pairs_and_takes_them_back() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    register(&office.manager, &aminata(&office, "F-A1")).await;
    let other = with(
        &aminata(&office, "F-A2"),
        &[("birthDate", json!("1991-11-30"))],
    );
    let other = register(&office.manager, &other).await["worker"].clone();
    assert_eq!(pairs(&office.manager, json!(null)).await, [] as [Value; 0]);
    let correct = |version: i32, born: &str| json!({ "worker": other["id"], "baseVersion": version, "birthDate": born });
    office
        .change("correctWorker", correct(1, "1984-03-01"))
        .await;
    let found = pairs(&office.manager, json!(null)).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["signs"], json!(["SAME_NAME", "DAY_NOT_KNOWN"]));
    assert_eq!(
        pairs(&office.manager, json!({ "minimumScore": 99 }))
            .await
            .len(),
        0
    );
    assert_eq!(
        pairs(&office.manager, json!({ "worker": other["id"] }))
            .await
            .len(),
        1
    );
    let elsewhere = json!({ "orgUnit": office.id("B") });
    assert_eq!(pairs(&office.manager, elsewhere).await.len(), 0);
    office
        .change("correctWorker", correct(2, "1970-10-20"))
        .await;
    assert_eq!(pairs(&office.manager, json!(null)).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_clerk_hears_of_nobody_outside_their_district() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    register(&office.manager, &aminata(&office, "F-B1")).await;
    let officer = office.country.caller(Role::HrOfficer).scope(&["A"]);
    let taken = register(&officer, &aminata(&office, "F-A1")).await;
    assert_eq!(
        (&taken["errors"], &taken["likely"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(pairs(&officer, json!(null)).await, [] as [Value; 0]);
    // Both are seen from above both, and the officer can neither dismiss nor merge them.
    let found = pairs(&office.manager, json!(null)).await;
    assert_eq!(found.len(), 1);
    let dismiss = json!({ "duplicate": found[0]["id"], "because": "Nobody I know." });
    let dismissed = ask(&officer, "dismissDuplicate", dismiss).await;
    assert_eq!(refusals(&dismissed), ["DUPLICATE_NOT_FOUND duplicate"]);
    let merge = json!({
        "keep": taken["worker"]["id"], "keepVersion": 1, "absorb": found[0]["first"]["id"], "absorbVersion": 1,
    });
    let merged = ask(&officer, "mergeWorkers", merge).await;
    assert_eq!(refusals(&merged), ["WORKER_NOT_FOUND absorb"]);
    let clerk = office.country.caller(Role::DataClerk);
    assert_eq!(clerk.error_code(PAIRS, json!({})).await, "FORBIDDEN");
}

/// Everything that a country's register holds, but for its ledger, what undoes merges, remembered answers, and the
/// versions of records, which only rise.
pub(super) async fn state(country: &TestCountry<'_>) -> String {
    const APART: [&str; 4] = ["ledger", "ledger_head", "worker_merge", "answered"];
    let read = country.db.write(async |tx| {
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
             where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1",
        )
        .fetch_all(&mut **tx)
        .await?;
        let mut hash = Sha256::new();
        for table in tables.iter().filter(|it| !APART.contains(&it.as_str())) {
            let rows = format!("select (to_jsonb(t) - 'version')::text from {table} t order by 1");
            let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(rows))
                .fetch_all(&mut **tx)
                .await?;
            for row in rows {
                hash.update(format!("{table} {row}\n"));
            }
        }
        Ok::<_, kada::kernel::Fault>(hex::encode(hash.finalize()))
    });
    read.await.expect("the whole register")
}

/// Two records of one person: with a career each that overlaps, numbers, a telephone in common, and answers to a form.
pub(super) async fn two_of_one(office: &Office<'_>) -> (Value, Value) {
    let contact = |value: &str| json!({ "kind": "PHONE", "value": value });
    let one = with(
        &aminata(office, "F-A1"),
        &[
            (
                "contacts",
                json!([contact("+22370000001"), contact("+22370000002")]),
            ),
            (
                "identifiers",
                json!([{ "type": "matricule", "value": "100001-A" }]),
            ),
        ],
    );
    let one = register(&office.manager, &one).await;
    assert_eq!(one["errors"], json!([]));
    let other = json!({
        "familyName": "Traore", "givenNames": "Aminata", "sex": "FEMALE",
        "posting": office.posting("F-B1", "MW", "2015-01-01"), "distinctFrom": [one["worker"]["id"]],
        "contacts": [contact("+22370000002"), contact("+22370000003")],
    });
    let other = register(&office.manager, &other).await;
    assert_eq!(other["errors"], json!([]));
    let id = &other["worker"]["id"];
    let postings = office.worker(id, None).await["postings"].clone();
    let end =
        json!({ "posting": postings[0]["id"], "endsOn": "2017-12-31", "reason": "resignation" });
    office.change("endPosting", end).await;
    let later = json!({ "worker": id, "posting": office.posting("F-A2", "MW", "2021-06-01") });
    office.change("postWorker", later).await;
    let desk = Desk::of(&office.country);
    let ward =
        json!({ "schema": { "type": "object", "properties": { "ward": { "type": "string" } } } });
    let form = desk.publish("ward", "WORKER", &ward).await;
    desk.answer(&form["id"], &json!({ "worker": id })).await;
    (one["worker"]["id"].clone(), id.clone())
}

async fn answered(office: &Office<'_>) -> Vec<String> {
    let query = "{ workers(first: 10, filter: { status: null, answers: [
        { form: \"ward\", field: \"ward\", anyOf: [\"Kariakoo\"] }] }) { nodes { id } } }";
    let data = office.manager.data(query, json!({})).await;
    let nodes = data["workers"]["nodes"].as_array().expect("workers").iter();
    nodes
        .map(|it| it["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn two_records_become_one_and_two_again() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (kept, gone) = two_of_one(&office).await;
    let (before, count) = (state(&office.country).await, headcount(&office).await);
    assert_eq!(answered(&office).await, [gone.as_str().expect("an id")]);
    let version = |id: &Value| {
        let id = id.clone();
        let office = &office;
        async move { office.worker(&id, None).await["version"].clone() }
    };
    let merge = json!({
        "keep": kept, "keepVersion": version(&kept).await, "absorb": gone, "absorbVersion": version(&gone).await,
        "idempotencyKey": "merge-them-once",
    });
    let merged = ask(&office.manager, "mergeWorkers", merge.clone()).await;
    insta::assert_json_snapshot!(merged, { ".worker.id" => "[id]" }, @r#"
    {
      "conflict": null,
      "errors": [],
      "moved": 2,
      "setAside": [
        {
          "facility": {
            "code": "F-A2"
          },
          "startsOn": "2021-06-01"
        }
      ],
      "worker": {
        "birthDate": "1984-03-17",
        "contacts": [
          {
            "value": "+22370000001"
          },
          {
            "value": "+22370000002"
          },
          {
            "value": "+22370000003"
          }
        ],
        "familyName": "Traoré",
        "id": "[id]",
        "identifiers": [
          {
            "value": "100001-A"
          }
        ],
        "postings": [
          {
            "facility": {
              "code": "F-A1"
            },
            "startsOn": "2020-01-01"
          },
          {
            "facility": {
              "code": "F-B1"
            },
            "startsOn": "2015-01-01"
          }
        ],
        "version": 2
      }
    }
    "#);
    // The answer is lost on the way, and asked for again.
    assert_eq!(ask(&office.manager, "mergeWorkers", merge).await, merged);

    // One person, by either id, counted once and in one place; the answers came along.
    let (one, other) = (
        office.worker(&kept, None).await,
        office.worker(&gone, None).await,
    );
    assert_eq!(one, other);
    assert_eq!(headcount(&office).await, count - 1);
    assert_eq!(answered(&office).await, [kept.as_str().expect("an id")]);
    let query = "query($id: ID!) { node(id: $id) { id } workerMerges(first: 5, into: $id) {
        nodes { absorbed worker { id } } } }";
    let told = office.manager.data(query, json!({ "id": gone })).await;
    assert_eq!(told["node"]["id"], kept);
    let query = query.replace("node(id: $id) { id }", "");
    let told = office.manager.data(&query, json!({ "id": kept })).await;
    assert_eq!(
        told["workerMerges"]["nodes"],
        json!([{ "absorbed": gone, "worker": { "id": kept } }])
    );

    let unmerge = json!({ "absorbed": gone, "baseVersion": one["version"] });
    let two = ask(&office.manager, "unmergeWorkers", unmerge.clone()).await;
    assert_eq!(two["errors"], json!([]));
    assert_eq!(
        (&two["worker"]["id"], &two["restored"]["id"]),
        (&kept, &gone)
    );
    assert_eq!(state(&office.country).await, before);
    assert_eq!(headcount(&office).await, count);
    assert_eq!(answered(&office).await, [gone.as_str().expect("an id")]);
    let again = ask(&office.manager, "unmergeWorkers", unmerge).await;
    assert_eq!(refusals(&again), ["NOT_MERGED absorbed"]);
    let feed = "{ changes(first: 100) { nodes { verb } } }";
    let feed = office.manager.data(feed, json!({})).await.to_string();
    assert!(
        feed.contains("merge_workers") && feed.contains("unmerge_workers"),
        "{feed}"
    );
}

async fn headcount(office: &Office<'_>) -> i64 {
    let data = office
        .manager
        .data("{ headcount(groupBy: []) { total } }", json!({}))
        .await;
    data["headcount"]["total"].as_i64().expect("a number")
}

/// What was corrected and added after a merge stays when it is undone; merges are undone from the last one on.
#[tokio::test]
async fn what_came_after_a_merge_stays_when_it_is_undone() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (kept, gone) = two_of_one(&office).await;
    let third = register(
        &office.manager,
        &with(
            &aminata(&office, "F-A1"),
            &[
                ("birthDate", json!("1984-03-01")),
                ("distinctFrom", json!([kept])),
            ],
        ),
    )
    .await;
    let third = third["worker"]["id"].clone();
    let merge = async |keep: &Value, absorb: &Value, take: Value| {
        let versions = [keep, absorb].map(Value::clone);
        let mut seen = Vec::new();
        for id in &versions {
            seen.push(office.worker(id, None).await["version"].clone());
        }
        let input = json!({
            "keep": keep, "keepVersion": seen[0], "absorb": absorb, "absorbVersion": seen[1], "take": take,
        });
        ask(&office.manager, "mergeWorkers", input).await
    };
    // The middle one goes into the first, and with it who went into it.
    let first = merge(&gone, &third, json!(["NAME", "BIRTH_DATE"])).await;
    assert_eq!(first["errors"], json!([]));
    assert_eq!(first["worker"]["birthDate"], "1984-03-01");
    let second = merge(&kept, &gone, json!([])).await;
    assert_eq!(second["errors"], json!([]));
    assert_eq!(office.worker(&third, None).await["id"], kept);
    let same = merge(&kept, &third, json!([])).await;
    assert_eq!(refusals(&same), ["SAME_RECORD absorb"]);

    let now = office.worker(&kept, None).await;
    let unmerge =
        |absorbed: &Value, version: &Value| json!({ "absorbed": absorbed, "baseVersion": version });
    let stale = ask(&office.manager, "unmergeWorkers", unmerge(&gone, &json!(1))).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    let early = ask(
        &office.manager,
        "unmergeWorkers",
        unmerge(&third, &now["version"]),
    )
    .await;
    assert_eq!(refusals(&early), ["LATER_MERGE absorbed"]);
    let correct = json!({ "worker": third, "baseVersion": now["version"], "givenNames": "Aminata Fatoumata" });
    office.change("correctWorker", correct).await;
    let now = office.worker(&kept, None).await;
    assert_eq!(now["givenNames"], "Aminata Fatoumata");
    // Whoever knows the record by the id that is gone asks by that.
    let query = "mutation($input: RequestLeaveInput!) { requestLeave(input: $input) {
        leave { worker { id } } errors { errorCode path } } }";
    let input = json!({ "worker": third, "leaveType": "annual", "startsOn": "2027-03-01", "endsOn": "2027-03-05" });
    let asked = office.manager.data(query, json!({ "input": input })).await;
    assert_eq!(asked["requestLeave"]["errors"], json!([]));
    assert_eq!(asked["requestLeave"]["leave"]["worker"]["id"], kept);
    let query =
        "query($id: ID!) { leaveBalances(worker: $id, year: 2026) { type { code } entitled } }";
    let by_gone = office.manager.data(query, json!({ "id": third })).await;
    let by_kept = office.manager.data(query, json!({ "id": kept })).await;
    assert_eq!(by_gone, by_kept);
    assert_eq!(by_gone["leaveBalances"][0]["entitled"], 20);
    for (absorbed, into) in [(&gone, &kept), (&third, &gone)] {
        let version = office.worker(into, None).await["version"].clone();
        let done = ask(
            &office.manager,
            "unmergeWorkers",
            unmerge(absorbed, &version),
        )
        .await;
        assert_eq!(done["errors"], json!([]));
        assert_eq!(office.worker(absorbed, None).await["id"], *absorbed);
    }
    let apart = [&kept, &gone, &third];
    let mut names = Vec::new();
    for id in apart {
        let worker = office.worker(id, None).await;
        names.push((worker["givenNames"].clone(), worker["birthDate"].clone()));
    }
    let expected = [
        (json!("Aminata Fatoumata"), json!("1984-03-17")),
        (json!("Aminata"), json!(null)),
        (json!("Aminata"), json!("1984-03-01")),
    ];
    assert_eq!(names, expected);
}
