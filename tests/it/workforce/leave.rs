//! Leave: asked for, decided on by somebody else, counted by the country's calendar.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};

use super::office::{Office, nothing, refusals, text, with};
use crate::cost::Statements;
use crate::interop::{counts, import};
use crate::support::world::{Caller, World};

/// An office of a country with 20 days of annual leave, of which 5 go over, and sick leave without a limit.
struct Bureau<'a> {
    office: Office<'a>,
    admin: Caller<'a>,
    clerk: Caller<'a>,
}

impl<'a> Bureau<'a> {
    async fn open(world: &'a World) -> Self {
        let office = Office::open(world).await;
        let admin = office.country.caller(Role::MinistryAdmin);
        let clerk = office.country.caller(Role::DataClerk);
        Self {
            office,
            admin,
            clerk,
        }
    }

    fn days(&self, worker: &Value, from: &str, to: &str) -> Value {
        json!({ "worker": worker["id"], "leaveType": "annual", "startsOn": from, "endsOn": to })
    }

    async fn request(&self, worker: &Value, from: &str, to: &str) -> Value {
        let payload = ask(&self.clerk, "requestLeave", self.days(worker, from, to)).await;
        assert_eq!(payload["errors"], json!([]), "{from} {to}");
        payload["leave"].clone()
    }

    async fn approve(&self, leave: &Value) -> Value {
        let payload = ask(&self.office.manager, "approveLeave", turn(leave)).await;
        assert_eq!(payload["errors"], json!([]));
        payload["leave"].clone()
    }

    /// `entitled carriedOver taken left` of the annual leave of a year.
    async fn balance(&self, worker: &Value, year: i32) -> Vec<Value> {
        let query =
            "query($worker: ID!, $year: Int!) { leaveBalances(worker: $worker, year: $year) {
            type { code } year entitled carriedOver taken left } }";
        let variables = json!({ "worker": worker["id"], "year": year });
        let data = self.clerk.data(query, variables).await;
        let balances = data["leaveBalances"].as_array().expect("balances");
        assert_eq!(balances.len(), 1, "sick leave has no limit");
        assert_eq!(balances[0]["type"]["code"], "annual");
        assert_eq!(balances[0]["year"], year);
        let parts = ["entitled", "carriedOver", "taken", "left"];
        parts.map(|part| balances[0][part].clone()).to_vec()
    }
}

async fn holiday(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            holiday {{ day name names {{ language text }} source version }}
            errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

fn turn(leave: &Value) -> Value {
    json!({ "leave": leave["id"], "baseVersion": leave["version"] })
}

async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let conflict = match mutation {
        "requestLeave" => "",
        _ => "conflict { version status }",
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            leave {{ id version status startsOn endsOn workingDays recalledOn comment type {{ code }} }}
            {conflict} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

/// The names of those whose leave is listed, in order.
async fn listed(caller: &Caller<'_>, filter: Value) -> Vec<String> {
    let query = "query($filter: LeaveFilterInput) { leaves(first: 100, filter: $filter) {
        totalCount nodes { worker { familyName } } } }";
    let data = caller.data(query, json!({ "filter": filter })).await;
    let nodes = data["leaves"]["nodes"].as_array().expect("leaves");
    assert_eq!(data["leaves"]["totalCount"], nodes.len());
    let mut names: Vec<String> = (nodes.iter())
        .map(|it| text(&it["worker"]["familyName"]))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn leave_is_counted_by_the_calendar_and_taken_from_the_balance_of_its_year() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let worker = bureau
        .office
        .register("Traoré", "F-A1", "MW", "2025-06-01")
        .await;
    assert_eq!(bureau.balance(&worker, 2024).await, [0, 0, 0, 0]);
    assert_eq!(bureau.balance(&worker, 2025).await, [20, 0, 0, 20]);
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 0, 25]);
    // Two weeks with the first of May, which the folder has as a holiday.
    let leave = bureau.request(&worker, "2026-04-27", "2026-05-10").await;
    assert_eq!(
        (&leave["status"], &leave["workingDays"]),
        (&json!("REQUESTED"), &json!(9))
    );
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 0, 25]);
    let leave = bureau.approve(&leave).await;
    assert_eq!(leave["status"], "APPROVED");
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 9, 16]);
    // A holiday that is declared later gives the day back, and one that is taken off takes it.
    let day = json!({ "day": "2026-05-05", "names": [{ "language": "fr", "text": "Journée nationale" }] });
    let payload = holiday(&bureau.admin, "saveHoliday", day).await;
    assert_eq!(payload["errors"], json!([]));
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 8, 17]);
    let payload = holiday(
        &bureau.admin,
        "removeHoliday",
        json!({ "day": "2026-05-05", "baseVersion": 1 }),
    )
    .await;
    assert_eq!(payload["errors"], json!([]));
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 9, 16]);
    // Over New Year, each year pays for its own days: 28, 29, 30 and 31 December, and 4 to 8 January.
    let over = bureau.request(&worker, "2026-12-28", "2027-01-08").await;
    bureau.approve(&over).await;
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 13, 12]);
    assert_eq!(bureau.balance(&worker, 2027).await, [20, 5, 5, 20]);
    // Called back on 4 May: the second week is there again.
    let back = with(&turn(&leave), &[("on", json!("2026-05-04"))]);
    let payload = ask(&bureau.office.manager, "recallFromLeave", back).await;
    assert_eq!(payload["errors"], json!([]));
    assert_eq!(payload["leave"]["endsOn"], "2026-05-03");
    assert_eq!(payload["leave"]["recalledOn"], "2026-05-04");
    assert_eq!(payload["leave"]["workingDays"], 4);
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 8, 17]);
}

#[tokio::test]
async fn nobody_decides_on_what_they_asked_for() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let office = &bureau.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let own = office.country.caller(Role::Worker);
    let own = own.person(WorkerId::decode(&text(&worker["id"])).expect("an id"));
    let other = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let payload = ask(
        &own,
        "requestLeave",
        bureau.days(&other, "2026-06-01", "2026-06-05"),
    )
    .await;
    assert_eq!(refusals(&payload), ["WORKER_NOT_FOUND worker"]);
    let payload = ask(
        &own,
        "requestLeave",
        bureau.days(&worker, "2026-06-01", "2026-06-05"),
    )
    .await;
    assert_eq!(payload["errors"], json!([]));
    let by_officer = bureau.days(&other, "2026-06-01", "2026-06-05");
    let asked = ask(&office.manager, "requestLeave", by_officer).await;
    for mutation in ["approveLeave", "declineLeave"] {
        let refused = ask(&office.manager, mutation, turn(&asked["leave"])).await;
        assert_eq!(refusals(&refused), ["OWN_REQUEST leave"], "{mutation}");
    }
    bureau.approve(&payload["leave"]).await;
    // A district decides on its own people.
    let district = office.country.caller(Role::HrOfficer).scope(&["B-1"]);
    let refused = ask(&district, "approveLeave", turn(&asked["leave"])).await;
    assert_eq!(refusals(&refused), ["LEAVE_NOT_FOUND leave"]);
    let district = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    let comment = with(
        &turn(&asked["leave"]),
        &[("comment", json!("too many are away"))],
    );
    let declined = ask(&district, "declineLeave", comment).await;
    assert_eq!(declined["leave"]["status"], "DECLINED");
    assert_eq!(declined["leave"]["comment"], "too many are away");
    // Of those who may see the worker, not all may see that they are on leave.
    let viewer = office.country.caller(Role::Viewer);
    let list = "{ leaves(first: 5) { nodes { id } } }";
    assert_eq!(viewer.error_code(list, json!({})).await, "FORBIDDEN");
    assert_eq!(listed(&own, json!({})).await, ["Traoré"]);
}

#[tokio::test]
async fn who_is_on_leave_on_a_day_and_what_waits() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let office = &bureau.office;
    let mut leaves = Vec::new();
    for (name, facility) in [("Traoré", "F-A1"), ("Keita", "F-A2"), ("Touré", "F-B1")] {
        let worker = office.register(name, facility, "MW", "2020-01-01").await;
        leaves.push(bureau.request(&worker, "2026-06-01", "2026-06-12").await);
    }
    bureau.approve(&leaves[0]).await;
    bureau.approve(&leaves[2]).await;
    let away = |day: &str| json!({ "statuses": ["APPROVED"], "on": day });
    let all = &office.manager;
    assert_eq!(listed(all, away("2026-05-31")).await, [""; 0]);
    assert_eq!(listed(all, away("2026-06-01")).await, ["Touré", "Traoré"]);
    assert_eq!(listed(all, away("2026-06-12")).await, ["Touré", "Traoré"]);
    assert_eq!(listed(all, away("2026-06-13")).await, [""; 0]);
    assert_eq!(
        listed(all, json!({ "statuses": ["REQUESTED"] })).await,
        ["Keita"]
    );
    assert_eq!(
        listed(all, json!({ "orgUnitCode": "A" })).await,
        ["Keita", "Traoré"]
    );
    assert_eq!(
        listed(all, json!({ "orgUnit": office.id("B") })).await,
        ["Touré"]
    );
    assert_eq!(
        listed(all, json!({ "orgUnitCode": "nowhere" })).await,
        [""; 0]
    );
    assert_eq!(listed(all, json!({ "types": ["sick"] })).await, [""; 0]);
    let district = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    assert_eq!(listed(&district, json!({})).await, ["Traoré"]);
    assert_eq!(
        listed(&district, json!({ "orgUnitCode": "B" })).await,
        [""; 0]
    );
}

#[tokio::test]
async fn every_refusal_of_leave() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let office = &bureau.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2024-01-01").await;
    let sound = bureau.days(&worker, "2026-06-01", "2026-06-12");
    for (expected, changes) in [
        ("WORKER_NOT_FOUND worker", [("worker", nothing("wkr"))]),
        (
            "UNKNOWN_LEAVE_TYPE leaveType",
            [("leaveType", json!("boredom"))],
        ),
        (
            "ENDS_BEFORE_IT_STARTS endsOn",
            [("endsOn", json!("2026-05-31"))],
        ),
        ("LEAVE_TOO_LONG endsOn", [("endsOn", json!("2029-06-01"))]),
        ("NOT_SERVING startsOn", [("startsOn", json!("2023-12-31"))]),
        ("BALANCE_EXCEEDED endsOn", [("endsOn", json!("2026-07-31"))]),
    ] {
        let payload = ask(&bureau.clerk, "requestLeave", with(&sound, &changes)).await;
        assert_eq!(refusals(&payload), [expected]);
        assert_eq!(payload["leave"], json!(null));
    }
    let weekend = bureau.days(&worker, "2026-06-06", "2026-06-07");
    let payload = ask(&bureau.clerk, "requestLeave", weekend).await;
    assert_eq!(refusals(&payload), ["NO_WORKING_DAY endsOn"]);
    // Sick leave has no limit.
    let sick = with(
        &sound,
        &[
            ("leaveType", json!("sick")),
            ("endsOn", json!("2026-12-31")),
        ],
    );
    let payload = ask(&bureau.clerk, "requestLeave", sick).await;
    assert_eq!(payload["errors"], json!([]));
    let sick = payload["leave"].clone();

    let first = bureau.request(&worker, "2026-06-01", "2026-06-12").await;
    let manager = &office.manager;
    let stale = with(&turn(&first), &[("baseVersion", json!(7))]);
    for (mutation, more) in [
        ("approveLeave", None),
        ("declineLeave", None),
        ("cancelLeave", None),
        ("recallFromLeave", Some(json!("2026-06-05"))),
    ] {
        let whole = |input: &Value| match &more {
            Some(on) => with(input, &[("on", on.clone())]),
            None => input.clone(),
        };
        let payload = ask(manager, mutation, whole(&stale)).await;
        assert_eq!(refusals(&payload), ["STALE baseVersion"], "{mutation}");
        assert_eq!(
            payload["conflict"],
            json!({ "version": 1, "status": "REQUESTED" })
        );
        let nobody = with(&turn(&first), &[("leave", nothing("lve"))]);
        let payload = ask(manager, mutation, whole(&nobody)).await;
        assert_eq!(refusals(&payload), ["LEAVE_NOT_FOUND leave"], "{mutation}");
    }
    let early = with(&turn(&first), &[("on", json!("2026-06-05"))]);
    let payload = ask(manager, "recallFromLeave", early).await;
    assert_eq!(refusals(&payload), ["LEAVE_NOT_APPROVED leave"]);
    let first = bureau.approve(&first).await;
    // The sick leave takes in the same days.
    let payload = ask(manager, "approveLeave", turn(&sick)).await;
    assert_eq!(refusals(&payload), ["LEAVE_OVERLAPS leave"]);
    let payload = ask(&bureau.clerk, "requestLeave", sound.clone()).await;
    assert_eq!(refusals(&payload), ["LEAVE_OVERLAPS startsOn"]);
    for mutation in ["approveLeave", "declineLeave"] {
        let payload = ask(manager, mutation, turn(&first)).await;
        assert_eq!(refusals(&payload), ["NOT_PENDING leave"], "{mutation}");
    }
    for on in ["2026-06-01", "2026-06-13"] {
        let payload = ask(
            manager,
            "recallFromLeave",
            with(&turn(&first), &[("on", json!(on))]),
        )
        .await;
        assert_eq!(refusals(&payload), ["NOT_DURING_LEAVE on"], "{on}");
    }
    // Two requests that the balance bears one by one, and not together.
    let (one, two) = (
        bureau.request(&worker, "2026-08-03", "2026-08-14").await,
        bureau.request(&worker, "2026-09-01", "2026-09-14").await,
    );
    bureau.approve(&one).await;
    let payload = ask(manager, "approveLeave", turn(&two)).await;
    assert_eq!(refusals(&payload), ["BALANCE_EXCEEDED leave"]);
    // What has not begun can be called off, and gives its days back.
    let cancelled = ask(&bureau.clerk, "cancelLeave", turn(&first)).await;
    assert_eq!(cancelled["leave"]["status"], "CANCELLED");
    bureau.approve(&two).await;
    let begun = bureau.request(&worker, "2026-02-26", "2026-03-02").await;
    let begun = bureau.approve(&begun).await;
    let payload = ask(&bureau.clerk, "cancelLeave", turn(&begun)).await;
    assert_eq!(refusals(&payload), ["LEAVE_BEGUN leave"]);
    let again = ask(&bureau.clerk, "cancelLeave", turn(&cancelled["leave"])).await;
    assert_eq!(refusals(&again), ["NOT_PENDING leave"]);
    let key = ("idempotencyKey", json!("a key of its own"));
    let days = bureau.days(&worker, "2026-10-05", "2026-10-05");
    let keyed = with(&days, &[key.clone()]);
    let payload = ask(&bureau.clerk, "requestLeave", keyed).await;
    assert_eq!(payload["errors"], json!([]));
    let other = with(&days, &[key, ("endsOn", json!("2026-10-06"))]);
    let payload = ask(&bureau.clerk, "requestLeave", other).await;
    assert_eq!(
        refusals(&payload),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
}

#[tokio::test]
async fn of_two_approvals_at_once_one_wins() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let worker = bureau
        .office
        .register("Traoré", "F-A1", "MW", "2020-01-01")
        .await;
    let one = bureau.request(&worker, "2026-06-01", "2026-06-05").await;
    let two = bureau.request(&worker, "2026-06-05", "2026-06-12").await;
    let manager = &bureau.office.manager;
    let (one, two) = tokio::join!(
        ask(manager, "approveLeave", turn(&one)),
        ask(manager, "approveLeave", turn(&two)),
    );
    let mut said = [refusals(&one), refusals(&two)];
    said.sort();
    assert_eq!(said, [vec![], vec!["LEAVE_OVERLAPS leave".to_owned()]]);
}

#[tokio::test]
async fn the_calendar_is_kept_by_the_ministry() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let names = |text: &str| json!([{ "language": "fr", "text": text }]);
    let day =
        json!({ "day": "2026-03-20", "names": names("Korité"), "source": "annonce du 18 mars" });
    let payload = holiday(&bureau.admin, "saveHoliday", day.clone()).await;
    assert_eq!(payload["holiday"]["version"], 1);
    assert_eq!(payload["holiday"]["source"], "annonce du 18 mars");
    let payload = holiday(&bureau.admin, "saveHoliday", day.clone()).await;
    assert_eq!(refusals(&payload), ["ALREADY_A_HOLIDAY day"]);
    let renamed = with(&day, &[("baseVersion", json!(1)), ("names", names("Aïd"))]);
    let payload = holiday(&bureau.admin, "saveHoliday", renamed.clone()).await;
    assert_eq!(
        (&payload["holiday"]["name"], &payload["holiday"]["version"]),
        (&json!("Aïd"), &json!(2))
    );
    let payload = holiday(&bureau.admin, "saveHoliday", renamed).await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);
    let another = with(&day, &[("day", json!("2026-03-23"))]);
    for (expected, changes) in [
        ("HOLIDAY_NOT_FOUND day", [("baseVersion", json!(1))]),
        ("INVALID_DATE day", [("day", json!("1899-12-31"))]),
        ("INVALID_LABEL names", [("names", json!([]))]),
        (
            "FOREIGN_LANGUAGE names",
            [("names", json!([{ "language": "xx", "text": "Aïd" }]))],
        ),
        (
            "MISSING_LANGUAGE names",
            [("names", json!([{ "language": "en", "text": "Eid" }]))],
        ),
    ] {
        let payload = holiday(&bureau.admin, "saveHoliday", with(&another, &changes)).await;
        assert_eq!(refusals(&payload), [expected]);
    }
    for (expected, input) in [
        (
            "HOLIDAY_NOT_FOUND day",
            json!({ "day": "2026-03-23", "baseVersion": 1 }),
        ),
        (
            "STALE baseVersion",
            json!({ "day": "2026-03-20", "baseVersion": 1 }),
        ),
    ] {
        let payload = holiday(&bureau.admin, "removeHoliday", input).await;
        assert_eq!(refusals(&payload), [expected]);
    }
    let district = bureau.admin.clone().scope(&["A"]);
    let payload = holiday(&district, "saveHoliday", another).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);

    let query = "query($from: Date!, $to: Date!) {
        holidays(from: $from, to: $to) { day name } workingDays(from: $from, to: $to) }";
    let viewer = bureau.office.country.caller(Role::Viewer);
    let march = json!({ "from": "2026-03-01", "to": "2026-03-31" });
    let data = viewer.data(query, march).await;
    assert_eq!(
        data,
        json!({ "holidays": [{ "day": "2026-03-20", "name": "Aïd" }], "workingDays": 21 })
    );
    let backwards = json!({ "from": "2026-03-31", "to": "2026-03-01" });
    let data = viewer.data(query, backwards).await;
    assert_eq!(data["workingDays"], 0);
    let long = json!({ "from": "1900-01-01", "to": "2026-03-01" });
    assert_eq!(viewer.error_code(query, long).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn fifty_workers_with_their_leave_cost_what_ten_do() {
    let statements = Statements::listen();
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    for n in 0..50 {
        let worker = bureau
            .office
            .register(&format!("Person {n:02}"), "F-A1", "MW", "2020-01-01")
            .await;
        if n % 10 == 0 {
            let leave = bureau.request(&worker, "2026-06-01", "2026-06-12").await;
            bureau.approve(&leave).await;
            bureau.request(&worker, "2026-08-03", "2026-08-04").await;
        }
    }
    let query = "query($first: Int!) { workers(first: $first) { nodes {
        name posting { facility { name } cadre { label } }
        lastLeave { startsOn endsOn workingDays type { label } } leaves { status workingDays } } } }";
    let of = async |first: i32| {
        statements
            .of(&bureau.office.manager, query, json!({ "first": first }))
            .await
    };
    assert_eq!(of(10).await, of(50).await);
    let data = bureau
        .office
        .manager
        .data(query, json!({ "first": 50 }))
        .await;
    let nodes = data["workers"]["nodes"].as_array().expect("workers");
    let away = nodes.iter().filter(|it| !it["lastLeave"].is_null());
    assert_eq!(away.count(), 5);
    assert_eq!(nodes[0]["lastLeave"]["startsOn"], "2026-06-01");
    assert_eq!(nodes[0]["leaves"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn leave_ends_with_the_service() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let office = &bureau.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2024-01-01").await;
    let mut leaves = Vec::new();
    for (from, to) in [
        ("2026-03-02", "2026-03-06"),
        ("2026-06-01", "2026-06-12"),
        ("2026-08-03", "2026-08-07"),
    ] {
        let asked = bureau.request(&worker, from, to).await;
        leaves.push(bureau.approve(&asked).await);
    }
    leaves.push(bureau.request(&worker, "2026-06-29", "2026-07-03").await);
    // A duty besides that ends is not the end of the service.
    let besides = with(
        &office.posting("F-A2", "MW", "2025-01-01"),
        &[("isPrimary", json!(false))],
    );
    let post = json!({ "worker": worker["id"], "posting": besides });
    office.change("postWorker", post).await;
    let posted = office.worker(&worker["id"], None).await;
    let mut duties = posted["postings"].as_array().expect("postings").iter();
    let duty = duties.find(|it| it["isPrimary"] == false).expect("a duty");
    let end = json!({ "posting": duty["id"], "endsOn": "2026-02-28", "reason": "transfer" });
    office.change("endPosting", end).await;
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 20, 5]);

    let exit = json!({ "worker": worker["id"], "on": "2026-06-03", "reason": "resignation" });
    office.change("recordExit", exit).await;
    let query = "query($worker: ID!) { leaves(first: 9, filter: { worker: $worker }) {
        nodes { id startsOn endsOn status version } } }";
    let variables = json!({ "worker": worker["id"] });
    let data = office.manager.data(query, variables).await;
    let told: Vec<String> = (data["leaves"]["nodes"].as_array().expect("leaves").iter())
        .map(|it| {
            ["startsOn", "endsOn", "status", "version"]
                .map(|part| it[part].to_string())
                .join(" ")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "2026-06-29" "2026-07-03" "CANCELLED" 2
    "2026-08-03" "2026-08-07" "CANCELLED" 3
    "2026-06-01" "2026-06-03" "APPROVED" 3
    "2026-03-02" "2026-03-06" "APPROVED" 2
    "#);
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 8, 17]);
    assert_eq!(
        listed(&bureau.clerk, json!({ "on": "2026-06-04" })).await,
        [""; 0]
    );
    let again = turn(&leaves[3]);
    let payload = ask(&office.manager, "approveLeave", again).await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);

    // So it is when the last posting ends for whatever reason.
    let other = office.register("Keita", "F-A1", "MW", "2024-01-01").await;
    let asked = bureau.request(&other, "2026-06-01", "2026-06-12").await;
    bureau.approve(&asked).await;
    let end =
        json!({ "posting": other["posting"]["id"], "endsOn": "2026-06-03", "reason": "transfer" });
    office.change("endPosting", end).await;
    assert_eq!(bureau.balance(&other, 2026).await, [20, 5, 3, 22]);
}

#[tokio::test]
async fn leave_ends_with_a_service_that_a_table_ends() {
    let world = World::new().await;
    let bureau = Bureau::open(&world).await;
    let office = &bureau.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2024-01-01").await;
    for (from, to) in [("2026-06-01", "2026-06-12"), ("2026-08-03", "2026-08-07")] {
        let asked = bureau.request(&worker, from, to).await;
        bureau.approve(&asked).await;
    }
    let row = |facility: &str, from: &str, end: &str| {
        let id = worker["id"].as_str().expect("an id");
        format!(
            "worker_id,facility,cadre,starts_on,ends_on,end_reason\n{id},{facility},MW,{from},{end}\n"
        )
    };
    // Somebody who moves serves on.
    let moved = row("F-A2", "2025-01-01", ",");
    let payload = import(&office.manager, moved.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 1, 0, 0], "{payload:#}");
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 15, 10]);
    let gone = row("F-A2", "2025-01-01", "2026-06-03,resignation");
    let rehearsed = import(&office.manager, gone.as_bytes(), json!({ "dryRun": true })).await;
    assert_eq!(counts(&rehearsed), [0, 1, 0, 0], "{rehearsed:#}");
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 15, 10]);
    let payload = import(&office.manager, gone.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 1, 0, 0], "{payload:#}");
    assert_eq!(bureau.balance(&worker, 2026).await, [20, 5, 3, 22]);
    let payload = import(&office.manager, gone.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [0, 0, 1, 0], "{payload:#}");
}
