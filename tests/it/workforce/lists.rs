//! Lists of workers: filters, orders, pages. Twenty people, and a model of them to compare with.

use std::collections::BTreeSet;

use kada::kernel::fold;
use serde_json::{Value, json};

use super::office::{Office, text, with};
use crate::support::world::World;

#[derive(Clone, Debug)]
struct Person {
    /// The order of registration.
    number: usize,
    family: &'static str,
    born: Option<String>,
    sex: &'static str,
    facility: &'static str,
    cadre: &'static str,
    terms: &'static str,
    status: &'static str,
}

const FAMILIES: [&str; 20] = [
    "Traoré",
    "Keita",
    "N'Diaye",
    "Coulibaly",
    "Diarra",
    "Touré",
    "Cissé",
    "Sangaré",
    "Konaté",
    "Ouattara",
    "Keïta",
    "Dembélé",
    "Maïga",
    "Sidibé",
    "Camara",
    "N’Diaye",
    "Samaké",
    "Bagayoko",
    "Élie",
    "Koné",
];

fn people() -> Vec<Person> {
    let posts = [
        ("F-A1", "MW"),
        ("H-A1", "DOC"),
        ("S-A1", "PSW"),
        ("F-A2", "NUR"),
        ("F-B1", "SWO"),
    ];
    let person = |number: usize| {
        let (facility, cadre) = posts[number % posts.len()];
        Person {
            number,
            family: FAMILIES[number],
            // Some share a birthday, some have none that is known.
            born: (number % 5 != 4).then(|| format!("19{}-03-01", 60 + number % 7)),
            sex: ["FEMALE", "MALE", "UNKNOWN"][number % 3],
            facility,
            cadre,
            terms: ["permanent", "contract", "volunteer"][number % 3],
            status: match number {
                0..16 => "ACTIVE",
                16..18 => "FORMER",
                _ => "UNPOSTED",
            },
        }
    };
    (0..20).map(person).collect()
}

/// Registers them all, in order.
async fn fill(office: &Office<'_>) -> Vec<Person> {
    let people = people();
    for person in &people {
        let from = if person.status == "UNPOSTED" {
            "2027-01-01"
        } else {
            "2020-01-01"
        };
        let input = office.person(person.family, person.facility, person.cadre, from);
        let changes = [
            ("givenNames", json!("Awa")),
            ("sex", json!(person.sex)),
            ("birthDate", json!(person.born)),
            ("posting.employmentType", json!(person.terms)),
        ];
        let worker = office
            .change("registerWorker", with(&input, &changes))
            .await;
        if person.status == "FORMER" {
            let posting = &worker["posting"]["id"];
            let end = json!({ "posting": posting, "endsOn": "2024-12-31", "reason": "retirement" });
            office.change("endPosting", end).await;
        }
    }
    people
}

const LIST: &str = "query($filter: WorkerFilterInput, $sort: WorkerSort, $first: Int!, $after: String, $day: Date) {
    workers(filter: $filter, sort: $sort, first: $first, after: $after, asOf: $day) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { familyName } }
    }
}";

async fn found(office: &Office<'_>, filter: &Value, day: Option<&str>) -> BTreeSet<String> {
    let variables = json!({ "filter": filter, "first": 100, "day": day });
    let data = office.manager.data(LIST, variables).await;
    let edges = data["workers"]["edges"].as_array().expect("edges");
    assert_eq!(
        data["workers"]["totalCount"],
        json!(edges.len()),
        "{filter}"
    );
    edges
        .iter()
        .map(|it| text(&it["node"]["familyName"]))
        .collect()
}

fn names<'a>(people: impl Iterator<Item = &'a Person>) -> BTreeSet<String> {
    people.map(|it| it.family.to_owned()).collect()
}

type Rule = fn(&Person) -> bool;

#[tokio::test]
async fn every_filter_finds_exactly_those_it_names() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let people = fill(&office).await;
    let id = |code: &str| json!(office.id(code));
    let in_a1: Rule = |it| ["F-A1", "H-A1", "S-A1"].contains(&it.facility);
    let active: Rule = |it| it.status == "ACTIVE";
    // What is about postings is about the active, unless a status is asked for.
    let cases: Vec<(Value, Rule)> = vec![
        (json!({}), |_| true),
        (json!({ "status": "ACTIVE" }), active),
        (json!({ "status": "FORMER" }), |it| it.status == "FORMER"),
        (json!({ "status": "UNPOSTED" }), |it| {
            it.status == "UNPOSTED"
        }),
        (json!({ "sex": "FEMALE" }), |it| it.sex == "FEMALE"),
        (json!({ "sex": "UNKNOWN" }), |it| it.sex == "UNKNOWN"),
        (json!({ "orgUnit": id("A") }), |it| {
            it.status == "ACTIVE" && it.facility != "F-B1"
        }),
        (json!({ "orgUnit": id("A-2") }), |it| {
            it.status == "ACTIVE" && it.facility == "F-A2"
        }),
        (
            json!({ "orgUnit": "unit_018f0000000070008000000000000000" }),
            |_| false,
        ),
        (json!({ "facilities": [id("F-A1"), id("F-B1")] }), |it| {
            it.status == "ACTIVE" && ["F-A1", "F-B1"].contains(&it.facility)
        }),
        (json!({ "facilities": [] }), |_| false),
        (json!({ "facilityTypes": ["HC"] }), |it| {
            it.status == "ACTIVE" && it.facility.starts_with('F')
        }),
        (json!({ "facilityTypes": ["DH", "SWO"] }), |it| {
            it.status == "ACTIVE" && ["H-A1", "S-A1"].contains(&it.facility)
        }),
        (
            json!({ "facilityTypes": ["HC"], "orgUnit": id("A-1"), "facilities": [id("F-A1"), id("H-A1")] }),
            |it| it.status == "ACTIVE" && it.facility == "F-A1",
        ),
        (json!({ "cadre": id("G-NUR") }), |it| {
            it.status == "ACTIVE" && ["MW", "NUR"].contains(&it.cadre)
        }),
        (json!({ "cadre": id("MW") }), |it| {
            it.status == "ACTIVE" && it.cadre == "MW"
        }),
        (
            json!({ "cadre": "cdr_018f0000000070008000000000000000" }),
            |_| false,
        ),
        (json!({ "sector": "SOCIAL" }), |it| {
            it.status == "ACTIVE" && ["PSW", "SWO"].contains(&it.cadre)
        }),
        (json!({ "workerClasses": ["VOLUNTEER"] }), |it| {
            it.status == "ACTIVE" && it.cadre == "PSW"
        }),
        (
            json!({ "employmentTypes": ["permanent", "contract"] }),
            |it| it.status == "ACTIVE" && it.terms != "volunteer",
        ),
        (json!({ "name": "ke" }), |it| {
            ["Keita", "Keïta"].contains(&it.family)
        }),
        (json!({ "name": "n'diaye" }), |it| {
            fold(it.family) == "n diaye"
        }),
        (json!({ "status": "FORMER", "cadre": id("MW") }), |it| {
            it.status == "FORMER" && it.cadre == "MW"
        }),
        (json!({ "status": "FORMER", "orgUnit": id("A-1") }), |it| {
            it.status == "FORMER" && ["F-A1", "H-A1", "S-A1"].contains(&it.facility)
        }),
        (json!({ "status": "UNPOSTED", "orgUnit": id("A") }), |_| {
            false
        }),
        (
            json!({ "sex": "MALE", "sector": "HEALTH", "employmentTypes": ["contract"] }),
            |it| {
                it.status == "ACTIVE"
                    && it.sex == "MALE"
                    && ["MW", "DOC", "NUR"].contains(&it.cadre)
            },
        ),
    ];
    for (filter, rule) in cases {
        let expected = names(people.iter().filter(|it| rule(it)));
        assert_eq!(found(&office, &filter, None).await, expected, "{filter}");
    }
    // On a day before the retirements, and on one when those of 2027 have begun.
    let filter = json!({ "orgUnit": id("A-1") });
    let then = names(
        people
            .iter()
            .filter(|it| in_a1(it) && it.status != "UNPOSTED"),
    );
    assert_eq!(found(&office, &filter, Some("2024-12-31")).await, then);
    assert_eq!(
        found(&office, &filter, Some("2019-12-31")).await,
        BTreeSet::new()
    );
    let later = names(
        people
            .iter()
            .filter(|it| in_a1(it) && it.status != "FORMER"),
    );
    assert_eq!(found(&office, &filter, Some("2027-01-01")).await, later);
    let unposted = json!({ "status": "UNPOSTED" });
    assert_eq!(
        found(&office, &unposted, Some("2027-01-01")).await,
        BTreeSet::new()
    );
    assert_eq!(
        found(&office, &unposted, Some("2019-12-31")).await.len(),
        20
    );
}

#[tokio::test]
async fn pages_of_every_order_meet_without_gaps_or_repeats() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let people = fill(&office).await;
    let by_name = |it: &Person| fold(&format!("{} Awa", it.family));
    let by_birth = |it: &Person| it.born.clone().unwrap_or_else(|| "9999".to_owned());
    for (sort, descending) in [
        ("NAME", false),
        ("NAME_DESCENDING", true),
        ("BIRTH_DATE", false),
        ("BIRTH_DATE_DESCENDING", true),
        ("REGISTERED", false),
        ("REGISTERED_DESCENDING", true),
    ] {
        let mut expected = people.clone();
        expected.sort_by_key(|it| match sort.split('_').next() {
            Some("NAME") => (by_name(it), it.number),
            Some("BIRTH") => (by_birth(it), it.number),
            _ => (String::new(), it.number),
        });
        if descending {
            expected.reverse();
        }
        let expected: Vec<&str> = expected.iter().map(|it| it.family).collect();
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "sort": sort, "first": 3, "after": after });
            let data = office.manager.data(LIST, variables).await;
            let page = &data["workers"];
            assert_eq!(page["totalCount"], json!(20));
            assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!seen.is_empty()));
            let edges = page["edges"].as_array().expect("edges");
            seen.extend(edges.iter().map(|it| text(&it["node"]["familyName"])));
            assert_eq!(
                page["pageInfo"]["endCursor"],
                edges[edges.len() - 1]["cursor"]
            );
            assert_eq!(
                page["pageInfo"]["hasNextPage"],
                json!(seen.len() < 20),
                "{sort}"
            );
            if seen.len() >= 20 {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, expected, "{sort}");
        // A page may begin at any row, also the last one, and a filter may change on the way.
        let variables = json!({ "sort": sort, "first": 100 });
        let data = office.manager.data(LIST, variables).await;
        let edges = data["workers"]["edges"].as_array().expect("edges");
        for (place, edge) in edges.iter().enumerate() {
            let variables = json!({ "sort": sort, "first": 1, "after": edge["cursor"] });
            let data = office.manager.data(LIST, variables).await;
            let next = &data["workers"]["edges"][0]["node"]["familyName"];
            assert_eq!(next, &json!(expected.get(place + 1)), "{sort}");
        }
    }
}

#[tokio::test]
async fn an_absent_order_is_by_name_and_an_empty_list_has_no_pages() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let data = office.manager.data(LIST, json!({ "first": 3 })).await;
    insta::assert_json_snapshot!(data["workers"], @r#"
    {
      "edges": [],
      "pageInfo": {
        "endCursor": null,
        "hasNextPage": false,
        "hasPreviousPage": false,
        "startCursor": null
      },
      "totalCount": 0
    }
    "#);
    for name in ["Touré", "Cissé", "Élie"] {
        office.register(name, "F-A1", "MW", "2020-01-01").await;
    }
    let data = office.manager.data(LIST, json!({ "first": 3 })).await;
    let edges = data["workers"]["edges"].as_array().expect("edges");
    let names: Vec<String> = edges
        .iter()
        .map(|it| text(&it["node"]["familyName"]))
        .collect();
    assert_eq!(names, ["Cissé", "Élie", "Touré"]);
    for name in ["", " ", "-", "a b c d e f"] {
        let variables = json!({ "first": 3, "filter": { "name": name } });
        assert_eq!(
            office.manager.error_code(LIST, variables).await,
            "BAD_USER_INPUT",
            "{name}"
        );
    }
}
