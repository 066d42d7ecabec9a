//! What the people of the sample registers have passed and may practise, and how they were trained.

use std::collections::BTreeMap;

use kada::auth::{Actor, Role};
use kada::cli::apply;
use kada::cli::folder::Folder;
use kada::cli::sample;
use kada::credentials::{self, LicenceFilter, PeopleFilter, ProviderFilter};
use kada::kernel::{AsOf, Clock, Date, PageRequest};
use kada::tenancy::TenantDb;
use sqlx::{AssertSqlSafe, PgConnection};

use super::registers::behind;
use super::{country, noon, shipped};
use crate::support::database::TestDatabase;

/// Of a sample, what a test holds the register to.
#[derive(serde::Deserialize)]
struct Parameters {
    qualification: Vec<Qualification>,
    licence: Vec<Licence>,
    #[serde(default)]
    course: Vec<Course>,
}

#[derive(serde::Deserialize)]
struct Qualification {
    title: String,
    held_by: Vec<String>,
    qualifies_for: Vec<String>,
    share: f64,
    youngest: i32,
    in_service_years: Option<i32>,
}

#[derive(serde::Deserialize)]
struct Licence {
    cadres: Vec<String>,
    licensed_share: f64,
    lapsed_share: f64,
}

#[derive(serde::Deserialize)]
struct Course {
    code: String,
    failed_share: f64,
    absent_share: f64,
}

fn parameters(code: &str) -> Parameters {
    let file = shipped(code).file("sample/credentials.toml");
    let bytes = file.expect("readable").expect("there");
    toml::from_str(std::str::from_utf8(&bytes).expect("UTF-8")).expect("parameters")
}

async fn one<T>(connection: &mut PgConnection, sql: &str) -> T
where
    T: for<'a> sqlx::Decode<'a, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await
        .expect(sql)
}

fn list(codes: &[String]) -> String {
    let quoted: Vec<String> = codes.iter().map(|it| format!("'{it}'")).collect();
    quoted.join(", ")
}

/// What holds for the credentials of every register.
pub async fn sound(connection: &mut PgConnection) {
    for (what, sql) in [
        (
            "nobody has passed anything",
            "select (count(*) = 0)::int::bigint from qualification",
        ),
        (
            "passed by children",
            "select count(*) from qualification join worker using (worker_id)
             where year < extract(year from birth_date) + 19",
        ),
        (
            "posted before they were qualified",
            "select count(*) from qualification q join posting p using (worker_id)
             where p.cadre_id = any(q.cadre_ids) and extract(year from p.starts_on) < q.year",
        ),
        (
            "passed in a year to come, of no institution or country",
            "select count(*) from qualification
             where year > 2026 or year is null or institution = '' or country is null or cadre_ids = '{}'",
        ),
        (
            "on a register without being qualified, or before it, or later than the first posting",
            "select count(*) from registration r where not exists (
                 select from qualification q where q.worker_id = r.worker_id and r.cadre_id = any(q.cadre_ids)
                   and q.year <= extract(year from r.registered_on))
                or r.registered_on > (select min(starts_on) from posting p
                                      where p.worker_id = r.worker_id and p.cadre_id = r.cadre_id)",
        ),
        (
            "on the register of another council than the one that licenses the cadre",
            "select count(*) from registration join cadre using (cadre_id)
             where not is_licensed or registration.council <> cadre.council",
        ),
        (
            "licensed by a council that does not know them, or before it does",
            "select count(*) from licence l join licence_term t using (licence_id) where not exists (
                 select from registration r where r.worker_id = l.worker_id and r.cadre_id = l.cadre_id
                   and r.council = l.council and r.registered_on <= t.starts_on)",
        ),
        (
            "licences without a term, or with several",
            "select count(*) from licence where 1 <> (select count(*) from licence_term t
                                                      where t.licence_id = licence.licence_id)",
        ),
        (
            "trained before the first posting, or after the last",
            "select count(*) from attendance a join training_session s using (session_id)
             join lateral (select min(starts_on) as first, max(coalesce(ends_on, 'infinity')) as last
                           from posting p where p.worker_id = a.worker_id) c on true
             where s.starts_on < c.first or s.ends_on > c.last or s.ends_on > '2026-01-01'",
        ),
        (
            "records whose version is not that of their last change",
            "select count(*) from worker where version <> (select count(*) from ledger
                                                            where subject_id = worker_id)",
        ),
    ] {
        assert_eq!(one::<i64>(&mut *connection, sql).await, 0, "{what}");
    }
}

/// How many entries of the ledger are about credentials.
pub async fn entries(connection: &mut PgConnection) -> i64 {
    one(
        connection,
        "select (select count(distinct worker_id) from qualification) + (select count(distinct worker_id) from registration)
              + (select count(distinct worker_id) from licence) + (select count(*) from attendance)
              + (select count(*) from training_session) + (select count(*) from course)",
    )
    .await
}

/// The credentials as a text that is the same for the same people.
pub async fn drawn(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws('|', worker_id, level, title, institution, country, year,
                          (select string_agg(code, ',' order by code) from cadre where cadre_id = any(cadre_ids)))
         from qualification
         union all
         select concat_ws('|', worker_id, code, registration.council, registration.number, registered_on)
         from registration join cadre using (cadre_id)
         union all
         select concat_ws('|', worker_id, code, licence.council, licence.number, starts_on, ends_on)
         from licence join cadre using (cadre_id) join licence_term using (licence_id)
         union all
         select concat_ws('|', worker_id, code, outcome, starts_on, ends_on)
         from attendance join training_session using (session_id) join course using (course_id)
         order by 1",
    )
    .fetch_all(connection)
    .await
    .expect("credentials")
}

#[track_caller]
fn near(what: &str, (some, all): (i64, i64), share: f64) {
    let found =
        f64::from(i32::try_from(some).expect("some")) / f64::from(i32::try_from(all).expect("all"));
    // Three standard errors, and what the newest terms and the last of a group take away.
    let error =
        3.0 * (share * (1.0 - share) / f64::from(i32::try_from(all).expect("all"))).sqrt() + 0.03;
    assert!(
        (found - share).abs() < error,
        "{what}: {some} of {all}, not {share}"
    );
}

/// Qualifications and licences are as many as the parameters of a country say.
pub async fn as_declared(connection: &mut PgConnection, code: &str) {
    let parameters = parameters(code);
    for it in parameters
        .qualification
        .iter()
        .filter(|it| it.in_service_years.is_none())
    {
        let (title, held_by, first) = (&it.title, list(&it.held_by), &it.qualifies_for[0]);
        // Who was posted too young to have passed it does without it.
        let counted: (i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
            "select count(*) filter (where exists (
                        select from qualification q where q.worker_id = career.worker_id and title = '{title}'
                          and cadre_ids @> array(select cadre_id from cadre where code = '{first}'))),
                    count(*)
             from (select worker_id, min(starts_on) as first from posting join cadre using (cadre_id)
                   where code in ({held_by}) group by 1) career
             join worker using (worker_id)
             where extract(year from birth_date) + {} <= extract(year from first)",
            it.youngest
        )))
        .fetch_one(&mut *connection)
        .await
        .expect("counts");
        near(title, counted, it.share);
    }
    for it in &parameters.licence {
        let cadres = list(&it.cadres);
        let counted: (i64, i64, i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
            "select count(licence_id), count(*), count(*) filter (where ends_on < '2026-01-01'),
                    count(*) filter (where ends_on between '2026-01-01' and '2026-04-01')
             from registration join cadre using (cadre_id) left join licence using (worker_id, cadre_id)
             left join licence_term using (licence_id) where code in ({cadres})"
        )))
        .fetch_one(&mut *connection)
        .await
        .expect("counts");
        near(&cadres, (counted.0, counted.1), it.licensed_share);
        near(&cadres, (counted.2, counted.0), it.lapsed_share);
        assert!(counted.3 > 0, "{cadres}: none expires within 90 days");
    }
}

/// The searches that a ministry makes in Mali find somebody.
pub async fn looked_for(db: &TenantDb) {
    let actor = Actor::new("test", [Role::HrManager]);
    let at = AsOf::now(noon().date_naive());
    let cadre = |code: &str| PeopleFilter {
        cadre_code: Some(code.to_owned()),
        ..PeopleFilter::default()
    };
    let snapshot = db.snapshot();
    let mut reader = snapshot.read().await.expect("a connection");
    let midwives = ProviderFilter {
        people: cadre("ML-SF"),
        qualified: true,
        levels: None,
        minimum_years: 5.0,
        reachable: true,
        former: false,
        near: None,
    };
    let request = PageRequest {
        first: 26,
        after: None,
        count: true,
    };
    let found =
        credentials::experienced_providers(&mut reader, &actor, &midwives, at, &request).await;
    let found = found.expect("providers");
    assert_eq!(found.rows.len(), 26);
    assert!(found.rows.iter().all(|it| it.candidate.is_qualified));
    assert!(found.rows.iter().any(|it| it.candidate.is_licensed));
    let expiring = LicenceFilter {
        people: cadre("ML-SF"),
        expires_within: Some(90),
        ..LicenceFilter::default()
    };
    let request = PageRequest {
        first: 100,
        after: None,
        count: true,
    };
    let (found, _) = credentials::licences(&mut reader, &actor, &expiring, at, &request)
        .await
        .expect("licences");
    let last: Date = "2026-04-15".parse().expect("a day");
    assert!(found.total.is_some_and(|it| it > 20), "{:?}", found.total);
    assert!(found.rows.iter().all(|it| it.expires_on() <= Some(last)));
}

/// The para-social workers of Tanzania were trained step by step.
pub async fn ladder(connection: &mut PgConnection) {
    let skipped: i64 = one(
        &mut *connection,
        "with done as (select worker_id, code, starts_on, ends_on, outcome
                       from attendance join training_session using (session_id) join course using (course_id))
         select count(*) from done late where code = 'PSW-II' and not exists (
             select from done early where early.worker_id = late.worker_id and early.code = 'PSW-I'
               and early.outcome = 'completed' and early.ends_on < late.starts_on)",
    )
    .await;
    assert_eq!(skipped, 0, "the second step before the first");
    let others: i64 = one(
        &mut *connection,
        "select count(*) from attendance where not exists (
             select from posting join cadre using (cadre_id)
             where posting.worker_id = attendance.worker_id and code in ('TZ-PSW', 'TZ-SPSW'))",
    )
    .await;
    assert_eq!(others, 0, "others were trained");
    let mut trained = BTreeMap::new();
    for it in parameters("tz").course {
        let counted: (i64, i64, i64, i64) = sqlx::query_as(
            "select count(*) filter (where outcome = 'failed'), count(*) filter (where outcome = 'absent'), count(*),
                    count(distinct worker_id) filter (where outcome = 'completed')
             from attendance join training_session using (session_id) join course using (course_id) where code = $1",
        )
        .bind(&it.code)
        .fetch_one(&mut *connection)
        .await
        .expect("counts");
        near(&it.code, (counted.1, counted.2), it.absent_share);
        near(
            &it.code,
            (counted.0, counted.2 - counted.1),
            it.failed_share,
        );
        trained.insert(it.code, counted.3);
    }
    let (first, second) = (trained["PSW-I"], trained["PSW-II"]);
    assert!((1_500..3_000).contains(&first), "{first}");
    assert!((500..first).contains(&second), "{second}");
}

/// A folder with some lines of Haiti's staff list and other credentials.
async fn refused(credentials: &str) -> (String, bool) {
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
    for file in ["facilities.csv", "names.toml", "sample.toml", "staff.csv"] {
        let path = format!("sample/{file}");
        let bytes = shipped("ht").file(&path).expect("readable").expect("there");
        let text = String::from_utf8(bytes.into_owned()).expect("UTF-8");
        let lines = if file == "staff.csv" { 12 } else { usize::MAX };
        let text: Vec<&str> = text.lines().take(lines).collect();
        std::fs::write(folder.join(path), text.join("\n")).expect("a file");
    }
    std::fs::write(folder.join("sample/credentials.toml"), credentials).expect("a file");
    let loaded = sample::load(&db, &Folder::at(&folder), &Clock::fixed(noon()), |_, _| ()).await;
    let error = format!("{:#}", loaded.expect_err("wrong credentials"));
    let mut connection = behind(&database, &db).await;
    let people: i64 = one(&mut connection, "select count(*) from worker").await;
    (error, people > 0)
}

#[tokio::test]
async fn credentials_that_are_wrong_are_refused_by_file_and_key() {
    let (error, is_in) = refused(
        r#"
        [institution]
        fmp = { name = "FMP", country = "Haiti", from = 2000, until = 1990 }
        enip = { name = "ENIP", country = "HT", from = 1990 }

        [[qualification]]
        title = "Diplôme"
        level = "degree"
        held_by = ["HT-G-NUR", "HT-INF"]
        qualifies_for = ["HT-MG"]
        share = 1.5
        youngest = 9
        institutions = { enip = 0.0, elsewhere = 1.0 }

        [[qualification]]
        title = "Diplôme"
        level = "diploma"
        held_by = []
        qualifies_for = ["HT-INF"]
        in_service_years = 3
        share = 1.0
        youngest = 20
        institutions = {}

        [[licence]]
        cadres = ["HT-AUX"]
        identifier = "ninu"
        registration = "many"
        number = "PE"
        licensed_share = -1.0
        months = 0
        lapsed_share = 0.0

        [[course]]
        code = "A"
        title = { fr = "Cours" }
        institution = "nowhere"
        cadres = ["HT-NONE"]
        credits = 1
        days = 0
        places = 501
        after_months = 1
        share = 2.0
        failed_share = 0.0
        absent_share = 0.0
        "#,
    )
    .await;
    insta::assert_snapshot!(error, @r#"
    nothing was written:
      sample/credentials.toml: course[0].cadres: there is no cadre that is not a group: HT-NONE
      sample/credentials.toml: course[0].days: is not from 1 to 100
      sample/credentials.toml: course[0].institution: there is no institution nowhere
      sample/credentials.toml: course[0].places: is not from 1 to what one session takes
      sample/credentials.toml: course[0].share: 2 is not a share from 0 to 1
      sample/credentials.toml: institution.fmp.country: is not a country of ISO 3166-1
      sample/credentials.toml: institution.fmp.until: is before 2000
      sample/credentials.toml: licence[0].cadres: no council licenses HT-AUX by cadres.csv
      sample/credentials.toml: licence[0].licensed_share: -1 is not a share from 0 to 1
      sample/credentials.toml: licence[0].months: is not from 1 to 120
      sample/credentials.toml: licence[0].number: needs digits, such as "SF-#####"
      sample/credentials.toml: licence[0].registration: is needed where identifier is not, and only there
      sample/credentials.toml: licence[0].registration: needs digits, such as "SF-#####"
      sample/credentials.toml: qualification[0].held_by: there is no cadre that is not a group: HT-G-NUR
      sample/credentials.toml: qualification[0].institutions: 0 is not a weight above 0
      sample/credentials.toml: qualification[0].institutions: none of them gave a diploma in 1980
      sample/credentials.toml: qualification[0].institutions: there is no institution elsewhere
      sample/credentials.toml: qualification[0].level: degree is not in the country's list qualification_level
      sample/credentials.toml: qualification[0].qualifies_for: HT-MG is not in held_by
      sample/credentials.toml: qualification[0].share: 1.5 is not a share from 0 to 1
      sample/credentials.toml: qualification[0].youngest: is not from 16 to 40
      sample/credentials.toml: qualification[1].held_by: names no cadre
      sample/credentials.toml: qualification[1].institutions: none of them gave a diploma in 1980
    "#);
    assert!(!is_in);
    let (error, _) = refused("[[qualification]]\ntitle = \"Diplôme\"\nyear = 2000\n").await;
    insta::assert_snapshot!(error, @r"
    nothing was written:
      sample/credentials.toml:3: unknown field `year`, expected one of `title`, `level`, `held_by`, `qualifies_for`, `share`, `youngest`, `institutions`, `in_service_years`
    ");
}

#[tokio::test]
async fn nobody_is_registered_when_the_last_of_the_credentials_is_refused() {
    let course = r#"
        [institution]
        enip = { name = "ENIP", country = "HT" }

        [[course]]
        code = "no code"
        title = { fr = "Cours" }
        institution = "enip"
        cadres = ["HT-INF"]
        credits = 1
        days = 5
        places = 30
        after_months = 1
        share = 1.0
        failed_share = 0.0
        absent_share = 0.0
    "#;
    let (error, is_in) = refused(course).await;
    assert!(error.contains("InvalidCode"), "{error}");
    assert!(!is_in);
}
