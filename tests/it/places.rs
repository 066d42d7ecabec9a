//! The places as admins change them, and what their days before keep.

mod classes;
mod exported;
mod facilities;
mod moved;
mod populations;
mod units;
mod year;

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::{Caller, World};
use crate::workforce::office::Office;

const UNIT: &str = "fragment Unit on OrgUnit {
    id code version name kind level status since until validFrom validTo parent { code } children { code }
    predecessors { code } successors { code } iso3166_2
}";

const PLACE: &str = "fragment Place on Facility {
    id code version name type { code } ownership { code } setting orgUnit { code } openedOn closedOn since until
    closures { from until }
}";

/// The country's places as its ministry administers them.
struct Ministry<'a> {
    office: Office<'a>,
    admin: Caller<'a>,
}

impl<'a> Ministry<'a> {
    async fn open(world: &'a World) -> Self {
        let office = Office::open(world).await;
        let admin = office.country.caller(Role::MinistryAdmin);
        Self { office, admin }
    }

    fn id(&self, code: &str) -> &str {
        self.office.id(code)
    }

    /// The payload of a mutation of places.
    async fn ask(&self, mutation: &str, input: Value) -> Value {
        ask(&self.admin, mutation, input).await
    }

    /// The place that a mutation changed which nothing refuses.
    async fn make(&self, mutation: &str, input: Value) -> Value {
        let payload = self.ask(mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        let unit = &payload["orgUnit"];
        if unit.is_null() {
            payload["facility"].clone()
        } else {
            unit.clone()
        }
    }

    /// An org unit as of a day, by its code.
    async fn unit(&self, code: &str, day: &str) -> Value {
        let query = format!(
            "query($code: String!, $day: Date) {{ orgUnit(by: {{code: $code}}, asOf: $day) {{ ...Unit }} }} {UNIT}"
        );
        let variables = json!({ "code": code, "day": day });
        let mut data = self.admin.data(&query, variables).await;
        data["orgUnit"].take()
    }

    /// A facility as of a day, by its code.
    async fn facility(&self, code: &str, day: &str) -> Value {
        let query = format!(
            "query($code: String!, $day: Date) {{ facility(by: {{code: $code}}, asOf: $day) {{ ...Place }} }} {PLACE}"
        );
        let variables = json!({ "code": code, "day": day });
        let mut data = self.admin.data(&query, variables).await;
        data["facility"].take()
    }

    /// People in post on a day, by what stands so deep in the tree: `A: 2`.
    async fn counted(&self, day: &str, level: i32) -> Vec<String> {
        counted(&self.admin, day, level).await
    }
}

async fn counted(caller: &Caller<'_>, day: &str, level: i32) -> Vec<String> {
    let query = "query($day: Date, $level: Int) { headcount(groupBy: [{by: ORG_UNIT, level: $level}], asOf: $day) {
        rows { count keys { code label } } } }";
    let data = caller
        .data(query, json!({ "day": day, "level": level }))
        .await;
    let rows = data["headcount"]["rows"].as_array().expect("rows").iter();
    let told = rows.map(|row| {
        let code = row["keys"][0]["code"].as_str().unwrap_or("-");
        format!("{code}: {}", row["count"])
    });
    told.collect()
}

async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let is_facility = mutation.ends_with("Facility");
    let (result, shape) = match mutation {
        "recordPopulations" => ("orgUnits { id ...Unit }", UNIT),
        "changeFacility" => ("facility { ...Place } workers", PLACE),
        _ if is_facility => ("facility { ...Place }", PLACE),
        _ => ("orgUnit { ...Unit }", UNIT),
    };
    let conflict = match mutation {
        "addFacility" | "recordPopulations" => "",
        _ => "conflict { baseVersion current { version name } changed { field base current } }",
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            {result} {conflict} errors {{ code errorCode message path }} }} }} {shape}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}
