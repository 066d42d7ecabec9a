//! Counting people in post.

mod answers;
mod cube;
mod people;
mod refusals;
mod upkeep;

use serde_json::{Value, json};

use crate::support::world::Caller;

const COUNT: &str = "query($by: [HeadcountGrouping!]! = [], $filter: HeadcountFilter, $day: Date) {
    headcount(groupBy: $by, filter: $filter, asOf: $day) {
        asOf total densityPer10000 population { people year source }
        rows { count densityPer10000 population { people } keys { dimension code label } }
    }
}";

/// A count by `[["ORG_UNIT", 2], ["SEX", null]]`.
async fn count(caller: &Caller<'_>, by: &Value, filter: &Value, day: Option<&str>) -> Value {
    let mut data = caller.data(COUNT, variables(by, filter, day)).await;
    data["headcount"].take()
}

fn variables(by: &Value, filter: &Value, day: Option<&str>) -> Value {
    let by = by.as_array().expect("groupings").iter();
    let by: Vec<Value> = by
        .map(|it| json!({ "by": it[0], "level": it[1] }))
        .collect();
    json!({ "by": by, "filter": filter, "day": day })
}

/// The rows as `code code: count`, with `-` for what is unknown.
fn rows(counted: &Value) -> Vec<String> {
    let rows = counted["rows"].as_array().expect("rows").iter();
    let told = rows.map(|row| {
        let keys = row["keys"].as_array().expect("keys").iter();
        let codes: Vec<&str> = keys.map(|it| it["code"].as_str().unwrap_or("-")).collect();
        format!("{}: {}", codes.join(" "), row["count"])
    });
    told.collect()
}
