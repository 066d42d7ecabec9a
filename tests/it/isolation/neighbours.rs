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
use crate::credentials::desk::{of, passed, taught};
use crate::establishment::desk::Establishment;
use crate::forms::desk::Desk;
use crate::support::world::{Caller, TestCountry, World};
use crate::workforce::office::{ask, with};

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
    values.set(Kind::Duplicate, format!("dup_{hex}"));
    values.set(Kind::Kept, format!("wkr_{hex}"));
    values.set(Kind::Filed, format!("wkr_{hex}"));
    values.set(Kind::Gone, format!("wkr_{hex}"));
    values.set(Kind::Qualification, format!("qlf_{hex}"));
    values.set(Kind::QualificationLevel, "qlevel");
    values.set(Kind::Registration, format!("reg_{hex}"));
    values.set(Kind::Licence, format!("lic_{hex}"));
    values.set(Kind::LicenceReason, "qreason-of-licence");
    values.set(Kind::Council, "Q council");
    values.set(Kind::Course, format!("crs_{hex}"));
    values.set(Kind::Session, format!("ses_{hex}"));
    values.set(Kind::Attendance, format!("att_{hex}"));
    values.set(Kind::Vetting, format!("vet_{hex}"));
    values.set(Kind::Clearance, "qkind-of-vetting");
    values.set(Kind::Proposal, format!("trf_{hex}"));
    values.set(Kind::Leave, format!("lve_{hex}"));
    values.set(Kind::Conflict, format!("cft_{hex}"));
    values.set(Kind::ChangeRequest, format!("chg_{hex}"));
    values.set(Kind::LeaveType, "qleave");
    values.set(Kind::ServiceEntry, format!("srv_{hex}"));
    values.set(Kind::Sanction, "qsanction");
    values.set(Kind::MaritalStatus, "qstatus");
    values.set(Kind::Relation, "qrelation");
    values.set(Kind::SpotCheck, format!("spc_{hex}"));
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

/// What is in a country, beginning with codes: unit, facility, cadre, type, ownership, terms, reason, identifier type,
/// leave type.
pub async fn values(country: &TestCountry<'_>, codes: [&str; 9], number: &str) -> Values {
    let [
        unit,
        facility,
        cadre,
        kind,
        ownership,
        terms,
        reason,
        number_type,
        leave_type,
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
    let (worker, posting) = born(country, &values, &[number.to_owned()], Some(BORN)).await;
    values.set(Kind::Worker, worker);
    values.set(Kind::Posting, posting.clone());
    let [pair, kept, gone] = alike(country, &values).await;
    values.set(Kind::Duplicate, pair);
    values.set(Kind::Kept, kept);
    values.set(Kind::Gone, gone);
    let proposal = proposed(country, &values).await;
    values.set(Kind::Proposal, proposal);
    values.set(Kind::LeaveType, leave_type);
    let leave = away(country, &values).await;
    values.set(Kind::Leave, leave);
    let check = sampled(country, &values).await;
    values.set(Kind::SpotCheck, check);
    let code = format!("P-OF-{}", country.code);
    let (post, norm) = establish(country, &values, &code).await;
    let desk = Establishment::of(country);
    desk.make("assignPost", json!({ "post": post, "posting": posting }))
        .await;
    values.set(Kind::Post, post);
    values.set(Kind::PostCode, code);
    values.set(Kind::Norm, norm);
    // Of somebody else: what is told of the worker is of their first version.
    let (holder, _) = someone(country, &values, &[]).await;
    credentialed(country, &mut values, &holder).await;
    let conflict = clashing(country, &holder).await;
    values.set(Kind::Conflict, conflict);
    let waiting = requested(country, &holder).await;
    values.set(Kind::ChangeRequest, waiting);
    values.set(Kind::Filed, holder);
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

/// Somebody who is like the worker of `values`, and two who are made one: the pair that waits, the one, and the other.
async fn alike(country: &TestCountry<'_>, values: &Values) -> [String; 3] {
    let manager = country.caller(Role::HrManager);
    let register = "mutation($input: RegisterWorkerInput!) { registerWorker(input: $input) {
        worker { id } errors { errorCode path } } }";
    let mut known: Vec<Value> = Vec::new();
    let worker = values.own("", Kind::Worker);
    for (family, born) in [("Diarra", None), ("Diarra", None), ("Traoré", Some(BORN))] {
        let input = json!({
            "familyName": family, "givenNames": "Awa", "sex": "FEMALE", "birthDate": born,
            "orgUnit": values.own("", Kind::OrgUnit), "sector": "HEALTH", "distinctFrom": [worker],
        });
        let data = manager.data(register, json!({ "input": input })).await;
        let id = &data["registerWorker"]["worker"]["id"];
        assert!(id.is_string(), "{data}");
        known.push(id.clone());
    }
    let merge = "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { errors { errorCode path } } }";
    let input =
        json!({ "keep": known[0], "keepVersion": 1, "absorb": known[1], "absorbVersion": 1 });
    let data = manager.data(merge, json!({ "input": input })).await;
    assert_eq!(data["mergeWorkers"]["errors"], json!([]));
    let waiting = "{ duplicates(first: 1) { nodes { id } } }";
    let data = manager.data(waiting, json!({})).await;
    let id = data["duplicates"]["nodes"][0]["id"].as_str();
    let pair = id.unwrap_or_else(|| panic!("{data}")).to_owned();
    let id = |of: &Value| of.as_str().expect("an id").to_owned();
    [pair, id(&known[0]), id(&known[1])]
}

/// Gives a worker something of every kind of credential, by levels, reasons and kinds that no other country has.
pub async fn credentialed(country: &TestCountry<'_>, values: &mut Values, worker: &str) {
    let level = format!("level-of-{}", country.code);
    add_entry(country, "qualification_level", &level).await;
    let worker = json!({ "id": worker });
    let manager = country.caller(Role::HrManager);
    let input = passed(&worker, &level, &[&values.own("", Kind::Cadre)]);
    let recorded = ask(&manager, "recordQualification", input).await;
    assert_eq!(recorded["errors"], json!([]));
    values.set(Kind::QualificationLevel, level);
    let reason = format!("reason-of-{}", country.code);
    add_entry(country, "licence_reason", &reason).await;
    values.set(Kind::LicenceReason, reason);
    let council = format!("Council of {}", country.code);
    let number = format!("N-{}", TURN.fetch_add(1, Ordering::Relaxed));
    for (mutation, more) in [
        (
            "recordRegistration",
            json!({ "registeredOn": "2020-01-01" }),
        ),
        (
            "issueLicence",
            json!({ "startsOn": "2020-01-01", "endsOn": "2021-12-31" }),
        ),
    ] {
        let input = json!({
            "worker": worker["id"], "cadre": values.own("", Kind::Cadre), "council": council, "number": number,
        });
        let more: Vec<_> = more
            .as_object()
            .expect("fields")
            .iter()
            .map(|(name, it)| (name.as_str(), it.clone()))
            .collect();
        let made = ask(&manager, mutation, with(&input, &more)).await;
        assert_eq!(made["errors"], json!([]), "{mutation}");
    }
    values.set(Kind::Council, council);
    let kind = format!("vetting-of-{}", country.code);
    add_entry(country, "vetting_kind", &kind).await;
    let input = json!({
        "worker": worker["id"], "kind": kind, "status": "CLEARED", "issuedOn": "2020-01-01", "issuedBy": "Police",
    });
    let vetted = ask(&manager, "recordVetting", input).await;
    assert_eq!(vetted["errors"], json!([]));
    values.set(Kind::Clearance, kind);
    let sanction = format!("sanction-of-{}", country.code);
    add_entry(country, "disciplinary_action", &sanction).await;
    values.set(Kind::Sanction, sanction);
    for (kind, list) in [
        (Kind::MaritalStatus, "marital_status"),
        (Kind::Relation, "relation"),
    ] {
        let entry = format!("{list}-of-{}", country.code);
        add_entry(country, list, &entry).await;
        values.set(kind, entry);
    }
    values.set(Kind::ServiceEntry, missing(&manager, &worker).await);
    let (course, session) = taught(country, &number).await;
    let attended = json!({ "session": session, "attendances": [{ "worker": worker["id"], "outcome": "COMPLETED" }] });
    let query = "mutation($input: RecordAttendanceInput!) { recordAttendance(input: $input) { errors { errorCode } } }";
    let data = manager.data(query, json!({ "input": attended })).await;
    assert_eq!(data["recordAttendance"]["errors"], json!([]));
    values.set(Kind::Course, course);
    values.set(Kind::Session, session);
    let edges = "qualifications { id } registrations { id } licences { id } trainings { id } vettings { id }";
    let told = of(&manager, &worker, edges, None).await;
    for (kind, edge) in [
        (Kind::Qualification, "qualifications"),
        (Kind::Registration, "registrations"),
        (Kind::Licence, "licences"),
        (Kind::Attendance, "trainings"),
        (Kind::Vetting, "vettings"),
    ] {
        values.set(kind, told[edge][0]["id"].as_str().unwrap_or_default());
    }
}

/// Somebody who serves in a cadre that asks for a licence and has none, and who qualifies for the cadre of `values`.
async fn unlicensed(country: &TestCountry<'_>, values: &Values) {
    let query = "mutation($input: ChangeCadreInput!) { changeCadre(input: $input) { errors { errorCode } } }";
    let input = json!({
        "cadre": country.id("cadre", "NUR").await, "baseVersion": 1, "from": "2019-01-01",
        "isLicensed": true, "licensingCouncil": "Council",
    });
    let admin = country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": input })).await;
    assert_eq!(data["changeCadre"]["errors"], json!([]));
    let worker = country.register("Sow", "F-A1", "NUR", "2020-01-01").await;
    let level = values.own("", Kind::QualificationLevel);
    let input = passed(
        &json!({ "id": worker }),
        &level,
        &[&values.own("", Kind::Cadre)],
    );
    let recorded = ask(&admin, "recordQualification", input).await;
    assert_eq!(recorded["errors"], json!([]));
}

/// Adds an entry to a code list.
async fn add_entry(country: &TestCountry<'_>, list: &str, code: &str) {
    let query = "mutation($input: AddCodeListEntryInput!) {
        addCodeListEntry(input: $input) { errors { errorCode } } }";
    let labels = json!([{ "language": "fr", "text": code }]);
    let input = json!({ "list": list, "code": code, "labels": labels });
    let admin = country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": input })).await;
    // The second worker of a country finds it there.
    let errors = &data["addCodeListEntry"]["errors"];
    let known = json!([{ "errorCode": "CODE_TAKEN" }]);
    assert!(*errors == json!([]) || *errors == known, "{errors}");
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

/// Proposes that the worker of `values` be supervised from where they serve.
pub async fn proposed(country: &TestCountry<'_>, values: &Values) -> String {
    let query = "mutation($input: ProposeTransferInput!) {
        proposeTransfer(input: $input) { proposal { id } errors { errorCode path } } }";
    let facility = values.own("", Kind::Facility);
    let input = json!({
        "worker": values.own("", Kind::Worker), "to": facility, "supervisor": facility, "on": "2021-06-01",
    });
    let manager = country.caller(Role::HrManager);
    let data = manager.data(query, json!({ "input": input })).await;
    let proposal = data["proposeTransfer"]["proposal"]["id"].as_str();
    proposal.unwrap_or_else(|| panic!("{data}")).to_owned()
}

/// A sample of the records that the worker's office keeps.
pub async fn sampled(country: &TestCountry<'_>, values: &Values) -> String {
    let manager = country.caller(Role::HrManager);
    let query = "mutation($input: DrawSpotCheckInput!) {
        drawSpotCheck(input: $input) { spotCheck { id } errors { errorCode path } } }";
    let input = json!({
        "orgUnit": values.own("", Kind::OrgUnit), "size": 200, "changedSince": "2020-01-01",
    });
    let data = manager.data(query, json!({ "input": input })).await;
    let check = data["drawSpotCheck"]["spotCheck"]["id"].as_str();
    check.unwrap_or_else(|| panic!("{data}")).to_owned()
}

/// Asks for leave of the worker of `values`, of the type there.
pub async fn away(country: &TestCountry<'_>, values: &Values) -> String {
    let query = "mutation($input: RequestLeaveInput!) {
        requestLeave(input: $input) { leave { id } errors { errorCode path } } }";
    let input = json!({
        "worker": values.own("", Kind::Worker), "leaveType": values.own("", Kind::LeaveType),
        "startsOn": "2022-06-01", "endsOn": "2022-06-03",
    });
    let clerk = country.caller(Role::DataClerk);
    let data = clerk.data(query, json!({ "input": input })).await;
    let leave = data["requestLeave"]["leave"]["id"].as_str();
    leave.unwrap_or_else(|| panic!("{data}")).to_owned()
}

async fn missing(manager: &Caller<'_>, worker: &Value) -> String {
    let query = "mutation($input: RecordServiceEntryInput!) {
        recordServiceEntry(input: $input) { worker { conduct { id } } errors { errorCode path } } }";
    let input = json!({
        "worker": worker["id"], "startsOn": "2022-06-01", "endsOn": "2022-06-02",
        "entry": { "absence": { "reason": "unknown", "isAuthorised": false } },
    });
    let data = manager.data(query, json!({ "input": input })).await;
    let entry = data["recordServiceEntry"]["worker"]["conduct"][0]["id"].as_str();
    entry.unwrap_or_else(|| panic!("{data}")).to_owned()
}

/// Two corrections of one name: the conflict that waits.
pub async fn clashing(country: &TestCountry<'_>, worker: &str) -> String {
    let query = "mutation($input: CorrectWorkerInput!) {
        correctWorker(input: $input) { conflicts { id } errors { errorCode path } } }";
    let mut conflict = Value::Null;
    for (role, name) in [(Role::HrManager, "Sidibé"), (Role::DataClerk, "Coulibaly")] {
        let input = json!({
            "worker": worker, "baseVersion": 1, "familyName": name, "onConflict": "MERGE",
        });
        let caller = country.caller(role);
        let data = caller.data(query, json!({ "input": input })).await;
        assert_eq!(data["correctWorker"]["errors"], json!([]), "{data}");
        conflict = data["correctWorker"]["conflicts"][0]["id"].clone();
    }
    let conflict = conflict.as_str();
    conflict.expect("the second correction waits").to_owned()
}

/// A correction of a worker's contacts that waits for a second person, in a country that asks for none otherwise.
pub async fn requested(country: &TestCountry<'_>, worker: &str) -> String {
    let admin = country.caller(Role::MinistryAdmin);
    let guard = async |groups: Value| {
        let query = "{ approvalPolicy { version } }";
        let policy = admin.data(query, json!({})).await;
        let version = &policy["approvalPolicy"]["version"];
        let query = "mutation($input: SaveApprovalPolicyInput!) {
            saveApprovalPolicy(input: $input) { errors { errorCode } } }";
        let input = json!({ "groups": groups, "baseVersion": version });
        let data = admin.data(query, json!({ "input": input })).await;
        assert_eq!(data["saveApprovalPolicy"]["errors"], json!([]));
    };
    guard(json!(["CONTACTS"])).await;
    let query = "mutation($input: CorrectWorkerInput!) {
        correctWorker(input: $input) { changeRequest { id } errors { errorCode path } } }";
    let contact = json!({ "kind": "EMAIL", "value": "sidibe@example.org" });
    let input = json!({
        "worker": worker, "baseVersion": 1, "contacts": [contact], "onConflict": "MERGE",
    });
    let clerk = country.caller(Role::DataClerk);
    let data = clerk.data(query, json!({ "input": input })).await;
    guard(json!([])).await;
    let request = data["correctWorker"]["changeRequest"]["id"].as_str();
    request.unwrap_or_else(|| panic!("{data}")).to_owned()
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

/// The birth date of the worker of a country's values.
const BORN: &str = "1979-08-23";

/// Registers somebody at the facility, under the cadre and on the terms of `values`.
pub async fn someone(
    country: &TestCountry<'_>,
    values: &Values,
    numbers: &[String],
) -> (String, String) {
    born(country, values, numbers, None).await
}

async fn born(
    country: &TestCountry<'_>,
    values: &Values,
    numbers: &[String],
    day: Option<&str>,
) -> (String, String) {
    let own = |kind| values.own("", kind);
    let numbers: Vec<Value> = (numbers.iter())
        .map(|value| json!({ "type": own(Kind::IdentifierType), "value": value }))
        .collect();
    let input = json!({
        "familyName": "Traoré", "givenNames": "Awa", "sex": "FEMALE", "identifiers": numbers, "birthDate": day,
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
        let cadre = values.own("", Kind::Cadre);
        let needed = match slot.field.as_str() {
            "experiencedProviders" => format!(", filter: {{cadre: \"{cadre}\"}}"),
            "qualifiedNotPosted" => format!(", cadre: \"{cadre}\""),
            "qualityQueue" => ", flaw: NO_PHONE".to_owned(),
            _ => String::new(),
        };
        let query = format!(
            "{{ {}(first: 1{needed}) {{ pageInfo {{ endCursor }} }} }}",
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
                        ("leave_type", format!("xleave = {{ {label} }}")),
                    ] {
                        text = text.replace(&format!("[{list}]"), &format!("[{list}]\n{entry}"));
                    }
                }
                _ => {}
            }
            std::fs::write(folder.join(file.file_name()), text).expect("a copy");
        }
    }
    let units = apply::classifications(&world.database.owner)
        .await
        .expect("classifications");
    let wanted = apply::read(&Folder::at(&folder), &units)
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
        "X", "F-X1", "XN", "XC", "XWN", "xterms", "xreason", "xnumber", "xleave",
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
    // Fields that are resolved together fail in no order, and of many failures an answer tells the first twenty.
    if let Some(errors) = answer.get_mut("errors").and_then(Value::as_array_mut) {
        errors.sort_by_key(Value::to_string);
        if errors.len() == 20 {
            errors.clear();
        }
    }
    let text = format!("{status} {answer}").replace(&json!(value).to_string(), "\"…\"");
    let text = text.replace(value, "…");
    let ids = Regex::new(
        "(wkr|pst|qlf|reg|lic|crs|ses|att|vet|frm|sub|cdr|map|fac|unit|post|norm|dup|trf|lve|cft|chg|srv|spc)_[0-9a-f]{32}",
    )
    .expect("a pattern");
    ids.replace_all(&text, "${1}_…").into_owned()
}

/// Mutations that are about a worker who has credentials.
const CREDENTIALS: [&str; 11] = [
    "recordQualification",
    "withdrawCredential",
    "recordRegistration",
    "issueLicence",
    "renewLicence",
    "decideOnLicence",
    "recordAttendance",
    "recordVetting",
    "recordServiceEntry",
    "endServiceEntry",
    "withdrawServiceEntry",
];

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
        "annual",
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
    unlicensed(&here, &own).await;
    unlicensed(&there, &theirs).await;
    cursors(&here, &schema, &mut own).await;
    cursors(&there, &schema, &mut theirs).await;
    let absent = absent(&own);

    // What the neighbour has given to somebody, a number for every call that would give it again.
    let mut numbers = (0..120)
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
            // Whom somebody is distinct from matters when they are alike: tests/it/workforce/duplicates.rs.
            let is_seen = slot.path.last().is_none_or(|it| it != "distinctFrom");
            // The first rows of a feed are of lists, which everybody is told: tests/it/ledger/copy.rs narrows it.
            let is_seen =
                is_seen && (slot.field != "changes" || slot.path != ["filter", "orgUnit"]);
            // Of an item only its state is asked, and a number of any type is somebody's already: `correctWorker` tells.
            let is_type = slot.path.last().is_some_and(|it| it == "type");
            let is_seen = is_seen && !(slot.field == "submitBatch" && is_type);
            if is_seen && name == Role::MinistryAdmin.as_str() {
                vacuous.push((slot, answers.swap_remove(1)));
            }
        }
    }
    // The calls above say something only where a value of one's own is answered differently.
    let manager = here.caller(Role::MinistryAdmin);
    let mut unseen = Vec::new();
    for (slot, unknown) in vacuous {
        let mut own = own.clone();
        if slot.is_mutation {
            let mut at_home = own.clone();
            at_home.set(Kind::Facility, here.id("facility", "F-A1").await);
            let (worker, posting) = someone(&here, &at_home, &[]).await;
            own.set(Kind::Worker, worker);
            own.set(Kind::Posting, posting);
            if CREDENTIALS.contains(&slot.field.as_str()) {
                let worker = own.own("", Kind::Worker);
                credentialed(&here, &mut own, &worker).await;
            }
            if slot.field == "recordSpotCheck" {
                // The sample was drawn before there was this worker.
                let check = sampled(&here, &own).await;
                own.set(Kind::SpotCheck, check);
            }
        }
        let value = own.get(slot);
        let body = schema.call(slot, &value, &own);
        let known = answer(&world, &manager, &body, &value).await;
        if known == unknown {
            unseen.push(format!(
                "{} {:?} {:?} {known}",
                slot.field, slot.path, slot.kind
            ));
        }
    }
    assert!(
        unseen.is_empty(),
        "these calls do not look at the value; give them what they need in `companions`: {unseen:#?}"
    );
}
