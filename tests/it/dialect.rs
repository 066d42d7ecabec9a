//! The dialect that every part of the schema speaks: ids, pages, keys, languages, refusals, descriptions.

mod keys;
mod languages;
mod schema;

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::{Caller, World};
use crate::workforce::office::{Office, document, refusals, text};

/// The code of the first error, and the input field that it names.
async fn bad_input(caller: &Caller<'_>, query: &str, variables: Value) -> (String, String) {
    let answer = caller.ask(query, variables).await;
    let extensions = &answer["errors"][0]["extensions"];
    let word = |name: &str| extensions[name].as_str().unwrap_or_default().to_owned();
    (word("code"), word("field"))
}

#[tokio::test]
async fn an_id_of_another_kind_is_bad_input_and_the_field_is_named() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (unit, facility, cadre) = (office.id("A"), office.id("F-A1"), office.id("MW"));
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let (worker, posting) = (text(&worker["id"]), text(&worker["posting"]["id"]));
    for (query, wrong, field) in [
        (
            "query($id: ID!) { worker(by: {id: $id}) { id } }",
            facility,
            "by.id",
        ),
        (
            "query($id: ID!) { worker(by: {id: $id}) { id } }",
            posting.as_str(),
            "by.id",
        ),
        (
            "query($id: ID!) { facility(by: {id: $id}) { id } }",
            unit,
            "by.id",
        ),
        (
            "query($id: ID!) { orgUnit(by: {id: $id}) { id } }",
            cadre,
            "by.id",
        ),
        (
            "query($id: ID!) { cadre(by: {id: $id}) { id } }",
            worker.as_str(),
            "by.id",
        ),
        (
            "query($id: ID!) { workers(first: 1, filter: {orgUnit: $id}) { nodes { id } } }",
            facility,
            "filter.orgUnit",
        ),
        (
            "query($id: ID!) { workers(first: 1, filter: {cadre: $id}) { nodes { id } } }",
            unit,
            "filter.cadre",
        ),
        (
            "query($id: ID!) { workers(first: 1, filter: {facilities: [$id]}) { nodes { id } } }",
            unit,
            "filter.facilities",
        ),
        (
            "query($id: ID!) { facilities(first: 1, filter: {orgUnit: $id}) { nodes { id } } }",
            facility,
            "filter.orgUnit",
        ),
        (
            "query($id: ID!) { orgUnits(first: 1, filter: {parent: $id}) { nodes { id } } }",
            cadre,
            "filter.parent",
        ),
        (
            "query($id: ID!) { cadres(first: 1, filter: {within: $id}) { nodes { id } } }",
            unit,
            "filter.within",
        ),
        (
            "query($id: ID!) { node(id: $id) { id } }",
            "wkr_018F0000000070008000000000000000",
            "id",
        ),
        ("query($id: ID!) { node(id: $id) { id } }", "1", "id"),
        ("query($id: ID!) { node(id: $id) { id } }", "", "id"),
    ] {
        let answer = bad_input(&office.manager, query, json!({ "id": wrong })).await;
        assert_eq!(
            answer,
            ("BAD_USER_INPUT".to_owned(), field.to_owned()),
            "{query}"
        );
    }
    let person = office.person("Keita", "F-A1", "MW", "2020-01-01");
    for (mutation, field, input) in [
        (
            "registerWorker",
            "input.posting.facility",
            json!(["posting", "facility"]),
        ),
        (
            "registerWorker",
            "input.posting.cadre",
            json!(["posting", "cadre"]),
        ),
        (
            "registerWorker",
            "input.posting.supervisor",
            json!(["posting", "supervisor"]),
        ),
    ] {
        let path = input
            .as_array()
            .expect("a path")
            .iter()
            .map(text)
            .collect::<Vec<_>>()
            .join(".");
        let input = crate::workforce::office::with(&person, &[(&path, json!(unit))]);
        let answer = bad_input(
            &office.manager,
            &document(mutation),
            json!({ "input": input }),
        )
        .await;
        assert_eq!(answer, ("BAD_USER_INPUT".to_owned(), field.to_owned()));
    }
    for (mutation, field, input) in [
        (
            "correctWorker",
            "input.worker",
            json!({ "worker": unit, "baseVersion": 1 }),
        ),
        (
            "postWorker",
            "input.worker",
            json!({ "worker": unit, "posting": person["posting"] }),
        ),
        (
            "transferWorker",
            "input.to",
            json!({ "worker": worker, "to": unit, "on": "2021-01-01" }),
        ),
        (
            "transferWorker",
            "input.cadre",
            json!({ "worker": worker, "to": facility, "on": "2021-01-01", "cadre": unit }),
        ),
        (
            "endPosting",
            "input.posting",
            json!({ "posting": worker, "endsOn": "2021-01-01", "reason": "transfer" }),
        ),
    ] {
        let answer = bad_input(
            &office.manager,
            &document(mutation),
            json!({ "input": input }),
        )
        .await;
        assert_eq!(
            answer,
            ("BAD_USER_INPUT".to_owned(), field.to_owned()),
            "{mutation}"
        );
    }
    for id in [unit, facility, cadre, worker.as_str(), posting.as_str()] {
        let data = office
            .manager
            .data(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": id }),
            )
            .await;
        assert_eq!(data["node"]["id"], json!(id));
    }
}

#[tokio::test]
async fn a_page_has_one_to_a_hundred_rows() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    for list in ["workers", "changes", "facilities", "orgUnits", "cadres"] {
        let query = format!("query($n: Int!) {{ {list}(first: $n) {{ nodes {{ __typename }} }} }}");
        for first in [0, -1, 101, i32::MIN, i32::MAX] {
            let answer = bad_input(&office.manager, &query, json!({ "n": first })).await;
            // Asking for millions is too dear before it is too many.
            let too_dear = answer.0 == "COST_TOO_HIGH" && first == i32::MAX;
            assert!(
                too_dear || answer == ("BAD_USER_INPUT".into(), "first".into()),
                "{list} {first} {answer:?}"
            );
        }
        for first in [1, 100] {
            office.manager.data(&query, json!({ "n": first })).await;
        }
    }
    let history =
        "query($id: ID!, $n: Int!) { worker(by: {id: $id}) { history(first: $n) { seq } } }";
    for first in [0, -1, 101] {
        let variables = json!({ "id": worker["id"], "n": first });
        let answer = bad_input(&office.manager, history, variables).await;
        assert_eq!(answer, ("BAD_USER_INPUT".into(), "first".into()), "{first}");
    }
}

const PAGE: &str = "query($after: String!) { workers(first: 1, after: $after) { nodes { id } } }";

#[tokio::test]
async fn a_cursor_is_good_for_its_list_its_order_and_its_country() {
    let world = World::with(2, |_| {}).await;
    let countries = world.countries().await;
    for country in &countries {
        country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    }
    let [here, there] = [0, 1].map(|n| countries[n].caller(Role::HrManager));
    let cursors = "{
        named: workers(first: 1) { pageInfo { endCursor } }
        born: workers(first: 1, sort: BIRTH_DATE) { pageInfo { endCursor } }
        cadres(first: 1) { pageInfo { endCursor } }
    }";
    let own = here.data(cursors, json!({})).await;
    let of = |data: &Value, list: &str| text(&data[list]["pageInfo"]["endCursor"]);
    let foreign = there.data(cursors, json!({})).await;
    here.data(PAGE, json!({ "after": of(&own, "named") })).await;
    let mut forged = of(&own, "named");
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.insert(0, last);
    for cursor in [
        of(&own, "born"),
        of(&own, "cadres"),
        of(&foreign, "named"),
        forged,
        String::new(),
        "bm9uc2Vuc2U".to_owned(),
        "A".repeat(10_000),
    ] {
        let answer = bad_input(&here, PAGE, json!({ "after": cursor })).await;
        assert_eq!(
            answer,
            ("BAD_USER_INPUT".into(), "after".into()),
            "{cursor}"
        );
    }
}

#[tokio::test]
async fn exactly_one_way_of_looking_up_is_given() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let id = json!(office.id("F-A1"));
    for (query, variables) in [
        ("{ facility(by: {}) { id } }", json!({})),
        (
            "{ facility(by: {id: \"x\", code: \"F-A1\"}) { id } }",
            json!({}),
        ),
        ("{ facility(by: {id: null}) { id } }", json!({})),
        (
            "{ facility(by: {id: null, code: \"F-A1\"}) { id } }",
            json!({}),
        ),
        (
            "query($by: FacilityLookup!) { facility(by: $by) { id } }",
            json!({ "by": {} }),
        ),
        (
            "query($by: FacilityLookup!) { facility(by: $by) { id } }",
            json!({ "by": { "id": id, "code": "F-A1" } }),
        ),
        (
            "query($by: FacilityLookup!) { facility(by: $by) { id } }",
            json!({ "by": { "id": null, "code": "F-A1" } }),
        ),
        (
            "query($code: String) { facility(by: {code: $code}) { id } }",
            json!({ "code": null }),
        ),
        (
            "{ worker(by: {id: \"x\", identifier: {type: \"nina\", value: \"1\"}}) { id } }",
            json!({}),
        ),
    ] {
        let code = office.manager.error_code(query, variables.clone()).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{query} {variables}");
    }
    let one = "query($by: FacilityLookup!) { facility(by: $by) { id } }";
    for by in [json!({ "id": id }), json!({ "code": "F-A1" })] {
        assert_eq!(
            office.manager.data(one, json!({ "by": by })).await["facility"]["id"],
            id
        );
    }
}

#[tokio::test]
async fn refusals_of_all_mutations_are_read_alike() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let query = "mutation($person: RegisterWorkerInput!, $end: EndPostingInput!) {
        registerWorker(input: $person) { errors { ...E } }
        endPosting(input: $end) { errors { ...E } }
    }
    fragment E on UserError { __typename errorCode message path }";
    let person = office.person("?", "F-A1", "MW", "2020-01-01");
    let end = json!({
        "posting": crate::workforce::office::nothing("pst"), "endsOn": "2020-01-01", "reason": "transfer",
    });
    let data = office
        .manager
        .data(query, json!({ "person": person, "end": end }))
        .await;
    insta::assert_json_snapshot!(data, @r#"
    {
      "endPosting": {
        "errors": [
          {
            "__typename": "EndPostingError",
            "errorCode": "POSTING_NOT_FOUND",
            "message": "There is no such posting.",
            "path": [
              "posting"
            ]
          }
        ]
      },
      "registerWorker": {
        "errors": [
          {
            "__typename": "RegisterWorkerError",
            "errorCode": "INVALID_NAME",
            "message": "The name must have 1 to 100 characters, at least one of them a letter, and no control characters.",
            "path": [
              "familyName"
            ]
          }
        ]
      }
    }
    "#);
    assert_eq!(refusals(&json!({ "errors": [] })), Vec::<String>::new());
}

#[tokio::test]
async fn facilities_come_in_the_order_that_is_asked_for_page_by_page() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let query = "query($sort: FacilitySort!, $first: Int!, $after: String) {
        facilities(sort: $sort, first: $first, after: $after) {
            nodes { code name } pageInfo { endCursor hasNextPage } } }";
    for (sort, field, descends) in [
        ("NAME", "name", false),
        ("NAME_DESCENDING", "name", true),
        ("CODE", "code", false),
        ("CODE_DESCENDING", "code", true),
    ] {
        let (mut seen, mut after) = (Vec::new(), json!(null));
        loop {
            let variables = json!({ "sort": sort, "first": 2, "after": after });
            let page = &manager.data(query, variables).await["facilities"];
            let nodes = page["nodes"].as_array().expect("a page");
            seen.extend(nodes.iter().map(|it| it[field].to_string()));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        let mut sorted = seen.clone();
        sorted.sort();
        if descends {
            sorted.reverse();
        }
        assert_eq!(seen.len(), 6, "{sort}");
        assert_eq!(seen, sorted, "{sort}");
        // A cursor of one order is none of another.
        let other = if sort == "CODE" { "NAME" } else { "CODE" };
        let variables = json!({ "sort": other, "first": 2, "after": after });
        assert_eq!(manager.error_code(query, variables).await, "BAD_USER_INPUT");
    }
}
