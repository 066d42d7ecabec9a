//! A year of days across a new region, a moved district, a moved and a closed facility: nobody is lost on any of them.

use chrono::NaiveDate;
use serde_json::json;

use super::Ministry;
use crate::support::world::World;

#[tokio::test]
async fn the_national_total_is_the_sum_over_the_regions_of_the_day_on_every_day() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let office = &ministry.office;
    for (n, facility) in ["F-A1", "H-A1", "F-A2", "F-A2", "F-B1", "S-A1"]
        .iter()
        .enumerate()
    {
        let cadre = if *facility == "S-A1" { "SWO" } else { "MW" };
        let from = format!("2025-0{}-15", n + 1);
        office.register("Keita", facility, cadre, &from).await;
    }
    let region = json!({
        "code": "C", "from": "2025-04-01", "names": [{ "language": "fr", "text": "C" }],
        "predecessors": [ministry.id("A")],
        "children": [{ "orgUnit": ministry.id("A-2"), "baseVersion": 1 }],
    });
    ministry.make("addOrgUnit", region).await;
    let move_district = json!({ "orgUnit": ministry.id("A-1"), "baseVersion": 1, "from": "2025-07-01",
                           "parent": ministry.id("B") });
    ministry.make("changeOrgUnit", move_district).await;
    let move_facility = json!({ "facility": ministry.id("H-A1"), "baseVersion": 1, "from": "2025-09-10",
                           "orgUnit": ministry.id("A-2") });
    ministry.make("changeFacility", move_facility).await;
    let close = json!({ "orgUnit": ministry.id("A"), "baseVersion": 1, "from": "2025-10-01",
                        "successors": [ministry.id("B")] });
    ministry.make("closeOrgUnit", close).await;
    let shut = json!({ "facility": ministry.id("F-B1"), "baseVersion": 1, "from": "2025-11-01" });
    ministry.make("closeFacility", shut).await;

    let first: NaiveDate = "2025-01-01".parse().expect("a day");
    let days: Vec<NaiveDate> = first.iter_days().take(365).collect();
    let mut seen = Vec::new();
    for ten in days.chunks(10) {
        let fields = ten.iter().enumerate().map(|(n, day)| {
            format!(
                "d{n}: headcount(asOf: \"{day}\", groupBy: [{{by: ORG_UNIT, level: 1}}]) {{ total rows {{ count keys {{ code }} }} }}
                 r{n}: orgUnits(asOf: \"{day}\", first: 9, filter: {{level: 1}}) {{ nodes {{ code }} }} "
            )
        });
        let document = format!("{{ {} }}", fields.collect::<String>());
        let data = ministry.admin.data(&document, json!({})).await;
        for (n, day) in ten.iter().enumerate() {
            let posted = [15, 46, 74, 105, 135, 166];
            let ordinal = usize::try_from((*day - first).num_days()).expect("a number");
            let registered = posted.iter().filter(|it| **it <= ordinal + 1).count();
            let (count, regions) = (&data[format!("d{n}")], &data[format!("r{n}")]);
            assert_eq!(count["total"], registered, "{day}");
            let there: Vec<&str> = (regions["nodes"].as_array().expect("regions").iter())
                .map(|it| it["code"].as_str().expect("a code"))
                .collect();
            let rows = count["rows"].as_array().expect("rows");
            let mut sum = 0;
            for row in rows {
                let code = row["keys"][0]["code"].as_str().expect("a known region");
                assert!(there.contains(&code), "{code} on {day}");
                sum += row["count"].as_u64().expect("a count");
            }
            assert_eq!(count["total"], sum, "{day}");
            let told = there.join(" ");
            if seen.last() != Some(&told) {
                seen.push(told);
            }
        }
    }
    assert_eq!(seen, ["A B", "A B C", "B C"]);
}
