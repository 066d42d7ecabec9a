//! The neighbour's values, in every place, as every role: the same answer as for a value that nothing has.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use kada::auth::Role;
use kada::cli::apply;
use kada::cli::folder::Folder;
use kada::kernel::{Id, WorkerId};
use kada::places::{FacilityRow, PlacesConfiguration, Setting};
use regex::Regex;
use serde_json::{Value, json};

use super::calls::{Fill, Kind, Schema, Slot, definition};
use crate::establishment::desk::Establishment;
use crate::forms::desk::Desk;
use crate::support::world::{Caller, TestCountry, World};

/// What a caller may name in a country, by kind; cursors by field.
#[derive(Clone, Default)]
pub struct Values {
    of: BTreeMap<Kind, String>,
    cursors: BTreeMap<String, String>,
}

impl Values {
    pub fn set(&mut self, kind: Kind, value: impl Into<String>) {
        self.of.insert(kind, value.into());
    }

    pub fn get(&self, slot: &Slot) -> String {
        self.own(
            &slot.field,
            slot.kind.expect("a place that names something"),
        )
    }
}

impl Fill for Values {
    fn own(&self, field: &str, kind: Kind) -> String {
        let value = match kind {
            Kind::Cursor => self.cursors.get(field),
            kind => self.of.get(&kind),
        };
        value
            .unwrap_or_else(|| panic!("{field} needs a {kind:?}"))
            .clone()
    }
}

/// Well-formed values that nothing has, in no country.
pub fn absent(own: &Values) -> Values {
    let hex = "01900000000070008000000000000abc";
    let mut values = Values::default();
    values.set(Kind::Worker, format!("wkr_{hex}"));
    values.set(Kind::Posting, format!("pst_{hex}"));
    values.set(Kind::Facility, format!("fac_{hex}"));
    values.set(Kind::OrgUnit, format!("unit_{hex}"));
    values.set(Kind::Cadre, format!("cdr_{hex}"));
    values.set(Kind::Form, format!("frm_{hex}"));
    values.set(Kind::Submission, format!("sub_{hex}"));
    values.set(Kind::FormCode, "q-form");
    values.set(Kind::Mapping, format!("map_{hex}"));
    values.set(Kind::Post, format!("post_{hex}"));
    values.set(Kind::PostCode, "Q-POST");
    values.set(Kind::Norm, format!("norm_{hex}"));
    values.set(Kind::FacilityCode, "F-Q1");
    values.set(Kind::OrgUnitCode, "Q-1");
    values.set(Kind::CadreCode, "QN");
    values.set(Kind::FacilityType, "QC");
    values.set(Kind::Ownership, "QWN");
    values.set(Kind::EmploymentType, "qterms");
    values.set(Kind::Reason, "qreason");
    values.set(Kind::IdentifierType, "qnumber");
    values.set(Kind::Identifier, "QQ-1");
    // A cursor that somebody has tampered with.
    for (field, cursor) in &own.cursors {
        let last = if cursor.ends_with('A') { "B" } else { "A" };
        let cursor = format!("{}{last}", &cursor[..cursor.len() - 1]);
        values.cursors.insert(field.clone(), cursor);
    }
    values
}

/// What is in a country, beginning with codes: unit, facility, cadre, type, ownership, terms, reason, identifier type.
pub async fn values(country: &TestCountry<'_>, codes: [&str; 8], number: &str) -> Values {
    let [
        unit,
        facility,
        cadre,
        kind,
        ownership,
        terms,
        reason,
        number_type,
    ] = codes;
    let mut values = Values::default();
    values.set(Kind::OrgUnit, country.id("orgUnit", unit).await);
    values.set(Kind::Facility, country.id("facility", facility).await);
    values.set(Kind::Cadre, country.id("cadre", cadre).await);
    values.set(Kind::OrgUnitCode, unit);
    values.set(Kind::FacilityCode, facility);
    values.set(Kind::CadreCode, cadre);
    values.set(Kind::FacilityType, kind);
    values.set(Kind::Ownership, ownership);
    values.set(Kind::EmploymentType, terms);
    values.set(Kind::Reason, reason);
    values.set(Kind::IdentifierType, number_type);
    values.set(Kind::Identifier, number);
    values.set(Kind::NewIdentifier, number);
    values.set(Kind::Mapping, mapped(country, &values).await);
    let (worker, posting) = someone(country, &values, &[number.to_owned()]).await;
    values.set(Kind::Worker, worker);
    values.set(Kind::Posting, posting.clone());
    let code = format!("P-OF-{}", country.code);
    let (post, norm) = establish(country, &values, &code).await;
    let desk = Establishment::of(country);
    desk.make("assignPost", json!({ "post": post, "posting": posting }))
        .await;
    values.set(Kind::Post, post);
    values.set(Kind::PostCode, code);
    values.set(Kind::Norm, norm);
    let code = format!("form-of-{}", country.code);
    let desk = Desk::of(country);
    desk.publish(&code, "WORKER", &definition()).await;
    let form = desk.draft(&code, "WORKER", &definition()).await;
    values.set(Kind::Form, form["id"].as_str().unwrap_or_default());
    values.set(Kind::FormCode, code);
    let answered = desk
        .answer(
            &form["id"],
            &json!({ "worker": values.own("", Kind::Worker) }),
        )
        .await;
    values.set(
        Kind::Submission,
        answered["id"].as_str().unwrap_or_default(),
    );
    values
}

/// Opens a post at the facility and under the cadre of `values`, and sets norms for the facility and for its type; the post,
/// and the first norm.
async fn establish(country: &TestCountry<'_>, values: &Values, code: &str) -> (String, String) {
    let own = |kind| values.own("", kind);
    let desk = Establishment::of(country);
    let open = json!({ "code": code, "facility": own(Kind::Facility), "cadre": own(Kind::Cadre), "from": "2019-01-01" });
    let post = desk.make("openPost", open).await;
    let norm = |target: Value| json!({ "cadre": own(Kind::Cadre), "target": target, "minimum": 1000, "from": "2019-01-01" });
    let of_facility = json!({ "facility": own(Kind::Facility) });
    let norm_of_facility = desk.make("saveStaffingNorm", norm(of_facility)).await;
    // The second post of a country finds the norm of the type there.
    let of_type = json!({ "facilityType": { "code": own(Kind::FacilityType) } });
    desk.ask("saveStaffingNorm", norm(of_type)).await;
    let id = |of: &Value| of["id"].as_str().expect("an id").to_owned();
    (id(&post), id(&norm_of_facility))
}

/// Proposes what the cadre of `values` is.
async fn mapped(country: &TestCountry<'_>, values: &Values) -> String {
    let query = "mutation($input: ProposeCadreMappingInput!) {
        proposeCadreMapping(input: $input) { mapping { id } errors { errorCode } } }";
    let input = json!({
        "cadre": values.own("", Kind::Cadre), "edition": "isco-08", "from": "2019-01-01",
        "targets": [{ "code": "2222", "relation": "EQUAL" }],
    });
    let admin = country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": input })).await;
    let mapping = data["proposeCadreMapping"]["mapping"]["id"].as_str();
    mapping.unwrap_or_else(|| panic!("{data}")).to_owned()
}

/// Registers somebody at the facility, under the cadre and on the terms of `values`.
pub async fn someone(
    country: &TestCountry<'_>,
    values: &Values,
    numbers: &[String],
) -> (String, String) {
    let own = |kind| values.own("", kind);
    let numbers: Vec<Value> = (numbers.iter())
        .map(|value| json!({ "type": own(Kind::IdentifierType), "value": value }))
        .collect();
    let input = json!({
        "familyName": "Traoré", "givenNames": "Awa", "sex": "FEMALE", "identifiers": numbers,
        "posting": {
            "facility": own(Kind::Facility), "cadre": own(Kind::Cadre),
            "employmentType": own(Kind::EmploymentType), "startsOn": "2020-01-01",
        },
    });
    let query = "mutation($input: RegisterWorkerInput!) { registerWorker(input: $input) {
        worker { id posting { id } } errors { errorCode path } } }";
    let manager = country.caller(Role::HrManager);
    let data = manager.data(query, json!({ "input": input })).await;
    let worker = &data["registerWorker"]["worker"];
    let text = |value: &Value| {
        value
            .as_str()
            .unwrap_or_else(|| panic!("{data}"))
            .to_owned()
    };
    (text(&worker["id"]), text(&worker["posting"]["id"]))
}

/// The first cursor of every list that has one.
async fn cursors(country: &TestCountry<'_>, schema: &Schema, values: &mut Values) {
    for slot in schema
        .slots()
        .iter()
        .filter(|it| it.kind == Some(Kind::Cursor))
    {
        let query = format!(
            "{{ {}(first: 1) {{ pageInfo {{ endCursor }} }} }}",
            slot.field
        );
        let data = country
            .caller(Role::HrManager)
            .data(&query, json!({}))
            .await;
        let cursor = data[&slot.field]["pageInfo"]["endCursor"].as_str();
        let cursor = cursor.unwrap_or_else(|| panic!("{}: {data}", slot.field));
        values.cursors.insert(slot.field.clone(), cursor.to_owned());
    }
}

/// A country that has what the other one has not.
async fn neighbour<'a>(
    world: &'a World,
    mut country: TestCountry<'a>,
) -> (TestCountry<'a>, Values) {
    let directory = tempfile::tempdir().expect("a directory");
    let folder = directory.path().join("zz");
    std::fs::create_dir(&folder).expect("a folder");
    let zz = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tenants/zz");
    for file in std::fs::read_dir(&zz).expect("the made-up country") {
        let file = file.expect("a file");
        if file.path().is_file() {
            let mut text = std::fs::read_to_string(file.path()).expect("a text");
            match file.file_name().to_str().expect("a name") {
                "org-units.csv" => {
                    text += "X,1,,Région X,Région,ZZ-9,9,2022,made up,,,made up,I\n\
                    X-1,2,X,Cercle X1,Cercle,,9,2022,made up,,,made up,I\n";
                }
                "cadres.csv" => {
                    text += "XN,G-NUR,Autre,Other nurse,health,professional,2221,made up,I\n";
                }
                "facility-types.csv" => text += "XC,Autre,Other,primary,HP.3,health,made up,I\n",
                "ownership.csv" | "ownerships.csv" => text += "XWN,public,Autre,Other,made up,I\n",
                "code-lists.toml" => {
                    let label = "label = { fr = \"Autre\", en = \"Other\" }";
                    for (list, entry) in [
                        ("employment_type", format!("xterms = {{ {label} }}")),
                        (
                            "departure_reason",
                            format!("xreason = {{ {label}, exit_group = \"voluntary\" }}"),
                        ),
                        ("identifier_type", format!("xnumber = {{ {label} }}")),
                    ] {
                        text = text.replace(&format!("[{list}]"), &format!("[{list}]\n{entry}"));
                    }
                }
                _ => {}
            }
            std::fs::write(folder.join(file.file_name()), text).expect("a copy");
        }
    }
    let isco08 = apply::isco08(&world.database.owner).await.expect("ISCO-08");
    let wanted = apply::read(&Folder::at(&folder), &isco08)
        .expect("the folder is sound")
        .renamed(country.code.clone());
    let (owner, tenants) = (&world.database.owner, &world.database.tenants);
    apply::apply(owner, tenants, &wanted, world.clock.now(), |_| {})
        .await
        .expect("the country is changed");
    country.db = tenants.open(&country.code).await.expect("the country");
    let facility = FacilityRow {
        code: "F-X1".to_owned(),
        name: "Autre".to_owned(),
        type_code: "XC".to_owned(),
        ownership: "XWN".to_owned(),
        unit: "X-1".to_owned(),
        setting: Setting::Rural,
        opened_on: None,
        closed_on: None,
    };
    let wanted = PlacesConfiguration {
        facilities: vec![facility],
        ..PlacesConfiguration::default()
    };
    let at = world.clock.now();
    let day = at.date_naive();
    let written = country
        .db
        .write(async |tx: &mut kada::tenancy::Reader<'_>| {
            let changes = kada::places::configure(tx, &wanted, day).await?;
            apply::record(tx, &changes, at).await
        });
    written.await.expect("a facility");
    let codes = [
        "X", "F-X1", "XN", "XC", "XWN", "xterms", "xreason", "xnumber",
    ];
    let values = values(&country, codes, "XX-1").await;
    (country, values)
}

/// Asks, and forgets what is a new id, the cost and the value itself.
pub async fn answer(world: &World, caller: &Caller<'_>, body: &Value, value: &str) -> String {
    let (status, mut answer) = world.post(Some(&caller.token()), body).await;
    if let Some(fields) = answer.as_object_mut() {
        fields.remove("extensions");
    }
    let code = &answer["errors"][0]["extensions"]["code"];
    assert_ne!(code, "INTERNAL", "{body:#}\n{answer:#}");
    assert_ne!(code, "GRAPHQL_VALIDATION_FAILED", "{body:#}\n{answer:#}");
    let text = format!("{status} {answer}").replace(&json!(value).to_string(), "\"…\"");
    let text = text.replace(value, "…");
    let ids =
        Regex::new("(wkr|pst|frm|sub|cdr|map|fac|unit|post|norm)_[0-9a-f]{32}").expect("a pattern");
    ids.replace_all(&text, "${1}_…").into_owned()
}

/// Numbers that have not been given to anybody by an earlier call.
static TURN: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn the_neighbours_values_answer_like_values_that_nothing_has() {
    let schema = Schema::read();
    let world = World::with(2, |_| {}).await;
    let mut countries = world.countries().await;
    let (there, mut theirs) = neighbour(&world, countries.pop().expect("two")).await;
    let here = countries.pop().expect("two");
    let codes = [
        "A",
        "F-A1",
        "MW",
        "HC",
        "GOV",
        "permanent",
        "resignation",
        "matricule",
    ];
    let mut own = values(&here, codes, "OW-1").await;
    own.set(Kind::Facility, here.id("facility", "F-A2").await);
    establish(&here, &own, "P-A2").await;
    for (code, subject, about) in [
        (
            "of-a-posting",
            "POSTING",
            json!({ "posting": own.own("", Kind::Posting) }),
        ),
        (
            "of-a-facility",
            "FACILITY",
            json!({ "facility": own.own("", Kind::Facility) }),
        ),
    ] {
        let desk = Desk::of(&here);
        let form = desk.publish(code, subject, &definition()).await;
        desk.answer(&form["id"], &about).await;
    }
    cursors(&here, &schema, &mut own).await;
    cursors(&there, &schema, &mut theirs).await;
    let absent = absent(&own);

    // What the neighbour has given to somebody, a number for every call that would give it again.
    let mut numbers = (0..80)
        .map(|n| format!("XX-{}", n + 100))
        .collect::<Vec<_>>();
    for twenty in numbers.chunks(20) {
        let mut as_matricule = theirs.clone();
        as_matricule.set(Kind::IdentifierType, "matricule");
        someone(&there, &as_matricule, twenty).await;
    }

    let person: WorkerId = WorkerId::decode(&own.own("", Kind::Worker)).expect("an id");
    let roles = Role::ALL.into_iter().filter(|role| role.is_tenant_role());
    let mut callers: Vec<(String, Caller<'_>)> = roles
        .map(|role| {
            let caller = here.caller(role);
            let caller = if role == Role::Worker {
                caller.person(person)
            } else {
                caller
            };
            (role.as_str().to_owned(), caller)
        })
        .collect();
    let officer = here.caller(Role::HrOfficer).scope(&["A-1"]);
    callers.push(("hr_officer of A-1".to_owned(), officer));

    let mut slots = schema.slots();
    slots.retain(|it| it.kind.is_some());
    let mut vacuous = Vec::new();
    for slot in &slots {
        let gives = slot.kind == Some(Kind::NewIdentifier);
        for (name, caller) in &callers {
            let (their_value, no_value) = if gives {
                let turn = TURN.fetch_add(1, Ordering::Relaxed);
                (numbers.pop().expect("enough numbers"), format!("QQ-{turn}"))
            } else {
                (theirs.get(slot), absent.get(slot))
            };
            let mut answers = Vec::new();
            for value in [&their_value, &no_value] {
                let mut own = own.clone();
                if gives {
                    let (worker, _) = someone(&here, &own, &[]).await;
                    own.set(Kind::Worker, worker);
                }
                let body = schema.call(slot, value, &own);
                answers.push(answer(&world, caller, &body, value).await);
            }
            assert_eq!(
                answers[0], answers[1],
                "{} {:?} {:?}, as {name}: the neighbour's {their_value} is told from {no_value}",
                slot.field, slot.path, slot.kind
            );
            if name == Role::MinistryAdmin.as_str() {
                vacuous.push((slot, answers.swap_remove(1)));
            }
        }
    }
    // The calls above say something only where a value of one's own is answered differently.
    let manager = here.caller(Role::MinistryAdmin);
    for (slot, unknown) in vacuous {
        let mut own = own.clone();
        if slot.is_mutation {
            let mut at_home = own.clone();
            at_home.set(Kind::Facility, here.id("facility", "F-A1").await);
            let (worker, posting) = someone(&here, &at_home, &[]).await;
            own.set(Kind::Worker, worker);
            own.set(Kind::Posting, posting);
        }
        let value = own.get(slot);
        let body = schema.call(slot, &value, &own);
        let known = answer(&world, &manager, &body, &value).await;
        assert_ne!(
            known, unknown,
            "{} {:?} {:?}: the call does not look at the value; give it what it needs in `companions`",
            slot.field, slot.path, slot.kind
        );
    }
}
