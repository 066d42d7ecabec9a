//! An import whose process is killed.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use sqlx::AssertSqlSafe;

use super::{Desk, Running};
use crate::support::database::TestDatabase;

const PEOPLE: i64 = 7_000;

#[tokio::test]
async fn an_import_that_was_killed_is_complete_when_the_file_comes_again() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    desk.country(&code);
    desk.done(&["tenant", "create", code.as_str(), "--tenants", "tenants"]);
    let mut file = String::from("family_name,birth_date,matricule,sex,org_unit,sector\n");
    for at in 0..PEOPLE {
        writeln!(file, "Traoré,1990-01-01,M-{at},F,A-1,health").expect("a row");
    }
    fs::write(desk.path("people.csv"), file).expect("ours");
    let words = ["import", "workers", "people.csv", "--tenant", code.as_str()];

    let mut superuser = database.superuser().await;
    let count = format!("select count(*) from {}.worker", code.schema());
    let mut people = async || -> i64 {
        let found = sqlx::query_scalar(AssertSqlSafe(count.as_str()));
        found.fetch_one(&mut superuser).await.expect("an answer")
    };
    let importing = Running::start(&mut desk.kada(&words), true);
    while people().await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!importing.stop(Signal::SIGKILL));
    let before = people().await;
    assert!((1..PEOPLE).contains(&before), "{before} of {PEOPLE}");

    let said = desk.done(&words);
    // A commit that was on its way may have come in after the count.
    let unchanged = said
        .split("unchanged ")
        .nth(1)
        .and_then(|it| it.split(',').next());
    let unchanged: i64 = unchanged.and_then(|it| it.parse().ok()).expect("a number");
    assert!(unchanged >= before && unchanged < PEOPLE, "{said}");
    assert!(
        said.contains(&format!("accepted {}", PEOPLE - unchanged)),
        "{said}"
    );
    assert_eq!(people().await, PEOPLE);
    let chain = desk.done(&["ledger", "verify", code.as_str()]);
    assert!(chain.contains("the chain holds"), "{chain}");
}
