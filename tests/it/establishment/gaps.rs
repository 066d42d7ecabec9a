//! Who is missing where, and who is too many.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::Establishment;
use crate::support::world::{Caller, World};
use crate::workforce::office::Office;

async fn norm(
    desk: &Establishment<'_>,
    office: &Office<'_>,
    cadre: &str,
    target: Value,
    minimum: Option<i32>,
) {
    let input = json!({ "cadre": office.id(cadre), "target": target, "minimum": minimum, "from": "2020-01-01" });
    desk.make("saveStaffingNorm", input).await;
}

/// Rows as `place cadre RUNG required/posted -gap +surplus`.
async fn rows(caller: &Caller<'_>, filter: Value, below: bool, day: &str) -> Vec<String> {
    let query = "query($filter: StaffingFilter, $below: Boolean!, $day: Date) {
        staffingGaps(first: 100, filter: $filter, belowNorm: $below, asOf: $day) { totalCount nodes {
            facility { code } orgUnit { code } cadre { code } rung required posted gap surplus norm { id } } } }";
    let variables = json!({ "filter": filter, "below": below, "day": day });
    let data = caller.data(query, variables).await;
    let nodes = data["staffingGaps"]["nodes"].as_array().expect("rows");
    assert_eq!(data["staffingGaps"]["totalCount"], nodes.len());
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let told = nodes.iter().map(|row| {
        let place = match &row["facility"]["code"] {
            Value::Null => text(&row["orgUnit"]["code"]),
            code => text(code),
        };
        format!(
            "{place} {} {} {}/{} -{} +{}",
            text(&row["cadre"]["code"]),
            text(&row["rung"]),
            row["required"],
            row["posted"],
            row["gap"],
            row["surplus"]
        )
    });
    told.collect()
}

async fn totals(caller: &Caller<'_>, by: Value, filter: Value) -> Value {
    let query = "query($by: StaffingGrouping, $filter: StaffingFilter) {
        staffingGapTotals(groupBy: $by, filter: $filter) {
            required posted gap surplus belowNorm withoutNorm
            rows { orgUnit { code } cadre { code } required posted gap surplus belowNorm } } }";
    let variables = json!({ "by": by, "filter": filter });
    let mut data = caller.data(query, variables).await;
    data["staffingGapTotals"].take()
}

/// Two midwives and a nurse at F-A1, nobody at F-A2, a midwife at F-B1, a doctor at the hospital.
async fn staffed(office: &Office<'_>) {
    for (name, facility, cadre) in [
        ("Keita", "F-A1", "MW"),
        ("Touré", "F-A1", "MW"),
        ("Cissé", "F-A1", "NUR"),
        ("Diarra", "F-B1", "MW"),
        ("Coulibaly", "H-A1", "DOC"),
    ] {
        office.register(name, facility, cadre, "2021-01-01").await;
    }
}

#[tokio::test]
async fn the_facilities_below_norm_of_a_region_are_told_for_a_cadre() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    staffed(&office).await;
    let of_type = json!({ "facilityType": { "code": "HC" } });
    norm(&desk, &office, "MW", of_type.clone(), Some(1)).await;
    norm(&desk, &office, "G-NUR", of_type, Some(2)).await;
    norm(
        &desk,
        &office,
        "MW",
        json!({ "facility": office.id("F-B1") }),
        Some(3),
    )
    .await;
    let today = "2026-03-01";
    assert_eq!(
        rows(&desk.admin, json!({}), false, today).await,
        [
            "F-A1 G-NUR GROUP_AT_TYPE 2/1 -1 +0",
            "F-A1 MW CADRE_AT_TYPE 1/2 -0 +1",
            "F-A2 G-NUR GROUP_AT_TYPE 2/0 -2 +0",
            "F-A2 MW CADRE_AT_TYPE 1/0 -1 +0",
            "F-B1 G-NUR GROUP_AT_TYPE 2/0 -2 +0",
            "F-B1 MW CADRE_AT_FACILITY 3/1 -2 +0",
        ]
    );
    let midwives = json!({ "orgUnitCode": "A", "cadreCode": "MW" });
    assert_eq!(
        rows(&desk.admin, midwives, true, today).await,
        ["F-A2 MW CADRE_AT_TYPE 1/0 -1 +0"]
    );
    // A group's row is about the cadres that are counted in it.
    let nurses = json!({ "facilityCodes": ["F-A1"], "cadreCode": "NUR" });
    assert_eq!(
        rows(&desk.admin, nurses, false, today).await,
        ["F-A1 G-NUR GROUP_AT_TYPE 2/1 -1 +0"]
    );
    // Nobody was there yet; and before the norms there were none.
    let then = rows(
        &desk.admin,
        json!({ "facilityCodes": ["F-A1"] }),
        false,
        "2020-06-01",
    )
    .await;
    assert_eq!(
        then,
        [
            "F-A1 G-NUR GROUP_AT_TYPE 2/0 -2 +0",
            "F-A1 MW CADRE_AT_TYPE 1/0 -1 +0"
        ]
    );
    assert!(
        rows(&desk.admin, json!({}), false, "2019-12-31")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_population_asks_for_those_whom_no_facility_does() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    staffed(&office).await;
    norm(
        &desk,
        &office,
        "MW",
        json!({ "facility": office.id("F-A1") }),
        Some(2),
    )
    .await;
    let people = json!({ "population": { "level": 1, "peoplePerWorker": 20_000 } });
    norm(&desk, &office, "MW", people, None).await;
    // Region A has 100,000 people, B 50,000.
    assert_eq!(
        rows(&desk.admin, json!({}), false, "2026-03-01").await,
        [
            "F-A1 MW CADRE_AT_FACILITY 2/2 -0 +0",
            "A MW POPULATION 3/0 -3 +0",
            "B MW POPULATION 3/1 -2 +0",
        ]
    );
}

#[tokio::test]
async fn sums_are_those_of_the_rows_and_a_district_has_its_own_part() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    staffed(&office).await;
    let of_type = json!({ "facilityType": { "code": "HC" } });
    norm(&desk, &office, "G-NUR", of_type.clone(), Some(2)).await;
    norm(&desk, &office, "MW", of_type, Some(1)).await;
    let all = totals(
        &desk.admin,
        json!({ "orgUnitLevel": 1, "cadreLevel": 9 }),
        json!({}),
    )
    .await;
    // Everybody is counted once: five people, of whom no norm stands for the doctor.
    assert_eq!(
        (&all["posted"], &all["withoutNorm"]),
        (&json!(4), &json!(1))
    );
    let listed = all["rows"].as_array().expect("rows");
    for sum in ["required", "posted", "gap", "surplus", "belowNorm"] {
        let added: u64 = listed.iter().filter_map(|it| it[sum].as_u64()).sum();
        assert_eq!(json!(added), all[sum], "{sum}");
    }
    let told: Vec<String> = (listed.iter())
        .map(|it| {
            format!(
                "{} {} {}",
                it["orgUnit"]["code"], it["cadre"]["code"], it["gap"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""A" "G-NUR" 3"#,
            r#""A" "MW" 1"#,
            r#""B" "G-NUR" 2"#,
            r#""B" "MW" 0"#
        ]
    );

    for unit in ["A-1", "A-2", "B-1"] {
        let district = office.country.caller(Role::HrOfficer).scope(&[unit]);
        let own = totals(&district, Value::Null, json!({})).await;
        let part = totals(&desk.admin, Value::Null, json!({ "orgUnitCode": unit })).await;
        assert_eq!(own, part, "{unit}");
        assert!(own["required"].as_u64() > Some(0), "{unit}");
    }
    let district = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    let elsewhere = totals(&district, Value::Null, json!({ "orgUnitCode": "B" })).await;
    assert_eq!(
        (&elsewhere["required"], &elsewhere["posted"]),
        (&json!(0), &json!(0))
    );
    let out = "{ staffingGapTotals(groupBy: {orgUnitLevel: 10}) { gap } }";
    assert_eq!(
        desk.admin.error_code(out, json!({})).await,
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn a_page_of_gaps_goes_on_where_the_one_before_ended() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    norm(
        &desk,
        &office,
        "MW",
        json!({ "facilityType": { "code": "HC" } }),
        Some(1),
    )
    .await;
    let query = "query($after: String) { staffingGaps(first: 2, after: $after) {
        nodes { facility { code } } pageInfo { endCursor hasNextPage } } }";
    let first = desk.admin.data(query, json!({})).await;
    let cursor = &first["staffingGaps"]["pageInfo"]["endCursor"];
    let second = desk.admin.data(query, json!({ "after": cursor })).await;
    assert_eq!(
        first["staffingGaps"]["nodes"],
        json!([{ "facility": { "code": "F-A1" } }, { "facility": { "code": "F-A2" } }])
    );
    assert_eq!(
        second["staffingGaps"]["nodes"],
        json!([{ "facility": { "code": "F-B1" } }])
    );
    assert_eq!(second["staffingGaps"]["pageInfo"]["hasNextPage"], false);
}
