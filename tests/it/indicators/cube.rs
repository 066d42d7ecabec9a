//! The cube against two others that count: the lists of workers, and a plain join with a model of every dimension.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::{Connection, FromRow};

use super::people::{load, more_facilities, people};
use super::{count, rows};
use crate::support::world::World;
use crate::workforce::office::Office;

const DAYS: [&str; 5] = [
    "2019-12-31",
    "2020-01-01",
    "2026-02-28",
    "2026-03-01",
    "2026-03-02",
];

#[tokio::test]
async fn a_count_is_the_length_of_the_list_of_the_same_people() {
    let world = World::new().await;
    let office = opened(&world).await;
    let (simple, _) = people(&office);
    load(&office, &simple).await;
    let list = "query($filter: WorkerFilterInput, $day: Date) {
        workers(filter: $filter, asOf: $day, first: 1) { totalCount } }";
    let mut seen = 0;
    for filter in [
        json!({}),
        json!({ "sex": "FEMALE" }),
        json!({ "sex": "UNKNOWN" }),
        json!({ "orgUnit": office.id("A") }),
        json!({ "orgUnit": office.id("A-2") }),
        json!({ "orgUnitCode": "B" }),
        json!({ "orgUnitCode": "nowhere" }),
        json!({ "cadre": office.id("G-NUR") }),
        json!({ "cadre": office.id("MW"), "orgUnitCode": "A-1" }),
        json!({ "cadreCode": "G-SOC" }),
        json!({ "cadreCode": "nothing" }),
        json!({ "sector": "SOCIAL" }),
        json!({ "workerClasses": ["VOLUNTEER", "ALLIED"] }),
        json!({ "employmentTypes": ["permanent"] }),
        json!({ "employmentTypes": [] }),
        json!({ "facilityTypes": ["HC", "SWO"], "sex": "MALE" }),
    ] {
        for day in DAYS {
            let counted = count(&office.manager, &json!([]), &filter, Some(day)).await;
            let mut of_list = filter.clone();
            of_list["status"] = json!("ACTIVE");
            let variables = json!({ "filter": of_list, "day": day });
            let data = office.manager.data(list, variables).await;
            let length = &data["workers"]["totalCount"];
            assert_eq!(&counted["total"], length, "{filter} {day}");
            seen += counted["total"].as_u64().unwrap_or_default();
        }
    }
    assert!(seen > 1_000, "{seen}");
}

/// A primary posting that is in force, by a plain join.
#[derive(FromRow)]
struct Post {
    unit: String,
    district: Option<String>,
    region: String,
    cadre: String,
    cadre_group: String,
    sector: String,
    worker_class: String,
    isco08: String,
    sex: String,
    age: Option<i32>,
    employment_type: String,
    type_code: String,
    ownership: String,
    setting: String,
}

const JOIN: &str = "select u.code as unit,
        case when u.level = 2 then u.code end as district, coalesce(r.code, u.code) as region,
        c.code as cadre, g.code as cadre_group, c.sector, c.worker_class, c.isco08, w.sex,
        extract(year from age($1::date, w.birth_date))::int as age,
        p.employment_type, f.type_code, f.ownership, f.setting
    from posting p join worker w using (worker_id) join facility f using (facility_id) join cadre c using (cadre_id)
    join cadre g on g.cadre_id = c.parent_id
    join org_unit u on u.org_unit_id = f.org_unit_id left join org_unit r on r.org_unit_id = u.parent_id
    where p.is_primary and p.starts_on <= $1::date and (p.ends_on is null or p.ends_on >= $1::date)";

impl Post {
    fn key(&self, dimension: &str, level: Option<u64>) -> Option<String> {
        let upper = |text: &str| Some(text.to_uppercase().replace('-', "_"));
        match (dimension, level) {
            ("ORG_UNIT", None | Some(1)) => Some(self.region.clone()),
            ("ORG_UNIT", Some(2)) => self.district.clone(),
            ("CADRE", None | Some(2)) => Some(self.cadre.clone()),
            ("CADRE", Some(1)) => Some(self.cadre_group.clone()),
            ("ORG_UNIT" | "CADRE", _) => None,
            ("SEX", _) => upper(&self.sex).filter(|it| it != "UNKNOWN"),
            ("AGE_BAND", _) => Some(
                match self.age? {
                    ..25 => "0-24",
                    25..35 => "25-34",
                    35..45 => "35-44",
                    45..55 => "45-54",
                    55..65 => "55-64",
                    65.. => "65+",
                }
                .to_owned(),
            ),
            ("SECTOR", _) => upper(&self.sector),
            ("WORKER_CLASS", _) => upper(&self.worker_class),
            ("EMPLOYMENT_TYPE", _) => {
                Some(self.employment_type.clone()).filter(|it| it != "stipend")
            }
            ("FACILITY_TYPE", _) => Some(self.type_code.clone()),
            ("OWNERSHIP", _) => Some(self.ownership.clone()),
            ("SETTING", _) => upper(&self.setting),
            (other, _) => panic!("{other} is not modelled"),
        }
    }
}

type Rule = fn(&Post) -> bool;

/// What each dimension makes of the posts, as [`rows`] tells it: sorted by code, the unknown last.
fn expected(posts: &[Post], by: &Value, rule: Rule) -> Vec<String> {
    let mut cells: BTreeMap<Vec<(bool, String)>, usize> = BTreeMap::new();
    for post in posts.iter().filter(|it| rule(it)) {
        let keys = by.as_array().expect("groupings").iter().map(|it| {
            let key = post.key(it[0].as_str().expect("a dimension"), it[1].as_u64());
            (key.is_none(), key.unwrap_or_else(|| "-".to_owned()))
        });
        *cells.entry(keys.collect()).or_default() += 1;
    }
    let told = cells.into_iter().map(|(keys, count)| {
        let codes: Vec<String> = keys.into_iter().map(|it| it.1).collect();
        format!("{}: {count}", codes.join(" "))
    });
    told.collect()
}

fn groupings() -> Vec<Value> {
    let single = [
        json!(["ORG_UNIT", null]),
        json!(["ORG_UNIT", 2]),
        json!(["ORG_UNIT", 3]),
        json!(["CADRE", null]),
        json!(["CADRE", 1]),
        json!(["CADRE", 3]),
        json!(["SEX", null]),
        json!(["AGE_BAND", null]),
        json!(["SECTOR", null]),
        json!(["WORKER_CLASS", null]),
        json!(["EMPLOYMENT_TYPE", null]),
        json!(["FACILITY_TYPE", null]),
        json!(["OWNERSHIP", null]),
        json!(["SETTING", null]),
    ];
    let mut all = vec![json!([])];
    for (place, one) in single.iter().enumerate() {
        all.push(json!([one]));
        for other in &single[place + 1..] {
            all.push(json!([other, one]));
        }
        // Four of them, in every order of axes.
        let picked = [0, 3, 7, 10].map(|step| single[(place + step) % single.len()].clone());
        all.push(json!(picked));
    }
    all
}

#[tokio::test]
async fn the_cube_agrees_with_a_plain_join_in_every_dimension() {
    let world = World::new().await;
    let office = opened(&world).await;
    let (simple, with_duties) = people(&office);
    load(&office, &simple).await;
    load(&office, &with_duties).await;
    let mut superuser = world.database.superuser().await;
    let path = format!("set search_path = {}", office.country.code.schema());
    sqlx::query(sqlx::AssertSqlSafe(path))
        .execute(&mut superuser)
        .await
        .expect("a path");
    let filters: [(Value, Rule); 6] = [
        (json!({}), |_| true),
        (
            json!({ "ownerships": ["NGO"], "cadreCodes": ["DOC", "G-SOC"] }),
            |it| it.ownership == "NGO" && (it.cadre == "DOC" || it.cadre_group == "G-SOC"),
        ),
        (json!({ "setting": "URBAN", "sex": "FEMALE" }), |it| {
            it.setting == "urban" && it.sex == "female"
        }),
        (json!({ "isco08": ["222", "3412"] }), |it| {
            it.isco08.starts_with("222") || it.isco08 == "3412"
        }),
        (
            json!({ "employmentTypes": ["contract"], "orgUnitCode": "A" }),
            |it| it.employment_type == "contract" && it.region == "A",
        ),
        (json!({ "cadreCodes": [], "isco08": [""] }), |_| false),
    ];
    let mut told = 0;
    for (turn, by) in groupings().iter().enumerate() {
        let day = DAYS[turn % DAYS.len()];
        let posts: Vec<Post> = sqlx::query_as(JOIN)
            .bind(day)
            .fetch_all(&mut superuser)
            .await
            .expect("the posts");
        assert!(
            posts.iter().any(|it| it.unit == "A"),
            "somebody is above the districts"
        );
        for (filter, rule) in [&filters[0], &filters[1 + turn % 5]] {
            let counted = count(&office.manager, by, filter, Some(day)).await;
            let expected = expected(&posts, by, *rule);
            assert_eq!(rows(&counted), expected, "{by} {filter} {day}");
            let total = posts.iter().filter(|it| rule(it)).count();
            assert_eq!(counted["total"], json!(total), "{by} {filter} {day}");
            told += expected.len();
        }
    }
    assert!(told > 1_000, "{told}");
    superuser.close().await.ok();
}

async fn opened(world: &World) -> Office<'_> {
    let country = world.country().await;
    more_facilities(&country).await;
    Office::of(country).await
}
