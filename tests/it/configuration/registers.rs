//! Sample registers: as large as declared, the same everywhere, and sound by the country's own rules.

use std::collections::BTreeMap;

use kada::cadres::Taxonomy;
use kada::cli::apply;
use kada::cli::folder::Folder;
use kada::cli::sample::{self, Summary};
use kada::kernel::{Clock, E164};
use kada::ledger;
use kada::places::Gazetteer;
use kada::tenancy::TenantDb;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection};

use super::{country, credentials, noon, shipped};
use crate::support::database::TestDatabase;

pub async fn loaded(database: &TestDatabase, code: &str) -> (TenantDb, Summary) {
    let country = country(database, code).await;
    apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect("it applies");
    let db = database
        .tenants
        .open(&country.settings.code)
        .await
        .expect("there");
    let mut seen = Vec::new();
    let summary = sample::load(&db, &shipped(code), &Clock::fixed(noon()), |done, total| {
        seen.push((done, total));
    })
    .await
    .expect("it loads");
    assert_eq!(seen.first(), Some(&(0, summary.postings)));
    assert_eq!(seen.last(), Some(&(summary.postings, summary.postings)));
    (db, summary)
}

/// A look behind the door, in the tenant's schema.
pub async fn behind(database: &TestDatabase, db: &TenantDb) -> PgConnection {
    let mut connection = database.superuser().await;
    let path = format!("set search_path = {}, shared", db.code().schema());
    sqlx::raw_sql(AssertSqlSafe(path))
        .execute(&mut connection)
        .await
        .expect("a schema");
    connection
}

fn csv(code: &str, file: &str) -> Vec<BTreeMap<String, String>> {
    let bytes = shipped(code).file(file).expect("readable").expect("there");
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(&bytes[..]);
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

#[tokio::test]
async fn haiti_is_as_its_staff_list_says() {
    let database = TestDatabase::new().await;
    let (db, summary) = loaded(&database, "ht").await;
    let mut connection = behind(&database, &db).await;

    let (mut by_cadre, mut by_region) = (BTreeMap::new(), BTreeMap::new());
    let facilities: BTreeMap<String, String> = csv("ht", "sample/facilities.csv")
        .into_iter()
        .map(|row| {
            (
                row["code"].clone(),
                row["org_unit"].chars().take(5).collect(),
            )
        })
        .collect();
    for row in csv("ht", "sample/staff.csv") {
        let count: i64 = row["count"].parse().expect("a count");
        *by_cadre.entry(row["cadre"].clone()).or_default() += count;
        *by_region
            .entry(facilities[&row["facility"]].clone())
            .or_default() += count;
    }
    let counts = async |connection: &mut PgConnection, key: &str| {
        let sql = format!(
            "select {key}, count(distinct worker_id) from posting join cadre using (cadre_id)
             join facility using (facility_id) join org_unit using (org_unit_id)
             where is_primary and starts_on <= date '2026-01-01'
               and (ends_on is null or ends_on >= date '2026-01-01') group by 1"
        );
        let rows: Vec<(String, i64)> = sqlx::query_as(AssertSqlSafe(sql))
            .fetch_all(connection)
            .await
            .expect("counts");
        rows.into_iter().collect::<BTreeMap<String, i64>>()
    };
    assert_eq!(counts(&mut connection, "cadre.code").await, by_cadre);
    assert_eq!(
        counts(&mut connection, "left(org_unit.code, 5)").await,
        by_region
    );
    assert_eq!(by_cadre.values().sum::<i64>(), 6_000);
    assert_eq!(summary.workers, 6_240, "6,000 and 4 % who have left");

    let again = sample::load(&db, &shipped("ht"), &Clock::fixed(noon()), |_, _| ())
        .await
        .expect("it is there");
    assert!(again.skipped);
    sound(&db, &mut connection).await;
}

/// What holds for every register.
async fn sound(db: &TenantDb, connection: &mut PgConnection) {
    let region = &db.settings().phone_region;
    let phones: Vec<String> = sqlx::query_scalar("select value from worker_contact")
        .fetch_all(&mut *connection)
        .await
        .expect("phones");
    for phone in &phones {
        assert_eq!(
            E164::parse(phone, region).as_ref().map(E164::as_str),
            Ok(phone.as_str())
        );
    }
    let one = async |connection: &mut PgConnection, sql: &'static str| -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(connection)
            .await
            .expect(sql)
    };
    for (what, sql) in [
        ("numbers of two persons", "select count(*) - count(distinct value) from worker_contact"),
        (
            "postings before the opening or after the closing",
            "select count(*) from posting join facility using (facility_id)
             where starts_on < opened_on or coalesce(ends_on, 'infinity') >= closed_on",
        ),
        (
            "days between two postings without a leave, or moves to the same office",
            "select count(*) from (select *, lead(starts_on) over w as next_on, lead(facility_id) over w as next_at,
                                          lead(cadre_id) over w as next_as
                                   from posting window w as (partition by worker_id order by starts_on)) it
             where (next_on > ends_on + 1 and end_reason <> 'leave_without_pay')
                or (next_at = facility_id and next_as = cadre_id)",
        ),
        (
            "careers that begin before 18 or go on after 61",
            "select count(*) from posting join worker using (worker_id)
             where birth_date is null or starts_on < birth_date + interval '18 years'
                or coalesce(ends_on, '2026-01-01') > birth_date + interval '61 years'",
        ),
        (
            "records kept elsewhere than where the last posting is",
            "select count(*) from worker join lateral (select facility_id, cadre_id from posting
               where posting.worker_id = worker.worker_id and is_primary order by starts_on desc limit 1) last on true
             join facility using (facility_id) join cadre using (cadre_id)
             where facility.org_unit_id <> worker.org_unit_id or cadre.sector <> worker.sector",
        ),
        (
            "employment terms or reasons of no list",
            "select count(*) from posting
             where not exists (select from code_list_entry where list = 'employment_type' and code = employment_type)
                or (end_reason is not null and not exists
                    (select from code_list_entry where list = 'departure_reason' and code = end_reason))",
        ),
    ] {
        assert_eq!(one(&mut *connection, sql).await, 0, "{what}");
    }
    let snapshot = db.snapshot();
    let verified = ledger::verify(&mut snapshot.read_once().await.expect("a connection")).await;
    let workers = one(&mut *connection, "select count(*) from worker").await;
    credentials::sound(&mut *connection).await;
    // One row for the country's configuration, one for the sample's facilities, one for each person, and theirs.
    let rows = workers + 2 + credentials::entries(&mut *connection).await;
    assert_eq!(verified.expect("verified"), Ok(rows));
}

#[tokio::test]
async fn a_staff_list_that_is_wrong_loads_nothing() {
    let database = TestDatabase::new().await;
    let country = country(&database, "ht").await;
    apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect("it applies");
    let db = database.tenants.open(&country.settings.code).await;
    let db = db.expect("there");
    let directory = tempfile::tempdir().expect("a directory");
    let folder = directory.path().join("ht");
    std::fs::create_dir_all(folder.join("sample")).expect("a folder");
    for file in ["facilities.csv", "names.toml", "sample.toml"] {
        let path = format!("sample/{file}");
        let bytes = shipped("ht").file(&path).expect("readable").expect("there");
        std::fs::write(folder.join(path), bytes).expect("a file");
    }
    let staff = "facility,cadre,count\nHT-NOWHERE,HT-MG,1\nHT-MSPP,HT-G-MED,many\n";
    std::fs::write(folder.join("sample/staff.csv"), staff).expect("a file");

    let error = sample::load(&db, &Folder::at(&folder), &Clock::fixed(noon()), |_, _| ()).await;
    insta::assert_snapshot!(error.expect_err("a wrong list").to_string(), @r"
    nothing was written:
      sample/staff.csv:2: facility: there is no facility HT-NOWHERE
      sample/staff.csv:3: cadre: there is no cadre that is not a group: HT-G-MED
      sample/staff.csv:3: count: “many” is not a number of people
    ");
    let places = db.snapshot();
    let mut reader = places.read().await.expect("a connection");
    let (_, places) = reader.current::<Gazetteer>().await.expect("places");
    assert_eq!(places.on(noon().date_naive()).facilities().len(), 0);
}

#[tokio::test]
async fn two_databases_hold_the_same_people() {
    let mut seen = Vec::new();
    for database in [TestDatabase::new().await, TestDatabase::new().await] {
        let (db, _) = loaded(&database, "ht").await;
        let mut connection = behind(&database, &db).await;
        let rows: Vec<String> = sqlx::query_scalar(
            "select concat_ws('|', worker.worker_id, family_name, given_names, name_key, sex, birth_date,
                              facility.code, cadre.code, employment_type, starts_on, ends_on, end_reason,
                              (select string_agg(type_code || value, ',' order by type_code) from worker_identifier it
                               where it.worker_id = worker.worker_id),
                              (select string_agg(value || preferred, ',' order by value) from worker_contact it
                               where it.worker_id = worker.worker_id))
             from worker join posting using (worker_id) join facility using (facility_id) join cadre using (cadre_id)
             order by worker.worker_id, starts_on",
        )
        .fetch_all(&mut connection)
        .await
        .expect("people");
        let drawn = credentials::drawn(&mut connection).await;
        let digest = |of: &[String]| hex::encode(Sha256::digest(of.join("\n")));
        seen.push((rows.len(), digest(&rows), drawn.len(), digest(&drawn)));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn the_north_of_mali_was_left_in_2012() {
    let database = TestDatabase::new().await;
    let (db, summary) = loaded(&database, "ml").await;
    assert_eq!(summary.workers, 14_114);
    let mut connection = behind(&database, &db).await;
    let posted = async |connection: &mut PgConnection, region: &str, day: &str| -> i64 {
        sqlx::query_scalar(AssertSqlSafe(format!(
            "select count(*) from posting join facility using (facility_id) join org_unit using (org_unit_id)
             where org_unit.code like '{region}%' and daterange(starts_on, ends_on, '[]') @> date '{day}'"
        )))
        .fetch_one(connection)
        .await
        .expect("a count")
    };
    for (region, headcount, back) in [("ML-07", 260, 305), ("ML-06", 240, 421), ("ML-08", 60, 135)]
    {
        assert_eq!(
            posted(&mut connection, region, "2012-03-01").await,
            headcount,
            "{region}"
        );
        assert_eq!(
            posted(&mut connection, region, "2012-04-01").await,
            0,
            "{region}"
        );
        assert_eq!(
            posted(&mut connection, region, "2026-01-01").await,
            back,
            "{region}"
        );
    }
    sound(&db, &mut connection).await;
    credentials::as_declared(&mut connection, "ml").await;
    credentials::looked_for(&db).await;
}

#[tokio::test]
async fn para_social_workers_of_tanzania_know_their_supervising_office() {
    let database = TestDatabase::new().await;
    let (db, _) = loaded(&database, "tz").await;
    let mut connection = behind(&database, &db).await;
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "select cadre.code, count(*), count(supervisor_id),
                count(*) filter (where office.org_unit_id = ward.parent_id and office.type_code = 'SWO')
         from posting join cadre using (cadre_id) join facility here using (facility_id)
         join org_unit ward using (org_unit_id) left join facility office on office.facility_id = supervisor_id
         where ends_on is null and cadre.code in ('TZ-PSW', 'TZ-SPSW') group by 1 order by 1",
    )
    .fetch_all(&mut connection)
    .await
    .expect("counts");
    let of = |code: &str, count| (code.to_owned(), count, count, count);
    assert_eq!(rows, [of("TZ-PSW", 2_400), of("TZ-SPSW", 600)]);
    let converted: i64 = sqlx::query_scalar(
        "select count(*) from posting now join posting past using (worker_id, facility_id)
         join cadre on cadre.cadre_id = past.cadre_id
         where cadre.code = 'TZ-PSW' and past.end_reason = 'became_salaried' and past.ends_on + 1 = now.starts_on",
    )
    .fetch_one(&mut connection)
    .await
    .expect("a count");
    assert!(converted >= 600, "{converted}");
    let cadres: i64 = sqlx::query_scalar("select count(*) from cadre")
        .fetch_one(&mut connection)
        .await
        .expect("cadres");
    let snapshot = db.snapshot();
    let mut reader = snapshot.read().await.expect("a connection");
    let (_, picture) = reader.current::<Taxonomy>().await.expect("cadres");
    assert_eq!(i64::try_from(picture.all().len()).ok(), Some(cadres));
    let (_, places) = reader.current::<Gazetteer>().await.expect("places");
    assert_eq!(places.on(noon().date_naive()).facilities().len(), 854);
    drop(reader);
    sound(&db, &mut connection).await;
    credentials::ladder(&mut connection).await;
}
