//! The taxonomy as admins change it, and what its days before keep.

mod catalogue;
mod changes;
mod crosswalk;
mod lists;
mod regroup;
mod steps;

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::Caller;
use crate::workforce::office::Office;

const SHAPE: &str = "fragment Shape on Cadre {
    code version label status since until workerClass parent { code } successors { code }
}";

/// The country's cadres as its ministry administers them.
struct Ministry<'a> {
    office: Office<'a>,
    admin: Caller<'a>,
}

impl<'a> Ministry<'a> {
    async fn open(world: &'a crate::support::world::World) -> Self {
        let office = Office::open(world).await;
        let admin = office.country.caller(Role::MinistryAdmin);
        Self { office, admin }
    }

    fn id(&self, code: &str) -> &str {
        self.office.id(code)
    }

    /// The payload of a mutation of the taxonomy.
    async fn ask(&self, mutation: &str, input: Value) -> Value {
        ask(&self.admin, mutation, input).await
    }

    /// The payload of one that nothing refuses.
    async fn make(&self, mutation: &str, input: Value) -> Value {
        let payload = self.ask(mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
        payload
    }

    /// Adds a cadre beside the nurses; its id.
    async fn add(&self, code: &str, from: &str) -> String {
        let input = json!({
            "code": code, "from": from, "parent": self.id("G-NUR"), "sector": "HEALTH",
            "labels": [{ "language": "en", "text": format!("Label of {code}") }], "workerClass": "PROFESSIONAL",
        });
        let payload = self.make("addCadre", input).await;
        payload["cadre"]["id"].as_str().expect("an id").to_owned()
    }

    /// A cadre as of a day, by its code.
    async fn cadre(&self, code: &str, day: &str) -> Value {
        let query = format!(
            "query($code: String!, $day: Date) {{ cadre(by: {{code: $code}}, asOf: $day) {{ ...Shape }} }} {SHAPE}"
        );
        let variables = json!({ "code": code, "day": day });
        let mut data = self.admin.data(&query, variables).await;
        data["cadre"].take()
    }

    /// People in post on a day, by cadre: `MW: 2`.
    async fn counted(&self, day: &str) -> Vec<String> {
        let query = "query($day: Date) { headcount(groupBy: [{by: CADRE}], asOf: $day) {
            rows { count keys { code label } } } }";
        let data = self.admin.data(query, json!({ "day": day })).await;
        let rows = data["headcount"]["rows"].as_array().expect("rows").iter();
        let told = rows.map(|row| {
            let code = row["keys"][0]["code"].as_str().unwrap_or("-");
            format!("{code}: {}", row["count"])
        });
        told.collect()
    }
}

async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let result = match mutation {
        "mergeCadres" => "cadres { id ...Shape } intake { cadre { code } workers } postings",
        "splitCadre" => "cadre { id ...Shape } intake { cadre { code } workers } postings",
        _ => "cadre { id ...Shape }",
    };
    let conflict = if mutation == "addCadre" {
        ""
    } else {
        "conflict { baseVersion current { version label } changed { field base current } }"
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            {result} {conflict} errors {{ code errorCode message path }} }} }} {SHAPE}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}
