//! Personal fields: every field of the schema is declared public or carries a guard, and each guard holds.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Value as Constant;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kada::auth::{Permission, Role};
use kada::kernel::{Id, WorkerId};
use regex::Regex;
use serde_json::{Value, json};

use crate::credentials::desk;
use crate::establishment::desk::Establishment;
use crate::forms::desk::{Desk, fields as fields_of, submit};
use crate::support::world::{Caller, TestCountry, World};
use crate::workforce::{photos, service};
use Permission::{
    CorrectWorkers, ReadBirthDates, ReadConduct, ReadContacts, ReadHistory, ReadIdentifiers,
    ReadLeave, ReadNames, ReadPay, ReadPersonalAnswers, ReadQuality, SubmitForms,
};

/// What each kind of personal field needs, in the order in which a lack is told.
const KINDS: [(&str, &[Permission]); 12] = [
    ("NAME", &[ReadNames]),
    ("IDENTIFIER", &[ReadIdentifiers]),
    ("BIRTH_DATE", &[ReadBirthDates]),
    ("CONTACT", &[ReadContacts]),
    ("ANSWER", &[ReadPersonalAnswers]),
    ("CONDUCT", &[ReadConduct]),
    ("PAY", &[ReadPay]),
    ("LEAVE", &[ReadLeave]),
    ("QUALITY", &[ReadQuality]),
    ("TRAIL", &[ReadHistory]),
    (
        "RECORD",
        &[ReadNames, ReadIdentifiers, ReadBirthDates, ReadContacts],
    ),
    (
        "HISTORY",
        &[
            ReadHistory,
            ReadNames,
            ReadIdentifiers,
            ReadBirthDates,
            ReadContacts,
            ReadPersonalAnswers,
            ReadConduct,
            ReadPay,
            ReadLeave,
        ],
    ),
];

/// Where each personal field is met: the query, the object that holds it (or that holds the list of what holds it),
/// and the fields from there to it. `{id}` is a worker's.
const PROBES: [(&str, &str, &str, &[&str]); 34] = [
    (
        "CadreMapping.author",
        "{ cadre(by: {code: \"MW\"}) { mappings { version: edition author } } }",
        "/cadre/mappings/0",
        &["author"],
    ),
    (
        "CadreMapping.reviewer",
        "{ cadre(by: {code: \"MW\"}) { mappings { version: edition reviewer } } }",
        "/cadre/mappings/0",
        &["reviewer"],
    ),
    (
        "Worker.name",
        "{ worker(by: {id: \"{id}\"}) { version name } }",
        "/worker",
        &["name"],
    ),
    (
        "Worker.familyName",
        "{ worker(by: {id: \"{id}\"}) { version familyName } }",
        "/worker",
        &["familyName"],
    ),
    (
        "Worker.givenNames",
        "{ workers(first: 1) { nodes { version givenNames } } }",
        "/workers/nodes/0",
        &["givenNames"],
    ),
    (
        "Worker.birthDate",
        "{ node(id: \"{id}\") { ... on Worker { version birthDate } } }",
        "/node",
        &["birthDate"],
    ),
    (
        "Worker.identifiers",
        "{ worker(by: {id: \"{id}\"}) { version identifiers { type { code } } } }",
        "/worker",
        &["identifiers"],
    ),
    (
        "Identifier.value",
        "{ workers(first: 1) { nodes { version identifiers { value } } } }",
        "/workers/nodes/0",
        &["identifiers", "0", "value"],
    ),
    (
        "Worker.contacts",
        "{ worker(by: {id: \"{id}\"}) { version contacts { kind } } }",
        "/worker",
        &["contacts"],
    ),
    (
        "Contact.value",
        "{ workers(first: 1) { nodes { version contacts { value } } } }",
        "/workers/nodes/0",
        &["contacts", "0", "value"],
    ),
    (
        "Submission.personalAnswers",
        "{ submissions(first: 1) { nodes { version personalAnswers } } }",
        "/submissions/nodes/0",
        &["personalAnswers"],
    ),
    (
        "Submission.author",
        "{ submissions(first: 1) { nodes { version author } } }",
        "/submissions/nodes/0",
        &["author"],
    ),
    (
        "Submission.comment",
        "{ submissions(first: 1) { nodes { version comment } } }",
        "/submissions/nodes/0",
        &["comment"],
    ),
    (
        "Worker.leaves",
        "{ worker(by: {id: \"{id}\"}) { version leaves { requestedBy } } }",
        "/worker",
        &["leaves", "0", "requestedBy"],
    ),
    (
        "Worker.lastLeave",
        "{ workers(first: 1) { nodes { version lastLeave { type { code } } } } }",
        "/workers/nodes/0",
        &["lastLeave", "type", "code"],
    ),
    (
        "Worker.conduct",
        "{ workers(first: 1) { nodes { version conduct { absence { reason } } } } }",
        "/workers/nodes/0",
        &["conduct", "0", "absence", "reason"],
    ),
    (
        "Worker.particulars",
        "{ workers(first: 1) { nodes { version particulars { nationality } } } }",
        "/workers/nodes/0",
        &["particulars", "nationality"],
    ),
    (
        "Worker.photo",
        "{ workers(first: 1) { nodes { version photo { mediaType } } } }",
        "/workers/nodes/0",
        &["photo", "mediaType"],
    ),
    (
        "Worker.pay",
        "{ worker(by: {id: \"{id}\"}) { version pay { pay { amount } } } }",
        "/worker",
        &["pay", "0", "pay", "amount"],
    ),
    (
        "Worker.quality",
        "{ workers(first: 1) { nodes { version quality { score } } } }",
        "/workers/nodes/0",
        &["quality", "score"],
    ),
    (
        "Worker.history",
        "{ worker(by: {id: \"{id}\"}) { version history(first: 2) { verb } } }",
        "/worker",
        &["history"],
    ),
    (
        "Post.history",
        "{ posts(first: 1) { nodes { version history(first: 2) { verb } } } }",
        "/posts/nodes/0",
        &["history"],
    ),
    (
        "Worker.vettings",
        "{ worker(by: {id: \"{id}\"}) { version vettings { kind { code } } } }",
        "/worker",
        &["vettings"],
    ),
    (
        "Registration.number",
        "{ worker(by: {id: \"{id}\"}) { registrations { version: id number } } }",
        "/worker/registrations/0",
        &["number"],
    ),
    (
        "Licence.number",
        "{ licences(first: 1) { nodes { version: id number } } }",
        "/licences/nodes/0",
        &["number"],
    ),
    (
        "Licence.decisions",
        "{ worker(by: {id: \"{id}\"}) { licences { version: id decisions { ruling } } } }",
        "/worker/licences/0",
        &["decisions"],
    ),
    (
        "Vetting.status",
        "{ worker(by: {id: \"{id}\"}) { version vettings { status } } }",
        "/worker",
        &["vettings", "0", "status"],
    ),
    (
        "Vetting.isValid",
        "{ worker(by: {id: \"{id}\"}) { version vettings { isValid } } }",
        "/worker",
        &["vettings", "0", "isValid"],
    ),
    (
        "TransferProposal.workerName",
        "{ transferProposals(first: 1) { nodes { version workerName } } }",
        "/transferProposals/nodes/0",
        &["workerName"],
    ),
    (
        "TransferProposal.proposedBy",
        "{ transferProposals(first: 1) { nodes { version proposedBy } } }",
        "/transferProposals/nodes/0",
        &["proposedBy"],
    ),
    (
        "TransferProposal.decidedBy",
        "{ transferProposals(first: 1) { nodes { version decidedBy } } }",
        "/transferProposals/nodes/0",
        &["decidedBy"],
    ),
    (
        "TransferProposal.comment",
        "{ transferProposals(first: 1) { nodes { version comment } } }",
        "/transferProposals/nodes/0",
        &["comment"],
    ),
    (
        "Change.actor",
        "{ changes(first: 1) { nodes { version: seq actor } } }",
        "/changes/nodes/0",
        &["actor"],
    ),
    (
        "Change.content",
        "{ changes(first: 1) { nodes { version: seq content } } }",
        "/changes/nodes/0",
        &["content"],
    ),
];

/// Met only in the conflict of a correction, whose author must hold [`CorrectWorkers`] or [`SubmitForms`].
const IN_CONFLICTS: [&str; 4] = [
    "ChangedField.base",
    "ChangedField.current",
    "ChangedAnswer.base",
    "ChangedAnswer.current",
];

/// Personal fields of the dry run of a form, which only those get who may read all answers.
const OF_ADMINS: [&str; 2] = ["FormPreviewExample.before", "FormPreviewExample.after"];

/// Seen by those alone who may say which records are one person's, whether they are right, or correct them:
/// tests/it/workforce/duplicates.rs, rehearsed.rs, quality.rs, conflicts.rs and approvals.rs ask.
const OF_OFFICES: [&str; 26] = [
    "Duplicate.decidedBy",
    "MergePreview.birthDate",
    "MergePreview.contacts",
    "MergePreview.familyName",
    "MergePreview.givenNames",
    "MergePreview.identifiers",
    "SpotCheck.clerk",
    "SpotCheck.drawnBy",
    "SpotCheckRecord.clerk",
    "SpotCheckRecord.checkedBy",
    "SpotCheckFinding.rightValue",
    "ClerkAccuracy.clerk",
    "ConflictItem.base",
    "ConflictItem.decidedBy",
    "ConflictItem.mine",
    "ConflictItem.myActor",
    "ConflictItem.theirActor",
    "ConflictItem.theirs",
    "ChangeRequest.comment",
    "ChangeRequest.decidedBy",
    "ChangeRequest.requestedBy",
    "OvertakenChange.current",
    "OvertakenChange.from",
    "OvertakenChange.to",
    "RequestedChange.from",
    "RequestedChange.to",
];

/// Every field of the schema's objects and interfaces, with the kind of what is personal.
fn fields() -> BTreeMap<String, Option<String>> {
    let schema = parse_schema(kada::api::sdl()).expect("the schema is one");
    let mut fields = BTreeMap::new();
    for definition in schema.definitions {
        let TypeSystemDefinition::Type(of) = definition else {
            continue;
        };
        let holder = of.node.name.node;
        let own = match of.node.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            _ => continue,
        };
        for field in own {
            let name = format!("{holder}.{}", field.node.name.node);
            fields.insert(name, kind(&field.node));
        }
    }
    fields
}

fn kind(field: &FieldDefinition) -> Option<String> {
    let personal = (field.directives.iter()).find(|it| it.node.name.node == "personal")?;
    match &personal.node.get_argument("kind")?.node {
        Constant::String(kind) => Some(kind.clone()),
        other => panic!("{other} is no kind"),
    }
}

/// The committed list: `Type: field field`, continued on lines that begin with a space.
fn declared_public() -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    let mut holder = "";
    for line in include_str!("guards/public.txt").lines() {
        if line.starts_with('#') {
            continue;
        }
        let names = match line.split_once(':') {
            Some((name, rest)) => {
                holder = name;
                rest
            }
            None => line,
        };
        for name in names.split_whitespace() {
            let name = format!("{holder}.{name}");
            assert!(!declared.contains(&name), "{name} is listed twice");
            declared.insert(name);
        }
    }
    declared
}

fn needs(kind: &str) -> &'static [Permission] {
    let found = KINDS.iter().find(|(name, _)| *name == kind);
    found.unwrap_or_else(|| panic!("{kind} is not specified")).1
}

fn tenant_roles() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| role.is_tenant_role())
}

/// The first of some permissions that a role lacks.
fn lacking(role: Role, needed: &[Permission]) -> Option<&'static str> {
    let held = role.permissions();
    let lacked = needed.iter().find(|it| !held.contains(it));
    lacked.map(|it| it.as_str())
}

/// A worker with everything that is personal, corrected once.
async fn person(country: &TestCountry<'_>) -> String {
    let id = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let manager = country.caller(Role::HrManager);
    let correction = json!({ "input": {
        "worker": id, "baseVersion": 1, "givenNames": "Aminata",
        "identifiers": [{ "type": "matricule", "value": "0123-456-X" }],
        "contacts": [{ "kind": "PHONE", "value": "70 12 34 56" }],
    }});
    let answer = manager.data(CORRECT, correction).await;
    assert_eq!(answer["correctWorker"]["errors"], json!([]));
    answered(country, &id).await;
    mapped(country).await;
    Establishment::of(country).fill("P-1", &id).await;
    desk::everything(country, &json!({ "id": id })).await;
    withdrawn(country, &id).await;
    away(country, &id).await;
    service::absent(country, &id).await;
    service::paid(country, &id).await;
    known(country, &id).await;
    let manager = country.caller(Role::HrManager);
    photos::taken(&manager, &json!({ "id": id }), photos::PORTRAIT).await;
    id
}

async fn known(country: &TestCountry<'_>, worker: &str) {
    let save = "mutation($input: SaveParticularsInput!) {
        saveParticulars(input: $input) { errors { errorCode } } }";
    let manager = country.caller(Role::HrManager);
    let seen = manager
        .data(
            "query($id: ID!) { worker(by: {id: $id}) { version } }",
            json!({ "id": worker }),
        )
        .await;
    let version = &seen["worker"]["version"];
    let input = json!({ "worker": worker, "baseVersion": version, "nationality": "ML" });
    let data = manager.data(save, json!({ "input": input })).await;
    assert_eq!(data["saveParticulars"]["errors"], json!([]));
}

/// Leave that a clerk asked for and a manager approved.
async fn away(country: &TestCountry<'_>, worker: &str) {
    let request = "mutation($input: RequestLeaveInput!) {
        requestLeave(input: $input) { leave { id } } }";
    let input = json!({
        "worker": worker, "leaveType": "annual", "startsOn": "2026-06-01", "endsOn": "2026-06-05",
    });
    let clerk = country.caller(Role::DataClerk);
    let data = clerk.data(request, json!({ "input": input })).await;
    let leave = &data["requestLeave"]["leave"]["id"];
    let approve = "mutation($input: ApproveLeaveInput!) {
        approveLeave(input: $input) { errors { errorCode } } }";
    let input = json!({ "input": { "leave": leave, "baseVersion": 1 } });
    let data = country.caller(Role::HrManager).data(approve, input).await;
    assert_eq!(data["approveLeave"]["errors"], json!([]));
}

/// A transfer that was proposed and taken back.
async fn withdrawn(country: &TestCountry<'_>, worker: &str) {
    let manager = country.caller(Role::HrManager);
    let propose = "mutation($input: ProposeTransferInput!) {
        proposeTransfer(input: $input) { proposal { id } } }";
    let to = country.id("facility", "F-A2").await;
    let input = json!({ "input": { "worker": worker, "to": to, "on": "2026-05-01" } });
    let data = manager.data(propose, input).await;
    let proposal = &data["proposeTransfer"]["proposal"]["id"];
    let withdraw = "mutation($input: WithdrawTransferInput!) {
        withdrawTransfer(input: $input) { errors { errorCode } } }";
    let input = json!({ "proposal": proposal, "baseVersion": 1, "comment": "seen" });
    let data = manager.data(withdraw, json!({ "input": input })).await;
    assert_eq!(data["withdrawTransfer"]["errors"], json!([]));
}

/// What a form asks of the worker, and what a reviewer said of it.
async fn answered(country: &TestCountry<'_>, worker: &str) {
    let desk = Desk::of(country);
    let illness = json!({ "type": "boolean", "x-sensitivity": "personal" });
    let definition = fields_of(json!({ "illness": illness, "ward": { "type": "string" } }));
    let form = desk.publish("health", "WORKER", &definition).await;
    let input = json!({ "form": form["id"], "about": { "worker": worker },
        "answers": { "illness": true, "ward": "Kayes" } });
    let payload = submit(&desk.admin, "submitForm", input).await;
    let submission = &payload["submission"];
    let input = json!({ "submission": submission["id"], "baseVersion": 1, "decision": "ACCEPT", "comment": "seen" });
    let payload = submit(&desk.admin, "reviewSubmission", input).await;
    assert_eq!(payload["errors"], json!([]));
}

/// A mapping of the midwives that its author took back.
async fn mapped(country: &TestCountry<'_>) {
    let admin = country.caller(Role::MinistryAdmin);
    let propose = "mutation($input: ProposeCadreMappingInput!) {
        proposeCadreMapping(input: $input) { mapping { id } } }";
    let input = json!({
        "cadre": country.id("cadre", "MW").await, "edition": "isco-08", "from": "2020-01-01",
        "targets": [{ "code": "2222", "relation": "EQUAL" }],
    });
    let data = admin.data(propose, json!({ "input": input })).await;
    let review = "mutation($input: ReviewCadreMappingInput!) {
        reviewCadreMapping(input: $input) { errors { errorCode } } }";
    let mapping = &data["proposeCadreMapping"]["mapping"]["id"];
    let input = json!({ "input": { "mapping": mapping, "approve": false } });
    let data = admin.data(review, input).await;
    assert_eq!(data["reviewCadreMapping"]["errors"], json!([]));
}

const CORRECT: &str = "mutation($input: CorrectWorkerInput!) { correctWorker(input: $input) {
    conflict { baseVersion changed { field base current } } errors { errorCode } } }";

fn caller<'a>(country: &TestCountry<'a>, role: Role, worker: &str) -> Caller<'a> {
    let caller = country.caller(role);
    if role == Role::Worker {
        caller.person(WorkerId::decode(worker).expect("an id"))
    } else {
        caller
    }
}

#[test]
fn every_field_is_declared_public_or_personal() {
    let fields = fields();
    let open = fields.iter().filter(|(_, kind)| kind.is_none());
    let open: BTreeSet<String> = open.map(|(name, _)| name.clone()).collect();
    let declared = declared_public();
    let undeclared: Vec<_> = open.difference(&declared).collect();
    assert!(
        undeclared.is_empty(),
        "guard these, or list them in tests/it/guards/public.txt: {undeclared:?}"
    );
    let stale: Vec<_> = declared.difference(&open).collect();
    assert!(
        stale.is_empty(),
        "listed as public and not there: {stale:?}"
    );
}

#[test]
fn every_personal_field_has_a_probe_and_may_be_null() {
    let personal: BTreeSet<String> = fields()
        .into_iter()
        .filter_map(|(name, kind)| kind.map(|_| name))
        .collect();
    let probed = PROBES.iter().map(|probe| probe.0);
    let probed = probed.chain(IN_CONFLICTS).chain(OF_ADMINS);
    let probed = probed.chain(OF_OFFICES);
    let probed: BTreeSet<String> = probed.map(str::to_owned).collect();
    assert_eq!(personal, probed);
    let schema = parse_schema(kada::api::sdl()).expect("the schema is one");
    for definition in schema.definitions {
        if let TypeSystemDefinition::Type(of) = definition
            && let TypeKind::Object(object) = of.node.kind
        {
            for field in object.fields {
                let name = &field.node.name.node;
                let held = kind(&field.node).is_none() || field.node.ty.node.nullable;
                assert!(held, "{name}: a refusal would null the whole object");
            }
        }
    }
}

#[tokio::test]
async fn a_personal_field_is_null_with_the_missing_permission_and_its_neighbours_are_answered() {
    let world = World::new().await;
    let country = world.country().await;
    let id = person(&country).await;
    let kinds = fields();
    for (field, query, holder, path) in PROBES {
        let kind = kinds[field].as_deref().expect("personal");
        let query = query.replace("{id}", &id);
        for role in tenant_roles() {
            let told = format!("{field} as {}", role.as_str());
            let answer = caller(&country, role, &id).ask(&query, json!({})).await;
            let data = answer["data"].pointer(holder);
            let holder = data.unwrap_or_else(|| panic!("{told}: {answer}"));
            assert!(!holder["version"].is_null(), "{told}: {answer}");
            match lacking(role, needs(kind)) {
                None => {
                    let value = holder.pointer(&format!("/{}", path.join("/")));
                    assert!(value.is_some_and(|it| !it.is_null()), "{told}: {answer}");
                    assert!(answer.get("errors").is_none(), "{told}: {answer}");
                }
                Some(permission) => {
                    assert!(holder[path[0]].is_null(), "{told}: {answer}");
                    let error = &answer["errors"][0];
                    assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{told}");
                    assert_eq!(error["extensions"]["permission"], permission, "{told}");
                    let at = error["path"].as_array().and_then(|it| it.last());
                    assert_eq!(at, Some(&json!(path[0])), "{told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_values_of_a_conflict_are_for_those_who_may_correct() {
    let world = World::new().await;
    let country = world.country().await;
    let id = person(&country).await;
    let stale = json!({ "input": { "worker": id, "baseVersion": 1, "familyName": "Touré" } });
    for role in tenant_roles() {
        let caller = caller(&country, role, &id);
        let answer = caller.ask(CORRECT, stale.clone()).await;
        match lacking(role, &[CorrectWorkers]) {
            None => {
                assert_eq!(lacking(role, needs("RECORD")), None, "{}", role.as_str());
                let changed = &answer["data"]["correctWorker"]["conflict"]["changed"];
                let names = json!({ "field": "givenNames", "base": "Awa", "current": "Aminata" });
                let listed = changed.as_array().expect("a list");
                assert!(listed.contains(&names), "{answer}");
            }
            Some(permission) => {
                assert_eq!(answer["errors"][0]["extensions"]["permission"], permission);
                assert!(answer["data"].is_null(), "{answer}");
                assert!(!answer.to_string().contains("Awa"));
            }
        }
    }
}

const CORRECT_ANSWER: &str =
    "mutation($input: CorrectSubmissionInput!) { correctSubmission(input: $input) {
    conflict { version personalAnswers } changed { path base current } errors { errorCode } } }";

#[tokio::test]
async fn the_answers_of_a_conflict_are_for_those_who_may_answer() {
    let world = World::new().await;
    let country = world.country().await;
    let id = person(&country).await;
    let manager = country.caller(Role::HrManager);
    let query = "{ submissions(first: 1) { nodes { id version } } }";
    let found = manager.data(query, json!({})).await["submissions"]["nodes"][0].clone();
    let mend = json!({ "submission": found["id"], "baseVersion": found["version"],
        "answers": { "illness": false, "ward": "Kayes" } });
    let mended = manager.data(CORRECT_ANSWER, json!({ "input": mend })).await;
    assert_eq!(mended["correctSubmission"]["errors"], json!([]));
    for role in tenant_roles() {
        let caller = caller(&country, role, &id);
        let answer = caller.ask(CORRECT_ANSWER, json!({ "input": mend })).await;
        match lacking(role, &[SubmitForms]) {
            None => {
                assert_eq!(lacking(role, needs("ANSWER")), None, "{}", role.as_str());
                let told = &answer["data"]["correctSubmission"];
                let changed =
                    json!([{ "path": ["answers", "illness"], "base": true, "current": false }]);
                assert_eq!(told["changed"], changed, "{answer}");
                let now = json!({ "illness": false });
                assert_eq!(told["conflict"]["personalAnswers"], now, "{answer}");
            }
            Some(permission) => {
                assert_eq!(answer["errors"][0]["extensions"]["permission"], permission);
                assert!(answer["data"].is_null(), "{answer}");
                assert!(!answer.to_string().contains("illness"), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_filters_sorts_or_looks_up_by_what_they_may_not_read() {
    let world = World::new().await;
    let country = world.country().await;
    let id = person(&country).await;
    let list =
        |arguments: &str| format!("{{ workers(first: 5, {arguments}) {{ nodes {{ id }} }} }}");
    let by_number =
        "{ worker(by: {identifier: {type: \"matricule\", value: \"0123456X\"}}) { id } }";
    for (query, needed) in [
        (list("filter: {name: \"traore\"}"), ReadNames),
        (
            list("filter: {name: \"nobody has it\"}, sort: REGISTERED"),
            ReadNames,
        ),
        (list("sort: NAME"), ReadNames),
        (list("sort: NAME_DESCENDING"), ReadNames),
        (list("sort: BIRTH_DATE"), ReadBirthDates),
        (list("sort: BIRTH_DATE_DESCENDING"), ReadBirthDates),
        (by_number.to_owned(), ReadIdentifiers),
    ] {
        for role in tenant_roles() {
            let told = format!("{query} as {}", role.as_str());
            let answer = caller(&country, role, &id).ask(&query, json!({})).await;
            match lacking(role, &[needed]) {
                None => assert!(answer.get("errors").is_none(), "{told}: {answer}"),
                Some(permission) => {
                    let extensions = &answer["errors"][0]["extensions"];
                    assert_eq!(extensions["code"], "FORBIDDEN", "{told}");
                    assert_eq!(extensions["permission"], permission, "{told}");
                    assert!(!answer.to_string().contains(&id), "{told}: {answer}");
                }
            }
        }
    }
}

/// All that could give the person away.
const TELLING: [&str; 8] = [
    "traor",
    "Traor",
    "Aminata",
    "aminata",
    "Awa",
    "1980-05-17",
    "0123",
    "70123456",
];

fn tells(text: &str) -> Option<&'static str> {
    TELLING.into_iter().find(|it| text.contains(it))
}

/// What stands in a cursor.
fn opened(cursor: &Value) -> String {
    let cursor = cursor.as_str().expect("a cursor");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).expect("base64");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer with its cursors opened and without its ids: in random letters anything may stand.
fn read_out(answer: &Value) -> String {
    let ids = Regex::new("[a-z]{2,4}_[0-9a-f]{32}").expect("a pattern");
    let mut text = ids.replace_all(&answer.to_string(), "").into_owned();
    let edges = answer["data"]["changes"]["edges"].as_array();
    for edge in edges.into_iter().flatten() {
        let cursor = edge["cursor"].as_str().expect("a cursor");
        text = text.replace(cursor, &opened(&edge["cursor"]));
    }
    text
}

#[tokio::test]
async fn a_viewer_learns_nothing_personal_from_cursors_orders_and_messages() {
    let world = World::new().await;
    let country = world.country().await;
    let id = person(&country).await;
    let first = country.register("Zongo", "F-A1", "MW", "2020-01-01").await;
    country.register("Abba", "F-A1", "MW", "2020-01-01").await;
    let viewer = country.caller(Role::Viewer);
    let manager = country.caller(Role::HrManager);

    let query = "{ workers(first: 3) { edges { cursor node { id } } pageInfo { endCursor } } }";
    let page = viewer.data(query, json!({})).await;
    assert_eq!(
        page["workers"]["edges"][0]["node"]["id"], id,
        "as registered, not by name"
    );
    assert_eq!(page["workers"]["edges"][1]["node"]["id"], first);
    for edge in page["workers"]["edges"].as_array().expect("edges") {
        let text = opened(&edge["cursor"]);
        assert_eq!(tells(&text), None, "{text}");
        assert!(!text.contains("zongo") && !text.contains("abba"), "{text}");
    }
    // A cursor by name, given away by someone who may read names, opens nothing either.
    let by_name = manager.data(query, json!({})).await;
    let cursor = &by_name["workers"]["edges"][0]["cursor"];
    let next = "query($after: String, $sort: WorkerSort) {
        workers(first: 3, after: $after, sort: $sort) { nodes { id } } }";
    let variables = |sort: &str| json!({ "after": cursor, "sort": sort });
    assert_eq!(
        viewer.error_code(next, variables("NAME")).await,
        "FORBIDDEN"
    );
    assert_eq!(
        viewer.error_code(next, variables("REGISTERED")).await,
        "BAD_USER_INPUT"
    );

    let everything = "query($id: ID!) { worker(by: {id: $id}) {
        id name familyName givenNames birthDate sex status identifiers { value } contacts { value }
        history(first: 5) { actor content } posting { id facility { code } } }
        changes(first: 50) { edges { cursor node { seq actor content worker { name birthDate } } } } }";
    let refused = viewer.ask(everything, json!({ "id": id })).await;
    assert_eq!(tells(&read_out(&refused)), None, "{refused}");
    let correction = json!({ "input": { "worker": id, "baseVersion": 1 } });
    let refused = viewer.ask(CORRECT, correction).await;
    assert_eq!(tells(&refused.to_string()), None, "{refused}");
    let all = manager.ask(everything, json!({ "id": id })).await;
    assert!(
        tells(&all.to_string()).is_some(),
        "the probe would have seen it: {all}"
    );
    let seen: Value = all["data"]["worker"]["name"].clone();
    assert_eq!(seen, "Aminata Traoré");
}
