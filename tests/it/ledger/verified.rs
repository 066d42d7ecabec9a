//! Whoever alters a row behind Kada's back is found out, and the first row that is wrong is named.

use std::process::Command;

use kada::auth::Role;
use kada::ledger::{self, Broken, Entry};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Row};

use super::{changed, head, verdict};
use crate::support::database::SECRET;
use crate::support::world::{TestCountry, World};

/// A country with some rows about one worker after its configuration; the number of the first of them.
async fn country(world: &World) -> (TestCountry<'_>, i64) {
    let country = world.country().await;
    let configured = head(&country).await;
    let worker = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let manager = country.caller(Role::HrManager);
    for (facility, on) in [("F-A2", "2021-01-01"), ("F-B1", "2022-01-01")] {
        let act = json!({ "number": "2021-17/MSDS", "date": "2020-12-20" });
        let to = country.id("facility", facility).await;
        let input = json!({ "worker": worker, "to": to, "on": on, "act": act });
        changed(&manager, "transferWorker", input).await;
    }
    (country, configured + 1)
}

/// The verdict on a ledger that was altered so; the alteration is undone.
async fn tampered(
    superuser: &mut PgConnection,
    country: &TestCountry<'_>,
    statement: &str,
) -> Result<i64, Broken> {
    let mut tx = superuser.begin().await.expect("a transaction");
    let place = format!("set local search_path = {}, shared", country.code.schema());
    tx.execute(AssertSqlSafe(place)).await.expect("a path");
    let done = tx.execute(AssertSqlSafe(statement.to_owned())).await;
    let rows = done.expect("a superuser may do anything").rows_affected();
    assert_eq!(rows, 1, "{statement}");
    let verdict = ledger::verify(&mut tx).await.expect("it can be read");
    tx.rollback().await.expect("undone");
    verdict
}

#[tokio::test]
async fn an_altered_row_is_named() {
    let world = World::new().await;
    let (country, seq) = country(&world).await;
    let last = head(&country).await;
    assert_eq!(last, seq + 2);
    assert_eq!(verdict(&country).await, Ok(last));
    let mut superuser = world.database.superuser().await;
    let chain = Err(Broken::Chain(seq));
    let content = Err(Broken::Content(seq));
    for (alteration, expected) in [
        (
            r#"change = jsonb_set(change, '{fields,familyName,to}', '"Touré"')"#,
            &content,
        ),
        ("change = change - 'version'", &content),
        ("change = null", &content),
        ("salt = null", &content),
        ("salt = salt || '\\x00'", &content),
        ("digest = sha256('another')", &content),
        ("actor = 'somebody-else@id.example'", &chain),
        ("verb = 'correct'", &chain),
        ("at = at + interval '1 microsecond'", &chain),
        ("subject_id = gen_random_uuid()", &chain),
        ("subject_kind = 'configuration'", &chain),
        ("unit_after = null", &chain),
        ("unit_before = unit_after", &chain),
        ("sector_after = 'social'", &chain),
        ("sector_before = 'health'", &chain),
        (r#"act = '{"number": "1", "date": null}'"#, &chain),
        ("hash = sha256('another')", &chain),
    ] {
        let statement = format!("update ledger set {alteration} where seq = {seq}");
        let verdict = tampered(&mut superuser, &country, &statement).await;
        assert_eq!(verdict, *expected, "{alteration}");
    }
    for (statement, expected) in [
        (
            "delete from ledger where seq = 1".to_owned(),
            Broken::Gap(1),
        ),
        (
            format!("delete from ledger where seq = {seq}"),
            Broken::Gap(seq),
        ),
        (
            format!("delete from ledger where seq = {last}"),
            Broken::Head(last - 1),
        ),
        (
            "update ledger_head set seq = seq + 1".to_owned(),
            Broken::Head(last),
        ),
        (
            "update ledger_head set hash = sha256('another')".to_owned(),
            Broken::Head(last),
        ),
        (
            format!("update ledger set act = null where seq = {last}"),
            Broken::Chain(last),
        ),
        (
            "insert into ledger (seq, at, actor, verb, subject_kind, subject_id, digest, hash)
             select seq + 1, at, actor, verb, subject_kind, subject_id, digest, hash
             from ledger order by seq desc limit 1"
                .to_owned(),
            Broken::Chain(last + 1),
        ),
    ] {
        let verdict = tampered(&mut superuser, &country, &statement).await;
        assert_eq!(verdict, Err(expected), "{statement}");
    }
    assert_eq!(verdict(&country).await, Ok(last), "as it was");
}

#[tokio::test]
async fn content_that_was_replaced_with_its_digest_breaks_the_chain() {
    let world = World::new().await;
    let (country, seq) = country(&world).await;
    let mut superuser = world.database.superuser().await;
    let change = json!({ "version": 1, "fields": {} });
    let digest = hex::encode(Entry::digest(b"salt", &change.to_string()));
    let statement = format!(
        "update ledger set change = '{change}', salt = 'salt', digest = '\\x{digest}' where seq = {seq}"
    );
    let verdict = tampered(&mut superuser, &country, &statement).await;
    assert_eq!(verdict, Err(Broken::Chain(seq)));
}

#[tokio::test]
async fn erased_content_leaves_the_chain_whole_and_the_history_without_it() {
    let world = World::new().await;
    let (country, seq) = country(&world).await;
    let mut superuser = world.database.superuser().await;
    let schema = country.code.schema();
    let erase = format!("update {schema}.ledger set change = null, salt = null where seq = {seq}");
    superuser
        .execute(AssertSqlSafe(erase))
        .await
        .expect("erased");
    assert_eq!(verdict(&country).await, Ok(seq + 2));

    let manager = country.caller(Role::HrManager);
    let query = "{ workers(first: 1) { nodes { history(first: 9) { seq verb content } } } }";
    let data = manager.data(query, json!({})).await;
    let history = &data["workers"]["nodes"][0]["history"];
    assert_eq!(
        history[2],
        json!({ "seq": seq, "verb": "register", "content": null })
    );
    assert_eq!(history[1]["content"]["version"], 2);
}

#[tokio::test]
async fn salts_differ_and_no_digest_is_of_the_bare_content() {
    let world = World::new().await;
    let (country, seq) = country(&world).await;
    let mut superuser = world.database.superuser().await;
    let select = format!(
        "select salt, change, digest from {}.ledger where seq >= {seq}",
        country.code.schema()
    );
    let rows = superuser
        .fetch_all(AssertSqlSafe(select))
        .await
        .expect("rows");
    let mut salts: Vec<Vec<u8>> = rows.iter().map(|row| row.get("salt")).collect();
    salts.sort();
    salts.dedup();
    assert_eq!(salts.len(), 3);
    assert!(salts.iter().all(|salt| salt.len() >= 16));
    for row in rows {
        let (change, digest): (Value, Vec<u8>) = (row.get("change"), row.get("digest"));
        assert_ne!(Entry::digest(b"", &change.to_string())[..], digest);
    }
}

#[tokio::test]
async fn the_command_names_the_bad_row_and_says_so_to_the_shell() {
    let world = World::new().await;
    let (country, seq) = country(&world).await;
    let home = tempfile::tempdir().expect("a directory");
    let owner = world.database.owner.configured().to_url_lossy();
    let verify = |tenant: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_kada"))
            .args(["ledger", "verify", tenant])
            .current_dir(home.path())
            // What is meant for the tests would be settings that nobody knows.
            .env_remove("KADA_TEST_POSTGRES_URL")
            .env_remove("KADA_TEST_REDIS_URL")
            .env("DATABASE_OWNER_URL", owner.as_str())
            .env("KADA_DATABASE__TENANT_SECRET", SECRET)
            .output()
            .expect("the command runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let code = country.code.as_str();
    let good = verify(code);
    let rows = seq + 2;
    assert_eq!(
        good,
        (
            Some(0),
            format!("{code}: {rows} rows, the chain holds\n"),
            String::new()
        )
    );

    let mut superuser = world.database.superuser().await;
    let schema = country.code.schema();
    let forge = format!("update {schema}.ledger set actor = 'nobody' where seq = {seq}");
    superuser.execute(AssertSqlSafe(forge)).await.expect("done");
    let (status, said, complaint) = verify(code);
    assert_eq!((status, said.as_str()), (Some(1), ""));
    let named = format!("{code}: row {seq} does not follow from the row before it\n");
    assert_eq!(complaint, named);

    let (status, _, complaint) = verify("nowhere");
    assert_eq!(status, Some(1));
    assert!(complaint.contains("there is no such tenant"), "{complaint}");
}
