//! A country that leaves iHRIS, by the two commands of the README, on an installation as production has it.

use std::fs;

use super::Desk;
use crate::support::database::TestDatabase;

const BUNDLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/ihris/bundles");

#[tokio::test]
async fn a_country_and_its_people_come_from_bundles_and_once_more_change_nothing() {
    let database = TestDatabase::new().await;
    let (desk, code) = (Desk::at(&database), database.code());
    let create = format!(
        "tenant create {code} --from-ihris {BUNDLES} --languages en --currency USD --time-zone Africa/Lagos \
         --phone-region NG"
    );
    let import = format!("import ihris {BUNDLES} --tenant {code} --report losses.csv");
    let [create, import] = [&create, &import].map(|it| it.split(' ').collect::<Vec<_>>());

    let early = desk.run(&import);
    assert!(
        !early.good && early.err.contains(code.as_str()),
        "{}",
        early.err
    );
    let plan = desk.done(&create);
    assert!(plan.contains("2230-1B"), "{plan}");
    assert!(desk.done(&create).contains("nothing to do\n"));
    let first = desk.done(&import);
    assert!(
        first.contains("accepted 9, changed 0, unchanged 0, refused 0"),
        "{first}"
    );
    let losses = fs::read_to_string(desk.path("losses.csv")).expect("a report");
    assert!(losses.starts_with("resource,"), "{losses}");
    assert!(losses.lines().count() > 1, "{losses}");
    let again = desk.done(&import);
    assert!(
        again.contains("accepted 0, changed 0, unchanged 9, refused 0"),
        "{again}"
    );
    let chain = desk.done(&["ledger", "verify", code.as_str()]);
    assert!(chain.contains("the chain holds"), "{chain}");
}
