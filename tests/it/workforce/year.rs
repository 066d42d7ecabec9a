//! A year of life for two thousand people, replayed: on any day, every list and every count is what a plain model says.

mod lives;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use kada::auth::Role;
use kada::kernel::{Date, Id, WorkerId};
use serde_json::{Value, json};

use self::lives::{Country, Duty, Event, FACILITIES, HEALTH, Life, SOCIAL, Standing, TERMS};
use super::office::{Office, text};
use super::offline::item;
use crate::support::world::{Caller, World};

/// Days away of one kind.
type Spans = fn(&Life) -> &[lives::Span];

const PEOPLE: usize = 2_000;
const DAYS: usize = 200;

#[tokio::test]
async fn load_a_year_of_two_thousand_lives_is_what_a_plain_model_says() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let mut country = Country::new(PEOPLE, 20_261_123);
    for people in country.lives.chunks(500) {
        let items = people.iter().map(|it| registered(&office, it));
        send(&office.manager, &items.collect::<Vec<_>>()).await;
    }
    let mut kinds = BTreeMap::new();
    for month in 1..=12 {
        let events = country.month(month);
        for (_, event) in &events {
            let name = format!("{event:?}");
            let name = name.split([' ', '(']).next().unwrap_or_default().to_owned();
            *kinds.entry(name).or_insert(0) += 1;
        }
        replay(&office, month, &events).await;
    }
    assert!(
        kinds.len() == 7 && kinds.values().all(|it| *it > 50),
        "{kinds:?}"
    );
    let (mut listed, mut away) = (0, 0);
    for _ in 0..DAYS {
        let day = country.some_day();
        let place = country.choose(&FACILITIES);
        let cadre = country.choose(&[&HEALTH[..], &SOCIAL[..]].concat());
        let terms = country.choose(&TERMS);
        counted(&office.manager, &country.lives, day).await;
        listed += lists(&office.manager, &country.lives, day, (place, cadre, terms)).await;
        away += absent(&office.manager, &country.lives, day).await;
        let some = country.choose(&(0..PEOPLE).collect::<Vec<_>>());
        career(&office.manager, &country.lives[some], day).await;
    }
    assert!(listed > 5_000 && away > 1_000, "{listed} {away}");
}

fn registered(office: &Office<'_>, life: &Life) -> Value {
    let person = json!({
        "id": life.id.encode(), "familyName": life.name, "sex": if life.is_female { "FEMALE" } else { "MALE" },
        "posting": posting(office, &life.duties[0]),
    });
    item(
        &format!("register-{}", life.name),
        &[],
        "registerWorker",
        person,
    )
}

fn posting(office: &Office<'_>, duty: &Duty) -> Value {
    json!({
        "id": duty.id.encode(), "facility": office.id(duty.facility), "cadre": office.id(duty.cadre),
        "employmentType": duty.terms, "startsOn": duty.span.from, "isPrimary": duty.is_primary,
        "kind": if duty.is_primary { "SUBSTANTIVE" } else { "ACTING" },
    })
}

/// Sends a batch, all of which is done.
async fn send(caller: &Caller<'_>, items: &[Value]) {
    const BATCH: &str =
        "mutation($items: [BatchItemInput!]!) { submitBatch(input: { items: $items }) {
        outcomes { key state errors { errorCode path } } } }";
    let data = caller.data(BATCH, json!({ "items": items })).await;
    let outcomes = data["submitBatch"]["outcomes"]
        .as_array()
        .expect("outcomes");
    for (outcome, item) in outcomes.iter().zip(items) {
        assert_eq!(outcome["state"], "DONE", "{outcome} {item}");
    }
}

/// What a batch takes goes as one; the rest one by one, some at a time.
async fn replay(office: &Office<'_>, month: u32, events: &[(WorkerId, Event)]) {
    let mut batch = Vec::new();
    let mut single = Vec::new();
    for (at, (worker, event)) in events.iter().enumerate() {
        let id = worker.encode();
        let mut batched = |mutation, input| {
            batch.push(item(&format!("event-{month}-{at}"), &[], mutation, input));
        };
        match event {
            Event::Transfer { to, on } => {
                let input = json!({ "worker": id, "to": office.id(to), "on": on });
                batched("transferWorker", input);
            }
            Event::Post(duty) => {
                let input = json!({ "worker": id, "posting": posting(office, duty) });
                batched("postWorker", input);
            }
            Event::End { duty, on } => {
                let input = json!({ "posting": duty.encode(), "endsOn": on, "reason": "transfer" });
                batched("endPosting", input);
            }
            Event::Promote { cadre, on } => {
                let input = json!({ "worker": id, "cadre": office.id(cadre), "on": on });
                single.push(("promoteWorker", input));
            }
            Event::Exit { on, reason } => {
                let input = json!({ "worker": id, "on": on, "reason": reason });
                single.push(("recordExit", input));
            }
            Event::Leave(span) => {
                let input = json!({
                    "worker": id, "leaveType": "sick", "startsOn": span.from, "endsOn": span.to,
                });
                single.push(("requestLeave", input));
            }
            Event::Suspend(span) => {
                let entry = json!({ "suspension": { "reason": "Enquête", "withPay": false } });
                let input = json!({
                    "worker": id, "startsOn": span.from, "endsOn": span.to, "entry": entry,
                });
                single.push(("recordServiceEntry", input));
            }
        }
    }
    send(&office.manager, &batch).await;
    stream::iter(single)
        .map(|(mutation, input)| alone(office, mutation, input))
        .buffer_unordered(4)
        .collect::<()>()
        .await;
}

/// One mutation that nothing refuses; leave is approved by somebody else at once.
async fn alone(office: &Office<'_>, mutation: &str, input: Value) {
    let clerk = office.country.caller(Role::DataClerk);
    let is_leave = mutation == "requestLeave";
    let caller = if is_leave { &clerk } else { &office.manager };
    let changed = if is_leave { "leave { id version }" } else { "" };
    let payload = ask(caller, mutation, &input, changed).await;
    if is_leave {
        let leave = &payload["leave"];
        let turn = json!({ "leave": leave["id"], "baseVersion": leave["version"] });
        ask(&office.manager, "approveLeave", &turn, "").await;
    }
}

async fn ask(caller: &Caller<'_>, mutation: &str, input: &Value, changed: &str) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            {changed} errors {{ errorCode path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    assert_eq!(data["answer"]["errors"], json!([]), "{mutation} {input}");
    data["answer"].take()
}

/// The people in post, each once: by district, cadre, sex and terms.
async fn counted(caller: &Caller<'_>, lives: &[Life], day: Date) {
    let query = "query($day: Date) { headcount(asOf: $day, groupBy: [
        {by: ORG_UNIT, level: 2}, {by: CADRE}, {by: SEX}, {by: EMPLOYMENT_TYPE}
    ]) { total rows { count keys { code } } } }";
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for life in lives {
        if let Some(duty) = life.primary_on(day) {
            let district = format!("{}-{}", &duty.facility[2..3], &duty.facility[3..]);
            let sex = if life.is_female { "female" } else { "male" };
            let key = format!("{district} {} {sex} {}", duty.cadre, duty.terms);
            *expected.entry(key).or_default() += 1;
        }
    }
    let data = caller.data(query, json!({ "day": day })).await;
    let rows = data["headcount"]["rows"].as_array().expect("rows").iter();
    let told = rows.map(|row| {
        let keys = row["keys"].as_array().expect("keys").iter();
        let codes: Vec<String> = keys.map(|it| text(&it["code"])).collect();
        (
            codes.join(" ").to_lowercase(),
            row["count"].as_u64().unwrap_or_default(),
        )
    });
    let expected: BTreeMap<String, u64> = (expected.into_iter())
        .map(|(key, count)| (key.to_lowercase(), count))
        .collect();
    assert_eq!(told.collect::<BTreeMap<_, _>>(), expected, "{day}");
    assert_eq!(
        data["headcount"]["total"].as_u64(),
        Some(expected.values().sum())
    );
}

/// How many there are by status and by each condition, and who holds such a duty at a place; how many the last are.
async fn lists(
    caller: &Caller<'_>,
    lives: &[Life],
    day: Date,
    (place, cadre, terms): (&str, &str, &str),
) -> usize {
    const QUERY: &str = "query($day: Date, $place: String!, $cadre: String!, $terms: String!, $after: String) {
        active: workers(asOf: $day, first: 1, filter: {status: ACTIVE}) { totalCount }
        former: workers(asOf: $day, first: 1, filter: {status: FORMER}) { totalCount }
        unposted: workers(asOf: $day, first: 1, filter: {status: UNPOSTED}) { totalCount }
        place: workers(asOf: $day, first: 1, filter: {facilityCodes: [$place]}) { totalCount }
        cadre: workers(asOf: $day, first: 1, filter: {cadreCode: $cadre, sex: FEMALE}) { totalCount }
        terms: workers(asOf: $day, first: 1, filter: {employmentTypes: [$terms], status: ACTIVE}) { totalCount }
        these: workers(asOf: $day, first: 100, after: $after, filter: {facilityCodes: [$place], cadreCode: $cadre}) {
            totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut found, mut after) = (BTreeSet::new(), Value::Null);
    let data = loop {
        let variables = json!({
            "day": day, "place": place, "cadre": cadre, "terms": terms, "after": after,
        });
        let mut data = caller.data(QUERY, variables).await;
        let nodes = data["these"]["nodes"].as_array().expect("nodes");
        found.extend(nodes.iter().map(|it| text(&it["id"])));
        after = data["these"]["pageInfo"]["endCursor"].take();
        if data["these"]["pageInfo"]["hasNextPage"] == false {
            break data;
        }
    };
    let holds = |life: &Life, wanted: &dyn Fn(&Duty) -> bool| life.duties_on(day).any(wanted);
    let total =
        |wanted: &dyn Fn(&Life) -> bool| json!(lives.iter().filter(|it| wanted(it)).count());
    let standing = |standing| total(&|it| it.standing_on(day) == standing);
    let expected = [
        ("active", standing(Standing::Active)),
        ("former", standing(Standing::Former)),
        ("unposted", standing(Standing::Unposted)),
        (
            "place",
            total(&|it| holds(it, &|duty| duty.facility == place)),
        ),
        (
            "cadre",
            total(&|it| it.is_female && holds(it, &|duty| duty.cadre == cadre)),
        ),
        ("terms", total(&|it| holds(it, &|duty| duty.terms == terms))),
    ];
    for (name, expected) in expected {
        let told = &data[name]["totalCount"];
        assert_eq!(told, &expected, "{name} {day} {place} {cadre} {terms}");
    }
    let these = |duty: &Duty| duty.facility == place && duty.cadre == cadre;
    let expected = lives.iter().filter(|it| holds(it, &these));
    let expected: BTreeSet<String> = expected.map(|it| it.id.encode()).collect();
    assert_eq!(found, expected, "{day} {place} {cadre}");
    assert_eq!(data["these"]["totalCount"], expected.len());
    expected.len()
}

/// Who is on leave and who is suspended.
async fn absent(caller: &Caller<'_>, lives: &[Life], day: Date) -> usize {
    let query = "query($day: Date!) {
        leaves(first: 100, filter: {on: $day, statuses: [APPROVED]}) { totalCount nodes { worker { id } } }
        serviceEntries(first: 100, filter: {on: $day, kinds: [SUSPENSION]}) { totalCount nodes { worker { id } } } }";
    let data = caller.data(query, json!({ "day": day })).await;
    let mut seen = 0;
    let spans: [(&str, Spans); 2] = [
        ("leaves", |it| &it.leaves),
        ("serviceEntries", |it| &it.suspensions),
    ];
    for (list, spans) in spans {
        let away = |it: &&Life| spans(it).iter().any(|span| span.holds_on(day));
        let away = lives.iter().filter(away);
        let expected: BTreeSet<String> = away.map(|it| it.id.encode()).collect();
        let nodes = data[list]["nodes"].as_array().expect("nodes").iter();
        let told: BTreeSet<String> = nodes.map(|it| text(&it["worker"]["id"])).collect();
        assert_eq!(data[list]["totalCount"], expected.len(), "{list} {day}");
        assert_eq!(told, expected, "{list} {day}");
        seen += told.len();
    }
    seen
}

/// What one record says of a day, and of all of its days.
async fn career(caller: &Caller<'_>, life: &Life, day: Date) {
    let query = "query($id: ID!, $day: Date) { worker(by: {id: $id}, asOf: $day) { status
        posting { facility { code } cadre { code } employmentType { code } startsOn }
        postings { facility { code } cadre { code } isPrimary startsOn endsOn } } }";
    let data = caller
        .data(query, json!({ "id": life.id.encode(), "day": day }))
        .await;
    let told = &data["worker"];
    let status = format!("{:?}", life.standing_on(day)).to_uppercase();
    assert_eq!(told["status"], status, "{} {day}", life.name);
    let expected = life.primary_on(day).map(|it| {
        json!({
            "facility": { "code": it.facility }, "cadre": { "code": it.cadre },
            "employmentType": { "code": it.terms }, "startsOn": it.span.from,
        })
    });
    assert_eq!(told["posting"], json!(expected), "{} {day}", life.name);
    let mut expected: Vec<Value> = (life.duties.iter())
        .map(|it| {
            json!({
                "facility": { "code": it.facility }, "cadre": { "code": it.cadre },
                "isPrimary": it.is_primary, "startsOn": it.span.from, "endsOn": it.span.to,
            })
        })
        .collect();
    let mut told = told["postings"].as_array().expect("postings").clone();
    for list in [&mut expected, &mut told] {
        list.sort_by_key(Value::to_string);
    }
    assert_eq!(told, expected, "{}", life.name);
}
