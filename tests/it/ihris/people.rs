//! `kada import ihris`: the people of the bundles, on the register.

use std::path::{Path, PathBuf};

use kada::auth::{Actor, Role};
use kada::cli::apply;
use kada::cli::ihris::{Conventions, country};
use kada::interop::ihris::{self, Losses, Merged, Reason};
use kada::workforce::Occasion;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{Counts, bundles, counts_of_bundles, counts_of_lines, survey};
use crate::support::world::World;

fn conventions() -> Conventions {
    Conventions {
        languages: super::languages(),
        currency: Some("XOF".to_owned()),
        time_zone: Some(chrono_tz::Africa::Bamako),
        phone_region: Some("ML".to_owned()),
        ..Conventions::default()
    }
}

/// Makes a country of the bundles, as its first country of a world, but for the people.
async fn made(world: &World, folder: &Path) {
    let code = &world.codes()[0];
    let found = country(code, folder, &conventions(), &mut Losses::default());
    let (owner, tenants) = (&world.database.owner, &world.database.tenants);
    let at = world.clock.now();
    apply::create(owner, tenants, &found.expect("a country"), at, |_| ())
        .await
        .expect("it is made");
}

async fn import(world: &World, folder: &Path) -> (Merged, Losses) {
    let tenants = &world.database.tenants;
    let db = tenants.open(&world.codes()[0]).await.expect("it is there");
    let actor = Actor::new("tests@kada", [Role::MinistryAdmin]);
    let occasion = Occasion {
        offline: false,
        actor: &actor,
        now: world.clock.now(),
        today: super::house().today,
        phone_region: "ML",
        act: None,
    };
    let mut losses = Losses::default();
    let source = (survey(folder, &mut losses), folder.to_owned());
    ihris::import(&db, &occasion, source, losses, |_| ())
        .await
        .expect("they are in")
}

/// As the register has it, by SQL that knows nothing of bundles.
async fn counts_of_register(world: &World) -> Counts {
    let sql = format!("set search_path = {}, shared;", world.codes()[0].schema());
    let mut superuser = world.database.superuser().await;
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut superuser)
        .await
        .expect("a schema");
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "with recursive region (unit, root) as (
             select org_unit_id, code from org_unit where parent_id is null
             union all
             select u.org_unit_id, r.root from org_unit u join region r on u.parent_id = r.unit)
         select r.root, c.code, w.sex, count(*) from posting p
         join worker w using (worker_id) join cadre c using (cadre_id)
         join facility f using (facility_id) join region r on r.unit = f.org_unit_id
         group by 1, 2, 3",
    )
    .fetch_all(&mut superuser)
    .await
    .expect("counts");
    rows.into_iter()
        .map(|(region, job, sex, count)| ((region, job, sex), count.unsigned_abs()))
        .collect()
}

#[tokio::test]
async fn people_come_in_once_and_what_is_known_of_them_with_them() {
    let world = World::new().await;
    made(&world, &bundles()).await;
    let (merged, losses) = import(&world, &bundles()).await;
    let all = Merged {
        accepted: 9,
        ..Merged::default()
    };
    assert_eq!(merged, all, "{losses}");
    assert_eq!(losses.count("PractitionerRole", "", Reason::Refused), 0);
    let manager = world.caller(&world.codes()[0], Role::HrManager);
    let query = "{ worker(by: { identifier: { type: \"ihris_id\", value: \"P1\" } }) {
        name sex birthDate identifiers { type { code } value } contacts { kind value preferred }
        postings { facility { code } cadre { code isco08 } startsOn endsOn endReason { code } isPrimary }
        particulars { namePrefix nationality maritalStatus { code label } residence { code } address languages }
    } }";
    let person = manager.data(query, json!({})).await;
    insta::assert_json_snapshot!(person["worker"], @r#"
    {
      "birthDate": "1979-01-01",
      "contacts": [
        {
          "kind": "PHONE",
          "preferred": true,
          "value": "+22365012345"
        },
        {
          "kind": "EMAIL",
          "preferred": false,
          "value": "oluma@zanda.example"
        }
      ],
      "identifiers": [
        {
          "type": {
            "code": "PRN"
          },
          "value": "ZZ 100-1"
        },
        {
          "type": {
            "code": "ihris_id"
          },
          "value": "P1"
        },
        {
          "type": {
            "code": "payroll"
          },
          "value": "P-77"
        }
      ],
      "name": "Oluma Bee Tarakwe",
      "particulars": {
        "address": "Rue 12, porte 7, Zanda",
        "languages": [
          "bm",
          "fr"
        ],
        "maritalStatus": {
          "code": "M",
          "label": "Married"
        },
        "namePrefix": "Sr. Dr",
        "nationality": "ZZ",
        "residence": null
      },
      "postings": [
        {
          "cadre": {
            "code": "2230-1C",
            "isco08": null
          },
          "endReason": null,
          "endsOn": null,
          "facility": {
            "code": "ZZ.B.1.F2"
          },
          "isPrimary": true,
          "startsOn": "2010-04-16"
        },
        {
          "cadre": {
            "code": "2230-1B",
            "isco08": null
          },
          "endReason": {
            "code": "promotion"
          },
          "endsOn": "2010-04-15",
          "facility": {
            "code": "ZZ.A.1.F1"
          },
          "isPrimary": true,
          "startsOn": "2003-01-01"
        }
      ],
      "sex": "FEMALE"
    }
    "#);
    let query =
        "{ headcount(groupBy: [{by: SETTING}]) { total rows { count keys { code label } } } }";
    let counted = manager.data(query, json!({})).await;
    let unknown = json!([{ "count": 2, "keys": [{ "code": null, "label": "Unknown" }] }]);
    assert_eq!(counted["headcount"], json!({ "total": 2, "rows": unknown }));
    let of_lines = counts_of_lines(&bundles(), &mut Losses::default());
    assert_eq!(counts_of_register(&world).await, of_lines);
    let (again, _) = import(&world, &bundles()).await;
    let none = Merged {
        unchanged: 9,
        ..Merged::default()
    };
    assert_eq!(again, none);
}

/// A real registry, where a machine has one: `KADA_IHRIS_DEMO` names its folder.
#[tokio::test]
async fn a_real_registry_is_counted_in_kada_as_in_its_bundles() {
    let Some(folder) = std::env::var_os("KADA_IHRIS_DEMO").map(PathBuf::from) else {
        println!("skipped: KADA_IHRIS_DEMO names no folder with the bundles of an iHRIS");
        return;
    };
    let world = World::new().await;
    made(&world, &folder).await;
    let (merged, losses) = import(&world, &folder).await;
    println!("{merged:?}\n{losses}");
    assert_eq!(merged.refused, 0);
    assert_eq!(counts_of_register(&world).await, counts_of_bundles(&folder));
    let (again, _) = import(&world, &folder).await;
    assert_eq!(again.unchanged, merged.accepted, "{again:?}");
}
