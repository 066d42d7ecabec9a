//! Small verbs for the tests of the register: an office that registers, corrects, posts, transfers and ends.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use kada::auth::Role;
use kada::cli::apply;
use kada::places::{FacilityRow, PlacesConfiguration, Setting};
use kada::tenancy::Reader;
use serde_json::{Value, json};

use crate::support::world::{Caller, TestCountry, World};

const RECORD: &str = "fragment Record on Worker {
    id version name familyName givenNames sex birthDate sector status orgUnit { code }
    posting { ...Duty }
}
fragment Duty on Posting {
    id facility { code } cadre { code } employmentType { code } isPrimary startsOn endsOn endReason { code }
    supervisor { code }
}";

/// The country's personnel office, with the ids of everything that has a code.
pub struct Office<'a> {
    pub country: TestCountry<'a>,
    pub manager: Caller<'a>,
    ids: HashMap<String, String>,
}

impl<'a> Office<'a> {
    pub async fn open(world: &'a World) -> Self {
        let country = world.country().await;
        plan_a_facility(&country).await;
        Self::of(country).await
    }

    /// The office of a country as it stands.
    pub async fn of(country: TestCountry<'a>) -> Self {
        let manager = country.caller(Role::HrManager);
        let lists = "{
            orgUnits(first: 100) { nodes { id code } }
            facilities(first: 100) { nodes { id code } }
            cadres(first: 100) { nodes { id code } }
        }";
        let data = manager.data(lists, json!({})).await;
        let nodes = ["orgUnits", "facilities", "cadres"].map(|list| data[list]["nodes"].clone());
        let ids = nodes
            .iter()
            .flat_map(|nodes| nodes.as_array().expect("a list"));
        let ids = ids.map(|it| (text(&it["code"]), text(&it["id"]))).collect();
        Self {
            country,
            manager,
            ids,
        }
    }

    /// The id of the org unit, facility or cadre with a code.
    pub fn id(&self, code: &str) -> &str {
        &self.ids[code]
    }

    /// The input of a posting on permanent terms.
    pub fn posting(&self, facility: &str, cadre: &str, from: &str) -> Value {
        json!({
            "facility": self.id(facility), "cadre": self.id(cadre),
            "employmentType": "permanent", "startsOn": from,
        })
    }

    /// Somebody to register with a first posting.
    pub fn person(&self, name: &str, facility: &str, cadre: &str, from: &str) -> Value {
        json!({ "familyName": name, "sex": "FEMALE", "posting": self.posting(facility, cadre, from) })
    }

    /// The payload of a mutation, by the manager of the whole country.
    pub async fn ask(&self, mutation: &str, input: Value) -> Value {
        ask(&self.manager, mutation, input).await
    }

    /// The changed worker of a mutation that nothing refuses.
    pub async fn change(&self, mutation: &str, input: Value) -> Value {
        let payload = self.ask(mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        payload["worker"].clone()
    }

    pub async fn register(&self, name: &str, facility: &str, cadre: &str, from: &str) -> Value {
        let person = self.person(name, facility, cadre, from);
        self.change("registerWorker", person).await
    }

    /// One worker with everything, as of a day.
    pub async fn worker(&self, id: &Value, as_of: Option<&str>) -> Value {
        let query = format!(
            "query($id: ID!, $day: Date) {{
                worker(by: {{id: $id}}, asOf: $day) {{
                    ...Record
                    postings {{ ...Duty }}
                    identifiers {{ type {{ code }} value }}
                    contacts {{ kind value preferred }}
                    history(first: 100) {{ verb act {{ number date }} }}
                }}
            }} {RECORD}"
        );
        let variables = json!({ "id": id, "day": as_of });
        let mut data = self.manager.data(&query, variables).await;
        data["worker"].take()
    }
}

/// F-NEW, which opens only in 2030.
async fn plan_a_facility(country: &TestCountry<'_>) {
    let facility = FacilityRow {
        code: "F-NEW".to_owned(),
        name: "Établissement F-NEW".to_owned(),
        type_code: "HC".to_owned(),
        ownership: "NGO".to_owned(),
        unit: "A-1".to_owned(),
        setting: Setting::Rural,
        opened_on: Some("2030-01-01".parse().expect("a date")),
        closed_on: None,
    };
    let wanted = PlacesConfiguration {
        facilities: vec![facility],
        ..PlacesConfiguration::default()
    };
    let at = country.world.clock.now();
    let day = at.date_naive();
    let added = country.db.write(async |tx: &mut Reader<'_>| {
        let changes = kada::places::configure(tx, &wanted, day).await?;
        apply::record(tx, &changes, at).await
    });
    added.await.expect("a facility is added");
}

pub async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let mut data = caller
        .data(&document(mutation), json!({ "input": input }))
        .await;
    data["answer"].take()
}

/// The document of a mutation that asks for all that its payload has.
pub fn document(mutation: &str) -> String {
    let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let conflict = if mutation == "registerWorker" {
        ""
    } else {
        "conflict { baseVersion current { ...Record } changed { field base current } }"
    };
    format!(
        "mutation($input: {input}!) {{
            answer: {mutation}(input: $input) {{
                worker {{ ...Record }} {conflict}
                errors {{ code errorCode message path }}
            }}
        }} {RECORD}"
    )
}

/// What was refused, as `CODE path.in.the.input`.
pub fn refusals(payload: &Value) -> Vec<String> {
    let errors = payload["errors"].as_array().expect("a list of errors");
    let said = errors.iter().map(|error| {
        assert_eq!(error["code"], error["errorCode"]);
        let message = text(&error["message"]);
        assert!(
            message.ends_with('.') && !message.contains('{'),
            "{message}"
        );
        let path = error["path"].as_array().expect("a path");
        let path: Vec<String> = path.iter().map(text).collect();
        format!("{} {}", text(&error["code"]), path.join("."))
            .trim_end()
            .to_owned()
    });
    said.collect()
}

/// An input with some of its fields replaced, as `posting.facility` for a field inside.
pub fn with(input: &Value, changes: &[(&str, Value)]) -> Value {
    let mut input = input.clone();
    for (path, value) in changes {
        let place = path
            .split('.')
            .fold(&mut input, |place, part| &mut place[part]);
        *place = value.clone();
    }
    input
}

/// An input without one of its fields.
pub fn without(input: &Value, field: &str) -> Value {
    let mut input = input.clone();
    input.as_object_mut().expect("an input").remove(field);
    input
}

/// The values of an enum, as the schema declares them.
pub fn enum_values(name: &str) -> Vec<String> {
    let document = parse_schema(kada::api::sdl()).expect("the schema's own text");
    let values = document
        .definitions
        .into_iter()
        .find_map(|definition| match definition {
            TypeSystemDefinition::Type(found) if found.node.name.node == name => {
                match found.node.kind {
                    TypeKind::Enum(found) => Some(found.values),
                    _ => None,
                }
            }
            _ => None,
        });
    let values = values.unwrap_or_else(|| panic!("no enum {name}"));
    values
        .iter()
        .map(|it| it.node.value.node.to_string())
        .collect()
}

pub fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// An id of a kind, of nothing.
pub fn nothing(prefix: &str) -> Value {
    json!(format!("{prefix}_018f0000000070008000000000000000"))
}
