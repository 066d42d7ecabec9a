//! The orders in which posts are listed, page by page.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::Establishment;
use crate::support::world::{Caller, World};
use crate::workforce::office::{Office, text};

/// Each with others at its facility, of its cadre and of its day.
const POSTS: [(&str, &str, &str, &str); 10] = [
    ("P-07", "H-A1", "NUR", "2019-01-01"),
    ("P-01", "F-A1", "MW", "2020-01-01"),
    ("P-10", "F-A1", "DOC", "2019-01-01"),
    ("P-02", "F-B1", "MW", "2020-01-01"),
    ("P-09", "F-A2", "NUR", "2021-06-01"),
    ("P-03", "F-A1", "MW", "2020-01-01"),
    ("P-08", "F-A2", "DOC", "2018-01-01"),
    ("P-04", "H-A1", "NUR", "2020-01-01"),
    ("P-06", "F-B1", "NUR", "2021-06-01"),
    ("P-05", "F-A1", "NUR", "2018-01-01"),
];

const SORTS: [&str; 4] = ["CODE", "FACILITY", "CADRE", "OPENED"];

const LIST: &str =
    "query($filter: PostFilterInput, $sort: PostSort, $first: Int!, $after: String, $day: Date) {
    posts(filter: $filter, sort: $sort, first: $first, after: $after, asOf: $day) {
        totalCount pageInfo { hasNextPage endCursor } edges { cursor node { code } } } }";

async fn open_all<'a>(office: &Office<'a>) -> Establishment<'a> {
    let desk = Establishment::of(&office.country);
    for (code, facility, cadre, from) in POSTS {
        let open = json!({
            "code": code, "facility": office.id(facility), "cadre": office.id(cadre), "from": from,
        });
        desk.make("openPost", open).await;
    }
    desk
}

/// The codes in an order, of those posts that are `among`.
fn sorted(sort: &str, descending: bool, among: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut posts: Vec<_> = POSTS.into_iter().filter(|it| among(it.1)).collect();
    posts.sort_by_key(|(code, facility, cadre, from)| {
        let first = match sort {
            "FACILITY" => *facility,
            "CADRE" => *cadre,
            "OPENED" => *from,
            _ => "",
        };
        (first, *code)
    });
    if descending {
        posts.reverse();
    }
    posts.into_iter().map(|it| it.0).collect()
}

/// All pages of so many, one after the other.
async fn walked(caller: &Caller<'_>, variables: &Value, first: usize) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut variables = variables.clone();
        variables["first"] = json!(first);
        variables["after"] = after;
        let data = caller.data(LIST, variables).await;
        let page = &data["posts"];
        let edges = page["edges"].as_array().expect("edges");
        assert!(edges.len() <= first);
        seen.extend(edges.iter().map(|it| text(&it["node"]["code"])));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            assert_eq!(page["totalCount"], seen.len());
            return seen;
        }
        assert_eq!(edges.len(), first);
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn pages_of_posts_meet_in_every_order() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = open_all(&office).await;
    let officer = office.country.caller(Role::HrOfficer).scope(&["A"]);
    assert_eq!(
        walked(&desk.admin, &json!({}), 4).await,
        sorted("CODE", false, |_| true)
    );
    for sort in SORTS {
        for (name, descending) in [
            (sort.to_owned(), false),
            (format!("{sort}_DESCENDING"), true),
        ] {
            let expected = sorted(sort, descending, |_| true);
            let variables = json!({ "sort": name });
            for first in [1, 3, 10] {
                let seen = walked(&desk.admin, &variables, first).await;
                assert_eq!(seen, expected, "{name} {first}");
            }
            // A page may begin at any row, also the last one.
            let whole = json!({ "sort": name, "first": 100 });
            let data = desk.admin.data(LIST, whole).await;
            let edges = data["posts"]["edges"].as_array().expect("edges");
            for (place, edge) in edges.iter().enumerate() {
                let next = json!({ "sort": name, "first": 1, "after": edge["cursor"] });
                let data = desk.admin.data(LIST, next).await;
                let next = &data["posts"]["edges"][0]["node"]["code"];
                assert_eq!(next, &json!(expected.get(place + 1)), "{name}");
            }
            let mine = sorted(sort, descending, |facility| facility != "F-B1");
            assert_eq!(walked(&officer, &variables, 2).await, mine, "{name}");
            let at_one = json!({ "sort": name, "filter": { "facilityCodes": ["F-A1"] } });
            let there = sorted(sort, descending, |facility| facility == "F-A1");
            assert_eq!(walked(&desk.admin, &at_one, 2).await, there, "{name}");
        }
    }
    // On a day before most of them there are two; in which order, the day does not say.
    let early = json!({ "sort": "FACILITY", "day": "2018-12-31" });
    assert_eq!(walked(&desk.admin, &early, 1).await, ["P-05", "P-08"]);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_order_of_posts() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = open_all(&office).await;
    let names: Vec<String> = (SORTS.iter())
        .flat_map(|it| [(*it).to_owned(), format!("{it}_DESCENDING")])
        .collect();
    for name in &names {
        let variables = json!({ "sort": name, "first": 2 });
        let data = desk.admin.data(LIST, variables).await;
        let cursor = &data["posts"]["pageInfo"]["endCursor"];
        for other in names.iter().filter(|it| *it != name) {
            let variables = json!({ "sort": other, "first": 2, "after": cursor });
            let code = desk.admin.error_code(LIST, variables).await;
            assert_eq!(code, "BAD_USER_INPUT", "{name} {other}");
        }
    }
}

#[tokio::test]
async fn a_walk_goes_on_where_it_was_though_a_facility_is_called_otherwise() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = open_all(&office).await;
    // Up to the first post of F-A2, in the middle of the list.
    let variables = json!({ "sort": "FACILITY", "first": 5 });
    let data = desk.admin.data(LIST, variables).await;
    let edges = data["posts"]["edges"].as_array().expect("edges");
    assert_eq!(edges[4]["node"]["code"], "P-08");
    let rename = "mutation($input: ChangeFacilityInput!) { changeFacility(input: $input) { errors { code } } }";
    let input = json!({
        "facility": office.id("F-A2"), "baseVersion": 1, "from": "2026-03-01", "name": "Zone",
    });
    let renamed = desk.admin.data(rename, json!({ "input": input })).await;
    assert_eq!(renamed["changeFacility"]["errors"], json!([]));
    let next = json!({ "sort": "FACILITY", "first": 100, "after": edges[4]["cursor"] });
    let data = desk.admin.data(LIST, next).await;
    let rest = data["posts"]["edges"].as_array().expect("edges").iter();
    let rest: Vec<String> = rest.map(|it| text(&it["node"]["code"])).collect();
    // What stood after it stands there still; what went to the end is met there.
    assert_eq!(rest, ["P-02", "P-06", "P-04", "P-07", "P-08", "P-09"]);
}
