//! What cadres are in other classifications: said by one, approved by another, from a day on.

use kada::auth::{Actor, Role};
use kada::cadres::{self, Occasion, ProposeMapping, Relation, Target};
use kada::kernel::{CadreId, Id};
use kada::tenancy::Reader;
use serde_json::{Value, json};

use super::Ministry;
use crate::support::world::{Caller, TODAY, World};
use crate::workforce::office::{nothing, refusals, with};

const PROPOSE: &str =
    "mutation($input: ProposeCadreMappingInput!) { answer: proposeCadreMapping(input: $input) {
    mapping { id edition from status author reviewer targets { code title relation share } }
    errors { code errorCode message path } } }";
const REVIEW: &str =
    "mutation($input: ReviewCadreMappingInput!) { answer: reviewCadreMapping(input: $input) {
    mapping { status } cadre { isco08 } errors { code errorCode message path } } }";

async fn ask(caller: &Caller<'_>, query: &str, input: Value) -> Value {
    let mut data = caller.data(query, json!({ "input": input })).await;
    data["answer"].take()
}

/// A mapping to one unit of ISCO-08.
fn mapping(cadre: &str, from: &str, code: &str) -> Value {
    json!({
        "cadre": cadre, "edition": "isco-08", "from": from, "targets": [{ "code": code, "relation": "EQUAL" }],
    })
}

/// Has another admin propose a mapping; its id. The tests' issuer knows one subject for a role.
pub async fn by_another(
    ministry: &Ministry<'_>,
    code: &str,
    from: &str,
    targets: &[(&str, Option<i16>)],
) -> String {
    let another = Actor::new("another@kada", [Role::MinistryAdmin]);
    let world = ministry.office.country.world;
    let occasion = Occasion {
        actor: &another,
        now: world.clock.now(),
        today: TODAY.parse().expect("a date"),
        languages: &[],
        act: None,
    };
    let targets = targets.iter().map(|(code, share)| Target {
        code: (*code).to_owned(),
        relation: share.map_or(Relation::Equal, |_| Relation::Partial),
        share: *share,
    });
    let new = ProposeMapping {
        cadre: CadreId::decode(ministry.id(code)).expect("an id"),
        edition: "isco-08".to_owned(),
        from: from.parse().expect("a date"),
        targets: targets.collect(),
    };
    let db = &ministry.office.country.db;
    let proposed =
        db.write(async |tx: &mut Reader<'_>| cadres::propose_mapping(tx, &occasion, &new).await);
    proposed.await.expect("it is proposed").encode()
}

/// Has another admin propose a mapping, and approves it.
pub async fn approved(
    ministry: &Ministry<'_>,
    code: &str,
    from: &str,
    targets: &[(&str, Option<i16>)],
) {
    let theirs = by_another(ministry, code, from, targets).await;
    let approve = json!({ "mapping": theirs, "approve": true });
    let approved = ask(&ministry.admin, REVIEW, approve).await;
    assert_eq!(approved["errors"], json!([]));
}

#[tokio::test]
async fn a_mapping_holds_from_its_day_once_another_person_approves_it() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2019-01-01")
        .await;
    ministry
        .office
        .register("Touré", "F-A1", "NUR", "2019-01-01")
        .await;
    let counted = async |day: &str, unit: &str| {
        let query = "query($day: Date, $units: [String!]) { headcount(asOf: $day, filter: {isco08: $units}) { total } }";
        let variables = json!({ "day": day, "units": [unit] });
        let data = ministry.admin.data(query, variables).await;
        data["headcount"]["total"].as_u64().expect("a total")
    };
    let input = mapping(ministry.id("MW"), "2026-01-01", "3222");
    let proposed = ask(&ministry.admin, PROPOSE, input.clone()).await;
    assert_eq!(proposed["errors"], json!([]));
    assert_eq!(proposed["mapping"]["status"], "PROPOSED");
    assert_eq!(
        proposed["mapping"]["targets"],
        json!([{ "code": "3222", "title": "Midwifery associate professionals", "relation": "EQUAL", "share": null }])
    );
    // It waits: the configuration's word still holds, and no second one for the day is taken.
    assert_eq!(counted("2026-01-01", "2222").await, 1);
    let second = ask(&ministry.admin, PROPOSE, input.clone()).await;
    assert_eq!(refusals(&second), ["ALREADY_MAPPED from"]);
    let id = &proposed["mapping"]["id"];
    let approve = json!({ "mapping": id, "approve": true });
    let own = ask(&ministry.admin, REVIEW, approve.clone()).await;
    assert_eq!(refusals(&own), ["OWN_PROPOSAL mapping"]);

    let take_back = json!({ "mapping": id, "approve": false });
    assert_eq!(
        ask(&ministry.admin, REVIEW, take_back).await["errors"],
        json!([])
    );
    let theirs = by_another(&ministry, "MW", "2026-01-01", &[("3222", None)]).await;
    let approve = json!({ "mapping": theirs, "approve": true });
    let approved = ask(&ministry.admin, REVIEW, approve.clone()).await;
    assert_eq!(approved["errors"], json!([]));
    assert_eq!(approved["mapping"]["status"], "APPROVED");
    assert_eq!(approved["cadre"]["isco08"], "3222");
    let again = ask(&ministry.admin, REVIEW, approve).await;
    assert_eq!(refusals(&again), ["ALREADY_REVIEWED mapping"]);
    assert_eq!(
        (
            counted("2025-12-31", "2222").await,
            counted("2025-12-31", "3222").await
        ),
        (1, 0)
    );
    assert_eq!(
        (
            counted("2026-01-01", "2222").await,
            counted("2026-01-01", "3222").await
        ),
        (0, 1)
    );
    assert_eq!(counted("2026-01-01", "22").await, 1);

    // People of several units are counted where all of these lie.
    let shares = [("2222", Some(2_500)), ("2221", Some(7_500))];
    let theirs = by_another(&ministry, "NUR", "2026-02-01", &shares).await;
    let approve = json!({ "mapping": theirs, "approve": true });
    let approved = ask(&ministry.admin, REVIEW, approve).await;
    assert_eq!(approved["errors"], json!([]));
    assert_eq!(approved["cadre"]["isco08"], Value::Null);
    assert_eq!(
        (
            counted("2026-02-01", "222").await,
            counted("2026-02-01", "2221").await
        ),
        (1, 0)
    );
    assert_eq!(counted("2026-01-31", "2221").await, 1);
}

#[tokio::test]
async fn a_mapping_that_cannot_be_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let input = mapping(ministry.id("DOC"), "2026-01-01", "2211");
    let target = |code: &str| json!([{ "code": code, "relation": "EQUAL" }]);
    let partial = |shares: &[f64]| {
        let targets = shares
            .iter()
            .zip(["2211", "2212", "2221"])
            .map(|(share, code)| json!({ "code": code, "relation": "PARTIAL", "share": share }));
        json!(targets.collect::<Vec<_>>())
    };
    for (field, value, refusal) in [
        ("cadre", nothing("cdr"), "CADRE_NOT_FOUND cadre"),
        ("cadre", json!(ministry.id("G-MED")), "GATHERS_CADRES cadre"),
        ("from", json!("1800-01-01"), "INVALID_DATE from"),
        ("edition", json!("isco"), "UNKNOWN_EDITION edition"),
        ("targets", target("9999"), "UNKNOWN_UNIT targets.code"),
        ("targets", target("2230 "), "UNKNOWN_UNIT targets.code"),
        // A social worker of the edition before, and a doctor of this one.
        ("targets", target("2446"), "OF_ANOTHER_EDITION targets.code"),
        (
            "edition",
            json!("isco-88"),
            "OF_ANOTHER_EDITION targets.code",
        ),
        (
            "edition",
            json!("kada-hub-1"),
            "OF_ANOTHER_EDITION targets.code",
        ),
        ("targets", json!([]), "TOO_MANY targets"),
        ("targets", partial(&[1.0]), "INVALID_SHARES targets.share"),
        (
            "targets",
            partial(&[0.5, 0.4]),
            "INVALID_SHARES targets.share",
        ),
        (
            "targets",
            partial(&[0.5, 0.500_04]),
            "INVALID_SHARES targets.share",
        ),
        (
            "targets",
            partial(&[1.5, -0.5]),
            "INVALID_SHARES targets.share",
        ),
        (
            "targets",
            partial(&[1e300, 0.5]),
            "INVALID_SHARES targets.share",
        ),
    ] {
        let payload = ask(&ministry.admin, PROPOSE, with(&input, &[(field, value)])).await;
        assert_eq!(refusals(&payload), [refusal]);
    }
    // The code that means a nurse in one edition and a doctor in the other is taken for what its edition says.
    let shares = with(
        &input,
        &[
            ("from", json!("2025-01-01")),
            ("targets", partial(&[0.25, 0.75])),
        ],
    );
    let payload = ask(&ministry.admin, PROPOSE, shares).await;
    assert_eq!(payload["mapping"]["targets"][0]["share"], 0.75);
    let old = with(
        &input,
        &[("edition", json!("isco-88")), ("targets", target("2221"))],
    );
    let payload = ask(&ministry.admin, PROPOSE, old).await;
    assert_eq!(payload["mapping"]["targets"][0]["title"], "Medical doctors");
    let review = json!({ "mapping": nothing("map"), "approve": true });
    let payload = ask(&ministry.admin, REVIEW, review).await;
    assert_eq!(refusals(&payload), ["MAPPING_NOT_FOUND mapping"]);
    // Its author may take a proposal back, and the day is free again.
    let proposed = ask(&ministry.admin, PROPOSE, input.clone()).await;
    let take_back = json!({ "mapping": proposed["mapping"]["id"], "approve": false });
    assert_eq!(
        ask(&ministry.admin, REVIEW, take_back).await["mapping"]["status"],
        "REJECTED"
    );
    assert_eq!(
        ask(&ministry.admin, PROPOSE, input).await["errors"],
        json!([])
    );
}

#[tokio::test]
async fn suggestions_follow_the_labels_and_coverage_follows_the_people() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let suggested = async |code: &str| {
        let query = "query($cadre: ID!) { suggestCadreMappings(cadre: $cadre, edition: \"isco-08\", first: 3) {
            code likeness alike } }";
        let variables = json!({ "cadre": ministry.id(code) });
        let mut data = ministry.admin.data(query, variables).await;
        data["suggestCadreMappings"].take()
    };
    for (cadre, unit) in [
        ("MW", "2222"),
        ("NUR", "2221"),
        ("DOC", "2211"),
        ("SWO", "3412"),
    ] {
        let list = suggested(cadre).await;
        let codes: Vec<&str> = (list.as_array().expect("a list").iter())
            .map(|it| it["code"].as_str().expect("a code"))
            .collect();
        assert!(codes.contains(&unit), "{cadre}: {list}");
        let likeness: Vec<f64> = (list.as_array().expect("a list").iter())
            .map(|it| it["likeness"].as_f64().expect("a number"))
            .collect();
        assert!(likeness.is_sorted_by(|a, b| a >= b), "{list}");
    }
    let query = "query($cadre: ID!) { suggestCadreMappings(cadre: $cadre, edition: \"isco-08\", first: 3) { code } }";
    let none = ministry
        .admin
        .data(query, json!({ "cadre": nothing("cdr") }))
        .await;
    assert_eq!(none["suggestCadreMappings"], Value::Null);

    let new = ministry.add("ANM", "2020-01-01").await;
    for (name, facility) in [("Keita", "F-A1"), ("Touré", "F-B1"), ("Sow", "F-A1")] {
        ministry
            .office
            .register(name, facility, "MW", "2020-01-01")
            .await;
    }
    let person = with(
        &ministry.office.person("Konaté", "F-A1", "MW", "2020-01-01"),
        &[("posting.cadre", json!(new))],
    );
    ministry.office.change("registerWorker", person).await;
    let coverage = "query($edition: String!) { crosswalkCoverage(edition: $edition) {
        asOf workers mapped share cadres { cadre { code } workers isMapped } } }";
    let told = async |caller: &Caller<'_>, edition: &str| {
        let data = caller.data(coverage, json!({ "edition": edition })).await;
        data["crosswalkCoverage"].to_string()
    };
    insta::assert_snapshot!(told(&ministry.admin, "isco-08").await, @r#"{"asOf":"2026-03-01","cadres":[{"cadre":{"code":"MW"},"isMapped":true,"workers":3},{"cadre":{"code":"ANM"},"isMapped":false,"workers":1}],"mapped":3,"share":0.75,"workers":4}"#);
    insta::assert_snapshot!(told(&ministry.admin, "kada-hub-1").await, @r#"{"asOf":"2026-03-01","cadres":[{"cadre":{"code":"MW"},"isMapped":false,"workers":3},{"cadre":{"code":"ANM"},"isMapped":false,"workers":1}],"mapped":0,"share":0.0,"workers":4}"#);
    let district = ministry.office.country.caller(Role::Viewer).scope(&["B"]);
    insta::assert_snapshot!(told(&district, "isco-08").await, @r#"{"asOf":"2026-03-01","cadres":[{"cadre":{"code":"MW"},"isMapped":true,"workers":1}],"mapped":1,"share":1.0,"workers":1}"#);
}
