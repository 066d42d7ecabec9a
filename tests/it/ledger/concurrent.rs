//! Eight writers at once, and a client that keeps a copy of the register by following the feed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{Days, NaiveDate};
use futures_util::future::join_all;
use kada::auth::Role;
use serde_json::{Value, json};

use super::{change, head, verdict};
use crate::support::world::{TestCountry, World};

const WRITERS: usize = 8;
const STEPS: usize = 16;

/// What writers who meet over one record may be told.
const COLLISIONS: [&str; 6] = [
    "STALE",
    "NOT_POSTED",
    "SAME_FACILITY",
    "BEFORE_POSTING",
    "ALREADY_ENDED",
    "OVERLAPS",
];

/// How often each verb was done.
type Tally = BTreeMap<String, usize>;

/// What the writers share.
struct Desk<'a> {
    country: &'a TestCountry<'a>,
    facilities: Vec<String>,
    cadres: Vec<String>,
    workers: Mutex<Vec<String>>,
    closed: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_of_eight_writers_ends_with_what_a_fresh_read_gives() {
    let world = World::new().await;
    let country = world.country().await;
    let before = head(&country).await;
    let desk = Desk::open(&country).await;
    let writers = async {
        let tallies = join_all((0..WRITERS).map(|writer| desk.write(writer))).await;
        desk.closed.store(true, Ordering::SeqCst);
        tallies
    };
    let (tallies, (copy, followed)) = tokio::join!(writers, desk.follow());

    let mut acknowledged = Tally::new();
    for (verb, times) in tallies.into_iter().flatten() {
        *acknowledged.entry(verb).or_default() += times;
    }
    for verb in ["register", "correct", "transfer", "end_posting"] {
        assert!(acknowledged.contains_key(verb), "{acknowledged:?}");
    }
    assert_eq!(followed, acknowledged, "a row for each acknowledged write");
    let written: usize = acknowledged.values().sum();
    let rows = before + i64::try_from(written).expect("few");
    assert_eq!(verdict(&country).await, Ok(rows));
    assert_eq!(copy.tidy(), fresh(&country).await);
}

impl<'a> Desk<'a> {
    async fn open(country: &'a TestCountry<'a>) -> Self {
        let mut desk = Self {
            country,
            facilities: Vec::new(),
            cadres: Vec::new(),
            workers: Mutex::default(),
            closed: AtomicBool::new(false),
        };
        for code in ["F-A1", "F-A2", "H-A1", "F-B1"] {
            desk.facilities.push(country.id("facility", code).await);
        }
        for code in ["MW", "NUR", "DOC"] {
            desk.cadres.push(country.id("cadre", code).await);
        }
        desk
    }

    /// Somebody on the register, mostly one whom other writers pick, too.
    fn pick(&self, turn: usize) -> String {
        let workers = self.workers.lock().expect("no writer panicked");
        workers[turn % workers.len()].clone()
    }

    async fn write(&self, writer: usize) -> Tally {
        let manager = self.country.caller(Role::HrManager);
        let mut done = Tally::new();
        for step in 0..STEPS {
            let turn = step * WRITERS + writer;
            let (verb, mutation, input) = match step % 4 {
                0 => ("register", "registerWorker", self.registration(turn)),
                1 => (
                    "correct",
                    "correctWorker",
                    self.correction(turn, self.pick(turn)).await,
                ),
                2 => (
                    "transfer",
                    "transferWorker",
                    self.transfer(turn, &self.pick(turn / 2)),
                ),
                _ => match self.ending(turn, &self.pick(turn / 3)).await {
                    Some(ending) => ("end_posting", "endPosting", ending),
                    None => continue,
                },
            };
            let payload = change(&manager, mutation, input).await;
            match payload["errors"][0]["errorCode"].as_str() {
                Some(code) => assert!(COLLISIONS.contains(&code), "{mutation}: {code}"),
                None => *done.entry(verb.to_owned()).or_default() += 1,
            }
            if verb == "register" {
                let id = payload["worker"]["id"].as_str().expect("an id").to_owned();
                let mut workers = self.workers.lock().expect("no writer panicked");
                workers.push(id);
            }
        }
        done
    }

    fn registration(&self, turn: usize) -> Value {
        json!({
            "familyName": format!("Keïta {}", turn % 7), "givenNames": "Awa", "sex": "FEMALE",
            "birthDate": turn.is_multiple_of(2).then_some("1979-03-02"),
            "identifiers": [{ "type": "matricule", "value": format!("M-{turn:04}") }],
            "contacts": [{ "kind": "EMAIL", "value": format!("awa{turn}@sante.example"), "preferred": true }],
            "posting": {
                "facility": self.facilities[turn % self.facilities.len()],
                "cadre": self.cadres[turn % self.cadres.len()],
                "employmentType": "permanent", "startsOn": "2020-01-01",
            },
        })
    }

    async fn correction(&self, turn: usize, worker: String) -> Value {
        let viewer = self.country.caller(Role::Viewer);
        let query = "query($id: ID!) { worker(by: {id: $id}) { version } }";
        let data = viewer.data(query, json!({ "id": worker })).await;
        let contact = |kind: &str, value: String| json!({ "kind": kind, "value": value });
        json!({
            "worker": worker, "baseVersion": data["worker"]["version"],
            "familyName": format!("N'Diaye {turn}"), "birthDate": null,
            "contacts": [
                contact("PHONE", format!("70 12 {:02} {:02}", turn / 100, turn % 100)),
                contact("EMAIL", format!("n{turn}@sante.example")),
            ],
        })
    }

    fn transfer(&self, turn: usize, worker: &str) -> Value {
        json!({
            "worker": worker, "on": day(turn), "employmentType": "contract",
            "to": self.facilities[(turn / 3) % self.facilities.len()],
            "cadre": self.cadres[(turn / 5) % self.cadres.len()],
        })
    }

    /// Ends the posting that somebody holds, if they still hold one.
    async fn ending(&self, turn: usize, worker: &str) -> Option<Value> {
        let viewer = self.country.caller(Role::Viewer);
        let query = "query($id: ID!) { worker(by: {id: $id}) { posting { id } } }";
        let data = viewer.data(query, json!({ "id": worker })).await;
        let posting = data["worker"]["posting"]["id"].as_str()?;
        Some(json!({ "posting": posting, "endsOn": day(turn + 400), "reason": "retirement" }))
    }

    /// Follows the feed from its beginning until the writers have gone; the copy, and the verbs seen.
    async fn follow(&self) -> (Copy, Tally) {
        let manager = self.country.caller(Role::HrManager);
        let query = "query($after: String) { changes(first: 7, after: $after) {
            edges { cursor node { seq verb workerId tombstone content } } } }";
        let (mut copy, mut seen) = (Copy::default(), Tally::new());
        let (mut after, mut last) = (Value::Null, 0);
        loop {
            let closed = self.closed.load(Ordering::SeqCst);
            let mut data = manager.data(query, json!({ "after": after })).await;
            let page = data["changes"]["edges"].take();
            let page = page.as_array().expect("edges");
            for edge in page {
                let row = &edge["node"];
                let seq = row["seq"].as_i64().expect("a number");
                assert_eq!(seq, last + 1, "no row is missing and none comes late");
                last = seq;
                after = edge["cursor"].clone();
                assert_eq!(row["tombstone"], false);
                if let Some(worker) = row["workerId"].as_str() {
                    *seen.entry(text(&row["verb"])).or_default() += 1;
                    copy.apply(worker, &row["content"]);
                }
            }
            if page.is_empty() && closed {
                return (copy, seen);
            }
            if page.is_empty() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }
}

fn day(turn: usize) -> NaiveDate {
    let start: NaiveDate = "2020-06-01".parse().expect("a date");
    start + Days::new(turn as u64)
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Records as a client keeps them: version and fields by name.
#[derive(Debug, Default, PartialEq)]
struct Copy(BTreeMap<String, (i64, BTreeMap<String, Value>)>);

impl Copy {
    /// Every change continues the version before it, field by field.
    fn apply(&mut self, worker: &str, content: &Value) {
        let (version, fields) = self.0.entry(worker.to_owned()).or_default();
        assert_eq!(content["version"], *version + 1, "{worker}");
        *version += 1;
        let changed = content["fields"].as_object().expect("fields");
        for (name, values) in changed {
            let known = fields.get(name).unwrap_or(&Value::Null);
            let empty_list = known.is_null() && values["from"] == json!([]);
            assert!(*known == values["from"] || empty_list, "{worker}: {name}");
            fields.insert(name.clone(), values["to"].clone());
        }
    }

    fn put(&mut self, worker: &Value) {
        let mut fields = BTreeMap::new();
        let mut field = |name: &str, value: Value| {
            if !value.is_null() && value != json!([]) {
                fields.insert(name.to_owned(), value);
            }
        };
        field("familyName", worker["familyName"].clone());
        field("givenNames", worker["givenNames"].clone());
        field("sex", json!(text(&worker["sex"]).to_lowercase()));
        field("birthDate", worker["birthDate"].clone());
        let identifiers = worker["identifiers"].as_array().expect("a list").iter();
        let identifiers =
            identifiers.map(|it| json!({ "type": it["type"]["code"], "value": it["value"] }));
        field("identifiers", identifiers.collect());
        let contacts = worker["contacts"].as_array().expect("a list").iter();
        let contacts = contacts.map(|it| {
            json!({
                "kind": text(&it["kind"]).to_lowercase(), "value": it["value"],
                "preferred": it["preferred"],
            })
        });
        field("contacts", contacts.collect());
        for it in worker["postings"].as_array().expect("a list") {
            let posting = json!({
                "facility": it["facility"]["id"], "cadre": it["cadre"]["id"],
                "employmentType": it["employmentType"]["code"], "isPrimary": it["isPrimary"],
                "startsOn": it["startsOn"], "endsOn": it["endsOn"],
                "endReason": it["endReason"]["code"], "supervisor": it["supervisor"]["id"],
            });
            field(&format!("postings.{}", text(&it["id"])), posting);
        }
        let version = worker["version"].as_i64().expect("a number");
        self.0.insert(text(&worker["id"]), (version, fields));
    }

    /// A field that became unknown again is as good as never known.
    fn tidy(mut self) -> Self {
        for (_, fields) in self.0.values_mut() {
            fields.retain(|_, value| !value.is_null() && *value != json!([]));
        }
        self
    }
}

/// All workers, read anew.
async fn fresh(country: &TestCountry<'_>) -> Copy {
    let manager = country.caller(Role::HrManager);
    let query = "query($after: String) { workers(first: 50, after: $after) {
        nodes {
            id version familyName givenNames sex birthDate
            identifiers { type { code } value } contacts { kind value preferred }
            postings {
                id facility { id } cadre { id } employmentType { code } isPrimary startsOn endsOn
                endReason { code } supervisor { id }
            }
        }
        pageInfo { endCursor hasNextPage }
    } }";
    let (mut copy, mut after) = (Copy::default(), Value::Null);
    loop {
        let data = manager.data(query, json!({ "after": after })).await;
        let page = &data["workers"];
        for worker in page["nodes"].as_array().expect("nodes") {
            copy.put(worker);
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return copy;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
