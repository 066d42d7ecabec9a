//! Counts that are refused, each by its reason and the field that it is about.

use kada::auth::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::{COUNT, variables};
use crate::support::world::World;
use crate::workforce::office::Office;

#[tokio::test]
async fn groupings_that_cannot_be_are_refused() {
    let world = World::new().await;
    let country = world.country().await;
    let viewer = country.caller(Role::Viewer);
    let unit = |level: Value| json!(["ORG_UNIT", level]);
    let five = ["CADRE", "SEX", "AGE_BAND", "SECTOR", "SETTING"].map(|it| json!([it, null]));
    let mut told = Vec::new();
    for (by, filter) in [
        (json!([["SEX", 1]]), json!({})),
        (json!([["FACILITY_TYPE", 2]]), json!({})),
        (json!([unit(json!(0))]), json!({})),
        (json!([unit(json!(10))]), json!({})),
        (json!([["CADRE", -1]]), json!({})),
        (json!([["CADRE", 300]]), json!({})),
        (
            json!([unit(json!(1)), ["SEX", null], unit(json!(null))]),
            json!({}),
        ),
        (json!([["SEX", null], ["SEX", null]]), json!({})),
        (json!(five), json!({})),
        (json!([]), json!({ "orgUnit": "nonsense" })),
        (
            json!([]),
            json!({ "cadre": "unit_018f0000000070008000000000000000" }),
        ),
    ] {
        let answer = viewer.ask(COUNT, variables(&by, &filter, None)).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert!(answer["data"].is_null(), "{answer}");
        let extensions = &error["extensions"];
        let [reason, message] = [&extensions["reason"], &error["message"]];
        told.push(format!(
            "{}: {}",
            reason.as_str().unwrap_or("?"),
            message.as_str().unwrap_or("?")
        ));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    NO_LEVELS: groupBy.level goes with ORG_UNIT and CADRE only.
    NO_LEVELS: groupBy.level goes with ORG_UNIT and CADRE only.
    NOT_WITHIN: groupBy.level must be from 1 to 9.
    NOT_WITHIN: groupBy.level must be from 1 to 9.
    NOT_WITHIN: groupBy.level must be from 1 to 9.
    NOT_WITHIN: groupBy.level must be from 1 to 9.
    REPEATED: groupBy names the same thing twice.
    REPEATED: groupBy names the same thing twice.
    NOT_SO_MANY: groupBy may have at most 4 entries.
    NOT_AN_ID: filter.orgUnit is not an id that this service gave out.
    NOT_AN_ID: filter.cadre is not an id that this service gave out.
    "#);
}

#[tokio::test]
async fn a_health_worker_is_denied_counts() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let id = worker["id"].as_str().expect("an id");
    let id = kada::kernel::Id::decode(id).expect("an id");
    let nurse = office.country.caller(Role::Worker).person(id);
    let answer = nurse
        .ask(COUNT, variables(&json!([]), &json!({}), None))
        .await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "FORBIDDEN");
    assert_eq!(extensions["permission"], "read_aggregates");
    assert!(answer["data"].is_null(), "{answer}");
}

#[tokio::test]
async fn more_rows_than_an_answer_may_have_are_refused() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let mut superuser = world.database.superuser().await;
    // A district, a sex and a band of age for each of 21,000 facts, and the first 20,000 of them in post earlier.
    let fill = format!(
        "set search_path = {}, shared; set session_replication_role = replica;
         insert into org_unit select gen_random_uuid(), 'U-' || n, null, 1, '{{\"en\": \"U\"}}' from generate_series(1, 1500) n;
         insert into facility select gen_random_uuid(), 'G-' || n, 'G', 'HC', 'GOV', org_unit_id, 'rural'
             from generate_series(1, 1500) n join org_unit u on u.code = 'U-' || n;
         insert into posting_fact
             select f.number, 4 * c.number + 1 + n % 2, 0,
                    case when 14 * (f.number - g.least) + n < 20000 then date '2020-01-01' else '2025-01-01' end,
                    'infinity', case when n / 2 = 6 then 'infinity' else date '2002-05-05' - n / 2 * 3653 end,
                    gen_random_uuid()
             from facility f, cadre c, generate_series(0, 13) n, (select min(number) as least from facility where code like 'G-%') g
             where f.code like 'G-%' and c.code = 'MW';
         update ledger_head set epoch = epoch + 1;",
        office.country.code.schema()
    );
    superuser.execute(AssertSqlSafe(fill)).await.expect("facts");
    superuser.close().await.ok();
    let by = json!([["ORG_UNIT", 1], ["SEX", null], ["AGE_BAND", null]]);
    let total = "query($by: [HeadcountGrouping!]! = [], $day: Date) {
        headcount(groupBy: $by, asOf: $day) { total } }";
    let on = |day| {
        let mut variables = variables(&by, &json!({}), Some(day));
        variables["filter"].take();
        variables
    };
    let data = office.manager.data(total, on("2024-03-01")).await;
    assert_eq!(data["headcount"]["total"], 20_000);
    let answer = office.manager.ask(total, on("2026-03-01")).await;
    insta::assert_json_snapshot!(answer["errors"][0], @r#"
    {
      "extensions": {
        "code": "BAD_USER_INPUT",
        "field": "groupBy",
        "reason": "TOO_MANY_ROWS"
      },
      "locations": [
        {
          "column": 9,
          "line": 2
        }
      ],
      "message": "groupBy makes more than 20000 rows. Group by less, or filter more.",
      "path": [
        "headcount"
      ]
    }
    "#);
}
