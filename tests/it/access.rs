//! Who reaches what: the table of roles, scopes by place and sector, and callers who belong to no country.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use jsonwebtoken::Algorithm;
use kada::api::{Services, assemble, router, serve};
use kada::auth::{Role, Verifier};
use kada::kernel::{Id, MappingId, Sector, WorkerId};
use kada::platform::config::Config;
use kada::platform::database::Address;
use kada::tenancy::Tenants;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use crate::support::database::SECRET;
use crate::support::issuer::TestIssuer;
use crate::support::raw::{Answer, request};
use crate::support::world::{Caller, TestCountry, World};

/// Who may ask for what: `+`, or the permission that is missing. A column for each role of a country.
const TABLE: &str = "
                    admin manager officer clerk          viewer           auditor          messaging        worker
cadre               +     +       +       +              +                +                +                +
cadres              +     +       +       +              +                +                +                +
crosswalkCoverage   +     +       +       +              +                +                +                read_aggregates
suggestCadreMappings +    +       +       +              +                +                +                +
indicators          +     +       +       +              +                +                +                +
changes             +     +       +       +              +                +                +                +
codeList            +     +       +       +              +                +                +                +
country             +     +       +       +              +                +                +                +
facilities          +     +       +       +              +                +                +                +
facility            +     +       +       +              +                +                +                +
facilityTypes       +     +       +       +              +                +                +                +
headcount           +     +       +       +              +                +                +                read_aggregates
importMappings      +     +       import_workers import_workers import_workers import_workers import_workers import_workers
node                +     +       +       +              +                +                +                +
orgUnit             +     +       +       +              +                +                +                +
orgUnits            +     +       +       +              +                +                +                +
ownerships          +     +       +       +              +                +                +                +
viewer              +     +       +       +              +                +                +                +
worker              +     +       +       +              +                +                +                +
workers             +     +       +       +              +                +                +                +
registerWorker      +     +       +       +              register_workers register_workers register_workers register_workers
registerWorker/post +     +       +       post_workers   register_workers register_workers register_workers register_workers
correctWorker       +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
postWorker          +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
transferWorker      +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
endPosting          +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
proposeTransfer     +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
acceptTransfer      +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
declineTransfer     +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
withdrawTransfer    +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
pendingTransfers    +     +       +       +              +                +                +                +
transferProposals   +     +       +       +              +                +                +                +
leaves              +     +       +       +              read_leave       read_leave       read_leave       +
changesStart        +     +       +       +              +                +                +                +
conflicts           +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
resolveConflict     +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
approvalPolicy      +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
changeRequests      +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
decideChangeRequest +     +       +       decide_changes decide_changes   decide_changes   decide_changes   decide_changes
withdrawChangeRequest +   +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
saveApprovalPolicy + configure_approvals configure_approvals configure_approvals configure_approvals configure_approvals configure_approvals configure_approvals
submitBatch         +     +       +       +              +                +                +                +
leaveBalances       +     +       +       +              read_leave       read_leave       read_leave       +
requestLeave        +     +       +       +              request_leave    request_leave    request_leave    +
approveLeave        +     +       +       decide_leave   decide_leave     decide_leave     decide_leave     decide_leave
declineLeave        +     +       +       decide_leave   decide_leave     decide_leave     decide_leave     decide_leave
cancelLeave         +     +       +       +              request_leave    request_leave    request_leave    +
recallFromLeave     +     +       +       decide_leave   decide_leave     decide_leave     decide_leave     decide_leave
careerFlows + + + + + + + read_aggregates
promoteWorker       +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
recordExit          +     +       +       post_workers   post_workers     post_workers     post_workers     post_workers
serviceEntries      +     +       +       read_conduct   read_conduct     +                read_conduct     +
saveParticulars     +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
savePhoto           +     +       +       +              correct_workers  correct_workers  correct_workers  correct_workers
recordServiceEntry  +     +       +       record_conduct record_conduct   record_conduct   record_conduct   record_conduct
endServiceEntry     +     +       +       record_conduct record_conduct   record_conduct   record_conduct   record_conduct
withdrawServiceEntry +    +       +       record_conduct record_conduct   record_conduct   record_conduct   record_conduct
holidays            +     +       +       +              +                +                +                +
workingDays         +     +       +       +              +                +                +                +
saveHoliday + configure_calendar configure_calendar configure_calendar configure_calendar configure_calendar configure_calendar configure_calendar
removeHoliday + configure_calendar configure_calendar configure_calendar configure_calendar configure_calendar configure_calendar configure_calendar
saveImportMapping   +     +       import_workers import_workers import_workers import_workers import_workers import_workers
previewCadreChange  +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
addCadre            +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
changeCadre         +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
retireCadre         +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
reinstateCadre      +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
mergeCadres         +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
proposeCadreMapping  +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
reviewCadreMapping   +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
splitCadre          +     configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres configure_cadres
codeListNamed + + + + + + + +
addCodeListEntry + configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists
changeCodeListEntry + configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists
retireCodeListEntry + configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists configure_code_lists
saveFacilityType + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
saveOwnership + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
previewOrgUnitChange + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
previewFacilityChange + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
addOrgUnit + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
changeOrgUnit + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
closeOrgUnit + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
addFacility + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
changeFacility + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
closeFacility + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
reopenFacility + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
recordPopulations + configure_places configure_places configure_places configure_places configure_places configure_places configure_places
form                   + + + + + + + +
forms                  + + + + + + + +
compareFormVersions    + + + + + + + +
submission             + + + + + + + +
submissions            + + + + + + + +
formAsXlsForm          + + + + + + + +
formAsQuestionnaire    + + + + + + + +
previewFormPublication + configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms
saveFormDraft          + configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms
publishForm            + configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms
rollBackForm           + configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms
retireForm             + configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms configure_forms
submitForm             + + + + submit_forms submit_forms submit_forms submit_forms
correctSubmission      + + + + submit_forms submit_forms submit_forms submit_forms
openPost + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
changePost + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
freezePost + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
reopenPost + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
closePost + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
saveStaffingNorm + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
endStaffingNorm + + configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment configure_establishment
assignPost + + + post_workers post_workers post_workers post_workers post_workers
vacatePost + + + post_workers post_workers post_workers post_workers post_workers
posts + + + + + + + +
staffingNorms + + + + + + + +
staffingGaps + + + + + + + read_aggregates
staffingGapTotals + + + + + + + read_aggregates
vacancies + + + + + + + read_aggregates
recordQualification + + + + record_credentials record_credentials record_credentials record_credentials
withdrawCredential + + + + record_credentials record_credentials record_credentials record_credentials
recordRegistration + + + + record_credentials record_credentials record_credentials record_credentials
issueLicence + + + + record_credentials record_credentials record_credentials record_credentials
renewLicence + + + + record_credentials record_credentials record_credentials record_credentials
decideOnLicence + + + read_conduct record_credentials record_credentials record_credentials record_credentials
licences + + + + + + + +
unlicensedWorkers + + + + + + + +
saveCourse + configure_courses configure_courses configure_courses configure_courses configure_courses configure_courses configure_courses
scheduleSession + + + + record_credentials record_credentials record_credentials record_credentials
recordAttendance + + + + record_credentials record_credentials record_credentials record_credentials
courses + + + + + + + +
trainingSessions + + + + + + + +
untrainedWorkers + + + + + + + +
recordVetting + + + read_conduct record_credentials record_credentials record_credentials record_credentials
unvettedWorkers + + + read_conduct read_conduct + read_conduct +
experiencedProviders + + + + read_contacts read_contacts + +
qualifiedNotPosted + + + + + + + +
duplicates + + + resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates
workerMerges + + + resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates
mergeWorkers + + + resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates
unmergeWorkers + + + resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates
dismissDuplicate + + + resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates
searchDuplicates + + + resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates resolve_duplicates
likelyDuplicates + + + + register_workers register_workers register_workers register_workers
dataQuality + + + read_quality read_quality read_quality read_quality read_quality
unitQuality + + + read_quality read_quality read_quality read_quality read_quality
qualityQueue + + + read_quality read_quality read_quality read_quality read_quality
spotChecks + + check_quality check_quality check_quality check_quality check_quality check_quality
clerkAccuracy + + check_quality check_quality check_quality check_quality check_quality check_quality
drawSpotCheck + + check_quality check_quality check_quality check_quality check_quality check_quality
recordSpotCheck + + check_quality check_quality check_quality check_quality check_quality check_quality
reviewSubmission       + + review_submissions review_submissions review_submissions review_submissions review_submissions review_submissions
";

const COLUMNS: [(&str, Role); 8] = [
    ("admin", Role::MinistryAdmin),
    ("manager", Role::HrManager),
    ("officer", Role::HrOfficer),
    ("clerk", Role::DataClerk),
    ("viewer", Role::Viewer),
    ("auditor", Role::Auditor),
    ("messaging", Role::MessagingOfficer),
    ("worker", Role::Worker),
];

/// The fields of the table, each with what every role is told.
fn table() -> Vec<(&'static str, Vec<(Role, &'static str)>)> {
    let mut lines = TABLE.lines().filter(|line| !line.is_empty());
    let columns: Vec<&str> = lines.next().expect("a head").split_whitespace().collect();
    assert_eq!(columns, COLUMNS.map(|(name, _)| name));
    let read = |line: &'static str| {
        let mut cells = line.split_whitespace();
        let field = cells.next().expect("a field");
        let cells = COLUMNS.iter().map(|(_, role)| *role).zip(cells).collect();
        (field, cells)
    };
    lines.map(read).collect()
}

fn root_fields() -> BTreeSet<String> {
    let schema = parse_schema(kada::api::sdl()).expect("the schema is one");
    let mut fields = BTreeSet::new();
    for definition in schema.definitions {
        if let TypeSystemDefinition::Type(of) = definition
            && matches!(of.node.name.node.as_str(), "Query" | "Mutation")
            && let TypeKind::Object(root) = of.node.kind
        {
            fields.extend(root.fields.iter().map(|it| it.node.name.node.to_string()));
        }
    }
    fields
}

/// A document for each field of the table, with inputs that would be accepted or refused as data.
async fn documents(country: &TestCountry<'_>) -> BTreeMap<&'static str, String> {
    let (unit, facility, cadre) = (
        country.id("orgUnit", "A-1").await,
        country.id("facility", "F-A1").await,
        country.id("cadre", "MW").await,
    );
    let nobody = WorkerId::new().encode();
    let nothing = nobody.replace("wkr", "pst");
    let (no_form, no_answer) = (nobody.replace("wkr", "frm"), nobody.replace("wkr", "sub"));
    let (no_post, missing_norm) = (nobody.replace("wkr", "post"), nobody.replace("wkr", "norm"));
    let (no_course, no_session) = (nobody.replace("wkr", "crs"), nobody.replace("wkr", "ses"));
    let (no_credential, no_licence) = (nobody.replace("wkr", "qlf"), nobody.replace("wkr", "lic"));
    let no_leave = nobody.replace("wkr", "lve");
    let no_leave = format!("leave: \"{no_leave}\", baseVersion: 1");
    let no_entry = format!("serviceEntry: \"{}\"", nobody.replace("wkr", "srv"));
    let no_unit = nobody.replace("wkr", "unit");
    let no_proposal = nobody.replace("wkr", "trf");
    let no_proposal = format!("proposal: \"{no_proposal}\", baseVersion: 1");
    let posting = format!(
        "{{facility: \"{facility}\", cadre: \"{cadre}\", employmentType: \"permanent\", startsOn: \"2020-01-01\"}}"
    );
    let mutation = |name: &str, input: &str| {
        format!("mutation {{ {name}(input: {{{input}}}) {{ errors {{ errorCode }} }} }}")
    };
    let query = |selection: &str| format!("{{ {selection} }}");
    [
        ("cadre", query("cadre(by: {code: \"MW\"}) { id }")),
        (
            "cadres",
            query("cadres(first: 1) { nodes { id } totalCount }"),
        ),
        ("changes", query("changes(first: 1) { nodes { seq } }")),
        (
            "codeList",
            query("codeList(list: EMPLOYMENT_TYPE) { code }"),
        ),
        ("country", query("country { code }")),
        (
            "facilities",
            query("facilities(first: 1) { nodes { id } totalCount }"),
        ),
        ("facility", query("facility(by: {code: \"F-A1\"}) { id }")),
        ("facilityTypes", query("facilityTypes { code }")),
        ("headcount", query("headcount { total }")),
        ("node", query(&format!("node(id: \"{unit}\") {{ id }}"))),
        ("orgUnit", query("orgUnit(by: {code: \"A\"}) { id }")),
        (
            "orgUnits",
            query("orgUnits(first: 1) { nodes { id } totalCount }"),
        ),
        ("ownerships", query("ownerships { code }")),
        ("viewer", query("viewer { subject }")),
        (
            "worker",
            query(&format!("worker(by: {{id: \"{nobody}\"}}) {{ id }}")),
        ),
        (
            "workers",
            query("workers(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "registerWorker",
            mutation(
                "registerWorker",
                &format!("familyName: \"A\", sex: FEMALE, orgUnit: \"{unit}\", sector: HEALTH"),
            ),
        ),
        (
            "registerWorker/post",
            mutation(
                "registerWorker",
                &format!("familyName: \"A\", sex: FEMALE, posting: {posting}"),
            ),
        ),
        (
            "correctWorker",
            mutation(
                "correctWorker",
                &format!("worker: \"{nobody}\", baseVersion: 1"),
            ),
        ),
        (
            "postWorker",
            mutation(
                "postWorker",
                &format!("worker: \"{nobody}\", posting: {posting}"),
            ),
        ),
        (
            "transferWorker",
            mutation(
                "transferWorker",
                &format!("worker: \"{nobody}\", to: \"{facility}\", on: \"2021-01-01\""),
            ),
        ),
        (
            "proposeTransfer",
            mutation(
                "proposeTransfer",
                &format!("worker: \"{nobody}\", to: \"{facility}\", on: \"2021-01-01\""),
            ),
        ),
        (
            "acceptTransfer",
            mutation("acceptTransfer", &no_proposal),
        ),
        (
            "declineTransfer",
            mutation("declineTransfer", &no_proposal),
        ),
        (
            "withdrawTransfer",
            mutation("withdrawTransfer", &no_proposal),
        ),
        (
            "pendingTransfers",
            query("pendingTransfers(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "transferProposals",
            query("transferProposals(first: 1) { nodes { id } totalCount }"),
        ),
        ("dataQuality", query("dataQuality { records }")),
        (
            "unitQuality",
            query("unitQuality(first: 1) { nodes { quality { records } } totalCount }"),
        ),
        (
            "qualityQueue",
            query("qualityQueue(flaw: NO_PHONE, first: 1) { nodes { id } totalCount }"),
        ),
        (
            "spotChecks",
            query("spotChecks(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "clerkAccuracy",
            query("clerkAccuracy(from: \"2026-01-01\", to: \"2026-12-31\") { recordsEntered }"),
        ),
        (
            "drawSpotCheck",
            mutation(
                "drawSpotCheck",
                &format!("orgUnit: \"{no_unit}\", size: 1, changedSince: \"2026-01-01\""),
            ),
        ),
        (
            "recordSpotCheck",
            mutation(
                "recordSpotCheck",
                &format!(
                    "check: \"spc_018f0000000070008000000000000000\", worker: \"{nobody}\", fields: []"
                ),
            ),
        ),
        (
            "leaves",
            query("leaves(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "leaveBalances",
            query(&format!("leaveBalances(worker: \"{nobody}\", year: 2026) {{ left }}")),
        ),
        ("changesStart", query("changesStart")),
        (
            "conflicts",
            query("conflicts(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "resolveConflict",
            mutation(
                "resolveConflict",
                &format!(
                    "conflict: \"{}\", take: MINE, baseVersion: 1",
                    nobody.replace("wkr", "cft")
                ),
            ),
        ),
        ("approvalPolicy", query("approvalPolicy { version }")),
        (
            "changeRequests",
            query("changeRequests(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "decideChangeRequest",
            mutation(
                "decideChangeRequest",
                &format!(
                    "request: \"{}\", decision: REJECT",
                    nobody.replace("wkr", "chg")
                ),
            ),
        ),
        (
            "withdrawChangeRequest",
            mutation(
                "withdrawChangeRequest",
                &format!("request: \"{}\"", nobody.replace("wkr", "chg")),
            ),
        ),
        (
            "saveApprovalPolicy",
            mutation("saveApprovalPolicy", "groups: [], baseVersion: 7"),
        ),
        // Each of its items is refused by itself: tests/it/workforce/offline.rs.
        (
            "submitBatch",
            "mutation { submitBatch(input: {items: []}) { outcomes { key } } }".to_owned(),
        ),
        (
            "requestLeave",
            mutation(
                "requestLeave",
                &format!(
                    "worker: \"{nobody}\", leaveType: \"annual\", startsOn: \"2026-06-01\", endsOn: \"2026-06-05\""
                ),
            ),
        ),
        (
            "careerFlows",
            query("careerFlows(from: \"2026-01-01\", to: \"2026-06-01\") { from }"),
        ),
        (
            "promoteWorker",
            mutation(
                "promoteWorker",
                &format!("worker: \"{nobody}\", on: \"2026-06-01\", salaryGrade: \"G7\""),
            ),
        ),
        (
            "recordExit",
            mutation(
                "recordExit",
                &format!("worker: \"{nobody}\", on: \"2026-06-01\", reason: \"retirement\""),
            ),
        ),
        (
            "serviceEntries",
            query("serviceEntries(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "saveParticulars",
            mutation(
                "saveParticulars",
                &format!("worker: \"{nobody}\", baseVersion: 1, nationality: \"ML\""),
            ),
        ),
        (
            "savePhoto",
            mutation(
                "savePhoto",
                &format!("worker: \"{nobody}\", baseVersion: 1, file: null"),
            ),
        ),
        (
            "recordServiceEntry",
            mutation(
                "recordServiceEntry",
                &format!(
                    "worker: \"{nobody}\", startsOn: \"2026-06-01\",
                     entry: {{absence: {{reason: \"none\", isAuthorised: false}}}}"
                ),
            ),
        ),
        (
            "endServiceEntry",
            mutation("endServiceEntry", &format!("{no_entry}, endsOn: \"2026-06-02\"")),
        ),
        (
            "withdrawServiceEntry",
            mutation("withdrawServiceEntry", &format!("{no_entry}, reason: \"error\"")),
        ),
        ("approveLeave", mutation("approveLeave", &no_leave)),
        ("declineLeave", mutation("declineLeave", &no_leave)),
        ("cancelLeave", mutation("cancelLeave", &no_leave)),
        (
            "recallFromLeave",
            mutation("recallFromLeave", &format!("{no_leave}, on: \"2026-06-02\"")),
        ),
        (
            "holidays",
            query("holidays(from: \"2026-01-01\", to: \"2026-12-31\") { day }"),
        ),
        (
            "workingDays",
            query("workingDays(from: \"2026-01-01\", to: \"2026-12-31\")"),
        ),
        (
            "saveHoliday",
            mutation("saveHoliday", "day: \"2026-06-01\", names: []"),
        ),
        (
            "removeHoliday",
            mutation("removeHoliday", "day: \"2026-06-01\", baseVersion: 1"),
        ),
        ("importMappings", query("importMappings { name }")),
        (
            "saveImportMapping",
            mutation(
                "saveImportMapping",
                "name: \"pay\", columns: [{header: \"Nom\", field: \"family_name\"}]",
            ),
        ),
        ("indicators", query("indicators { code }")),
        (
            "previewCadreChange",
            query(&format!(
                "previewCadreChange(change: {{retire: {{cadre: \"{cadre}\", baseVersion: 1, from: \"2026-06-01\"}}}})
                 {{ workers }}"
            )),
        ),
        (
            "addCadre",
            mutation(
                "addCadre",
                "code: \"\", from: \"2026-06-01\", labels: [], sector: HEALTH, workerClass: ALLIED",
            ),
        ),
        (
            "changeCadre",
            mutation(
                "changeCadre",
                &format!("cadre: \"{cadre}\", baseVersion: 1, from: \"2026-06-01\""),
            ),
        ),
        (
            "retireCadre",
            mutation(
                "retireCadre",
                &format!("cadre: \"{cadre}\", baseVersion: 7, from: \"2026-06-01\""),
            ),
        ),
        (
            "reinstateCadre",
            mutation(
                "reinstateCadre",
                &format!("cadre: \"{cadre}\", baseVersion: 7, from: \"2026-06-01\""),
            ),
        ),
        (
            "mergeCadres",
            mutation(
                "mergeCadres",
                &format!("cadres: [], into: \"{cadre}\", on: \"2026-01-01\""),
            ),
        ),
        (
            "crosswalkCoverage",
            query("crosswalkCoverage(edition: \"isco-08\") { workers }"),
        ),
        (
            "suggestCadreMappings",
            query(&format!(
                "suggestCadreMappings(cadre: \"{cadre}\", edition: \"isco-08\", first: 1) {{ code }}"
            )),
        ),
        (
            "proposeCadreMapping",
            mutation(
                "proposeCadreMapping",
                &format!("cadre: \"{cadre}\", edition: \"\", from: \"2026-01-01\", targets: []"),
            ),
        ),
        (
            "reviewCadreMapping",
            mutation(
                "reviewCadreMapping",
                &format!("mapping: \"{}\", approve: true", MappingId::new().encode()),
            ),
        ),
        (
            "splitCadre",
            mutation(
                "splitCadre",
                &format!(
                    "cadre: \"{cadre}\", baseVersion: 1, into: [], otherwise: \"{cadre}\", on: \"2026-01-01\""
                ),
            ),
        ),
        ("codeListNamed", query("codeListNamed(list: \"x\") { code }")),
        (
            "addCodeListEntry",
            mutation("addCodeListEntry", "list: \"\", code: \"\", labels: []"),
        ),
        (
            "changeCodeListEntry",
            mutation("changeCodeListEntry", "list: \"\", code: \"\", baseVersion: 1"),
        ),
        (
            "retireCodeListEntry",
            mutation("retireCodeListEntry", "list: \"\", code: \"\", baseVersion: 1"),
        ),
        (
            "saveFacilityType",
            mutation("saveFacilityType", "code: \"\", labels: [], sector: HEALTH"),
        ),
        (
            "saveOwnership",
            mutation("saveOwnership", "code: \"\", labels: [], nhwaGroup: \"\""),
        ),
        (
            "previewOrgUnitChange",
            query(&format!(
                "previewOrgUnitChange(change: {{close: {{orgUnit: \"{unit}\", baseVersion: 1, from: \"2026-06-01\"}}}})
                 {{ workers }}"
            )),
        ),
        (
            "previewFacilityChange",
            query(&format!(
                "previewFacilityChange(change: {{close: {{facility: \"{facility}\", baseVersion: 1, from: \"2026-06-01\"}}}})
                 {{ workers }}"
            )),
        ),
        (
            "addOrgUnit",
            mutation("addOrgUnit", "code: \"\", from: \"2026-06-01\", names: []"),
        ),
        (
            "changeOrgUnit",
            mutation(
                "changeOrgUnit",
                &format!("orgUnit: \"{unit}\", baseVersion: 1, from: \"2026-06-01\""),
            ),
        ),
        (
            "closeOrgUnit",
            mutation(
                "closeOrgUnit",
                &format!("orgUnit: \"{unit}\", baseVersion: 7, from: \"2026-06-01\""),
            ),
        ),
        (
            "addFacility",
            mutation(
                "addFacility",
                &format!(
                    "code: \"\", from: \"2026-06-01\", name: \"\", type: \"\", ownership: \"\", orgUnit: \"{unit}\", setting: URBAN"
                ),
            ),
        ),
        (
            "changeFacility",
            mutation(
                "changeFacility",
                &format!("facility: \"{facility}\", baseVersion: 1, from: \"2026-06-01\""),
            ),
        ),
        (
            "closeFacility",
            mutation(
                "closeFacility",
                &format!("facility: \"{facility}\", baseVersion: 7, from: \"2026-06-01\""),
            ),
        ),
        (
            "reopenFacility",
            mutation(
                "reopenFacility",
                &format!("facility: \"{facility}\", baseVersion: 1, from: \"2026-06-01\""),
            ),
        ),
        (
            "recordPopulations",
            mutation("recordPopulations", "populations: []"),
        ),
        ("form", query("form(by: {code: \"none\"}) { id }")),
        ("forms", query("forms { id }")),
        (
            "compareFormVersions",
            query(&format!(
                "compareFormVersions(form: \"{no_form}\", from: 1) {{ changeClass }}"
            )),
        ),
        (
            "previewFormPublication",
            query(&format!(
                "previewFormPublication(form: \"{no_form}\") {{ changeClass }}"
            )),
        ),
        (
            "formAsXlsForm",
            query(&format!("formAsXlsForm(form: \"{no_form}\") {{ fileName }}")),
        ),
        (
            "formAsQuestionnaire",
            query(&format!(
                "formAsQuestionnaire(form: \"{no_form}\") {{ resource }}"
            )),
        ),
        (
            "submission",
            query(&format!("submission(id: \"{no_answer}\") {{ id }}")),
        ),
        (
            "submissions",
            query("submissions(first: 1) { nodes { id } totalCount }"),
        ),
        ("posts", query("posts(first: 1) { nodes { id } totalCount }")),
        (
            "staffingNorms",
            query("staffingNorms(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "staffingGaps",
            query("staffingGaps(first: 1) { nodes { gap } totalCount }"),
        ),
        ("staffingGapTotals", query("staffingGapTotals { gap }")),
        ("vacancies", query("vacancies { vacant }")),
        (
            "openPost",
            mutation(
                "openPost",
                &format!("code: \"\", facility: \"{facility}\", cadre: \"{cadre}\", from: \"2026-01-01\""),
            ),
        ),
        (
            "changePost",
            mutation(
                "changePost",
                &format!("post: \"{no_post}\", baseVersion: 1, from: \"2026-01-01\""),
            ),
        ),
        (
            "freezePost",
            mutation(
                "freezePost",
                &format!("post: \"{no_post}\", baseVersion: 1, from: \"2026-01-01\""),
            ),
        ),
        (
            "reopenPost",
            mutation(
                "reopenPost",
                &format!("post: \"{no_post}\", baseVersion: 1, from: \"2026-01-01\""),
            ),
        ),
        (
            "closePost",
            mutation(
                "closePost",
                &format!("post: \"{no_post}\", baseVersion: 1, from: \"2026-01-01\""),
            ),
        ),
        (
            "assignPost",
            mutation(
                "assignPost",
                &format!("posting: \"{nothing}\", post: \"{no_post}\""),
            ),
        ),
        (
            "vacatePost",
            mutation("vacatePost", &format!("posting: \"{nothing}\"")),
        ),
        (
            "saveStaffingNorm",
            mutation(
                "saveStaffingNorm",
                &format!("cadre: \"{cadre}\", target: {{facility: \"{facility}\"}}, from: \"2026-01-01\""),
            ),
        ),
        (
            "endStaffingNorm",
            mutation(
                "endStaffingNorm",
                &format!("norm: \"{missing_norm}\", baseVersion: 1, lastDay: \"2026-01-01\""),
            ),
        ),
        (
            "saveFormDraft",
            mutation(
                "saveFormDraft",
                "code: \"\", subject: WORKER, title: [], definition: {}",
            ),
        ),
        (
            "publishForm",
            mutation("publishForm", &format!("form: \"{no_form}\", baseVersion: 1")),
        ),
        (
            "rollBackForm",
            mutation(
                "rollBackForm",
                &format!("form: \"{no_form}\", to: 1, baseVersion: 1"),
            ),
        ),
        (
            "retireForm",
            mutation(
                "retireForm",
                &format!("form: \"{no_form}\", version: 1, baseVersion: 1"),
            ),
        ),
        (
            "submitForm",
            mutation(
                "submitForm",
                &format!("form: \"{no_form}\", about: {{worker: \"{nobody}\"}}, answers: {{}}"),
            ),
        ),
        (
            "correctSubmission",
            mutation(
                "correctSubmission",
                &format!("submission: \"{no_answer}\", baseVersion: 1, answers: {{}}"),
            ),
        ),
        (
            "reviewSubmission",
            mutation(
                "reviewSubmission",
                &format!("submission: \"{no_answer}\", baseVersion: 1, decision: ACCEPT"),
            ),
        ),
        (
            "recordQualification",
            mutation(
                "recordQualification",
                &format!("worker: \"{nobody}\", level: \"\", title: \"\", institution: \"\""),
            ),
        ),
        (
            "withdrawCredential",
            mutation(
                "withdrawCredential",
                &format!("credential: \"{no_credential}\", reason: \"\""),
            ),
        ),
        (
            "recordRegistration",
            mutation("recordRegistration", &format!("worker: \"{nobody}\", cadre: \"{cadre}\", number: \"\", registeredOn: \"2026-01-01\"")),
        ),
        (
            "issueLicence",
            mutation("issueLicence", &format!("worker: \"{nobody}\", cadre: \"{cadre}\", number: \"\", startsOn: \"2026-01-01\", endsOn: \"2026-12-31\"")),
        ),
        (
            "renewLicence",
            mutation("renewLicence", &format!("licence: \"{no_licence}\", endsOn: \"2026-12-31\"")),
        ),
        (
            "decideOnLicence",
            mutation("decideOnLicence", &format!("licence: \"{no_licence}\", ruling: REVOKE, from: \"2026-12-31\"")),
        ),
        ("licences", query("licences(first: 1) { nodes { id } totalCount }")),
        ("unlicensedWorkers", query("unlicensedWorkers(first: 1) { nodes { id } totalCount }")),
        (
            "saveCourse",
            mutation("saveCourse", "code: \"\", titles: []"),
        ),
        (
            "scheduleSession",
            mutation("scheduleSession", &format!("course: \"{no_course}\", provider: \"\", startsOn: \"2026-01-01\", endsOn: \"2026-12-31\"")),
        ),
        (
            "recordAttendance",
            mutation("recordAttendance", &format!("session: \"{no_session}\", attendances: []")),
        ),
        ("courses", query("courses { id }")),
        ("trainingSessions", query("trainingSessions(first: 1) { nodes { id } totalCount }")),
        ("untrainedWorkers", query("untrainedWorkers(first: 1) { nodes { id } totalCount }")),
        (
            "recordVetting",
            mutation("recordVetting", &format!("worker: \"{nobody}\", kind: \"\", status: CLEARED, issuedOn: \"2026-01-01\", issuedBy: \"\"")),
        ),
        ("unvettedWorkers", query("unvettedWorkers(first: 1) { nodes { id } totalCount }")),
        (
            "experiencedProviders",
            query(&format!(
                "experiencedProviders(first: 1, filter: {{cadre: \"{cadre}\"}}) {{ nodes {{ score }} totalCount }}"
            )),
        ),
        (
            "qualifiedNotPosted",
            query(&format!(
                "qualifiedNotPosted(first: 1, cadre: \"{cadre}\") {{ nodes {{ id }} totalCount }}"
            )),
        ),
        (
            "duplicates",
            query("duplicates(first: 1) { nodes { id } totalCount }"),
        ),
        (
            "workerMerges",
            query("workerMerges(first: 1) { nodes { absorbed } }"),
        ),
        (
            "likelyDuplicates",
            query("likelyDuplicates(of: {familyName: \"Keita\", sex: FEMALE}) { score }"),
        ),
        (
            "mergeWorkers",
            mutation(
                "mergeWorkers",
                &format!("keep: \"{nobody}\", keepVersion: 1, absorb: \"{nobody}\", absorbVersion: 1"),
            ),
        ),
        (
            "unmergeWorkers",
            mutation("unmergeWorkers", &format!("absorbed: \"{nobody}\", baseVersion: 1")),
        ),
        (
            "dismissDuplicate",
            mutation(
                "dismissDuplicate",
                &format!("duplicate: \"{}\", because: \"two\"", nobody.replace("wkr", "dup")),
            ),
        ),
        ("searchDuplicates", mutation("searchDuplicates", "")),
        (
            "endPosting",
            mutation(
                "endPosting",
                &format!("posting: \"{nothing}\", endsOn: \"2021-01-01\", reason: \"retirement\""),
            ),
        ),
    ]
    .into()
}

/// `+`, or the permission that the first error names.
fn told(answer: &Value) -> String {
    match answer.get("errors") {
        None => "+".to_owned(),
        Some(errors) => {
            let extensions = &errors[0]["extensions"];
            assert_eq!(extensions["code"], "FORBIDDEN", "{answer}");
            extensions["permission"]
                .as_str()
                .expect("a permission")
                .to_owned()
        }
    }
}

#[tokio::test]
async fn each_role_may_do_what_the_table_says_and_nothing_else() {
    let tenant_roles = Role::ALL.into_iter().filter(|role| role.is_tenant_role());
    assert_eq!(tenant_roles.count(), COLUMNS.len());
    let table = table();
    let fields = table.iter().map(|(field, _)| field.split('/').next());
    let fields: BTreeSet<String> = fields.flatten().map(str::to_owned).collect();
    let mut root_fields = root_fields();
    // They take a file: tests/it/interop, tests/it/forms/files and tests/it/workforce/documents ask for them in every role.
    assert!(root_fields.remove("importWorkers"));
    assert!(root_fields.remove("uploadFormFile"));
    assert!(root_fields.remove("uploadActDocument"));
    assert!(root_fields.remove("importXlsForm"));
    assert_eq!(fields, root_fields, "the table has every root field");

    let world = World::new().await;
    let country = world.country().await;
    let documents = documents(&country).await;
    for (field, cells) in table {
        assert_eq!(cells.len(), COLUMNS.len(), "{field}");
        for (role, expected) in cells {
            let answer = country.caller(role).ask(&documents[field], json!({})).await;
            assert_eq!(told(&answer), expected, "{field} as {}", role.as_str());
        }
    }
}

/// A country with a health worker in each district, and a social worker in A-1.
struct Staffed<'a> {
    country: TestCountry<'a>,
    /// By name: id of the worker, id of their posting.
    people: BTreeMap<&'static str, (String, String)>,
    facility: String,
    elsewhere: String,
    cadre: String,
}

const PEOPLE: [(&str, &str, &str); 4] = [
    ("Awa", "F-A1", "MW"),
    ("Binta", "F-A2", "NUR"),
    ("Coumba", "F-B1", "MW"),
    ("Djeneba", "S-A1", "SWO"),
];

impl<'a> Staffed<'a> {
    async fn of(world: &'a World) -> Self {
        let country = world.country().await;
        let mut people = BTreeMap::new();
        let query = "query($id: ID!) { worker(by: {id: $id}) { posting { id } } }";
        for (name, facility, cadre) in PEOPLE {
            let id = country.register(name, facility, cadre, "2020-01-01").await;
            let manager = country.caller(Role::HrManager);
            let data = manager.data(query, json!({ "id": id })).await;
            let posting = data["worker"]["posting"]["id"].as_str().expect("posted");
            people.insert(name, (id, posting.to_owned()));
        }
        Self {
            facility: country.id("facility", "F-A1").await,
            elsewhere: country.id("facility", "H-A1").await,
            cadre: country.id("cadre", "MW").await,
            people,
            country,
        }
    }

    /// Every way to a record leads to these people and to no others.
    async fn reaches(&self, caller: &Caller<'_>, expected: &[&str]) {
        let ids = |name: &str| &self.people[name];
        let expected_ids: BTreeSet<&str> = expected.iter().map(|it| ids(it).0.as_str()).collect();
        let list = "{ workers(first: 100, sort: REGISTERED) { nodes { id } totalCount }
            changes(first: 100) { nodes { workerId tombstone worker { id } } } }";
        let data = caller.data(list, json!({})).await;
        let listed = data["workers"]["nodes"].as_array().expect("nodes");
        let listed: BTreeSet<&str> = listed.iter().filter_map(|it| it["id"].as_str()).collect();
        assert_eq!(listed, expected_ids);
        assert_eq!(data["workers"]["totalCount"], expected.len());
        let followed = data["changes"]["nodes"].as_array().expect("nodes").iter();
        let followed = followed.filter(|it| !it["workerId"].is_null());
        let mut seen = BTreeSet::new();
        for change in followed {
            assert_eq!(change["tombstone"], false);
            assert_eq!(change["worker"]["id"], change["workerId"]);
            seen.insert(change["workerId"].as_str().expect("an id"));
        }
        assert_eq!(seen, expected_ids);
        for (name, (worker, posting)) in &self.people {
            let query = "query($worker: ID!, $posting: ID!) {
                worker(by: {id: $worker}) { id } person: node(id: $worker) { id }
                duty: node(id: $posting) { id } }";
            let variables = json!({ "worker": worker, "posting": posting });
            let found = caller.data(query, variables).await;
            let shown = |it: &String| expected.contains(name).then(|| json!({ "id": it }));
            let (worker, posting) = (json!(shown(worker)), json!(shown(posting)));
            assert_eq!(
                found,
                json!({ "worker": worker, "person": worker, "duty": posting }),
                "{name}"
            );
        }
    }

    /// Nobody but these people can be changed: the others do not exist.
    async fn changes_only(&self, caller: &Caller<'_>, expected: &[&str]) {
        for (name, (worker, posting)) in &self.people {
            for (verb, input, absent) in [
                ("correctWorker", "worker: $worker, baseVersion: 0", "WORKER_NOT_FOUND"),
                (
                    "postWorker",
                    "worker: $worker, baseVersion: 0, posting: {
                         facility: $facility, cadre: $cadre, employmentType: \"contract\", startsOn: \"2020-01-01\"}",
                    "WORKER_NOT_FOUND",
                ),
                (
                    "transferWorker",
                    "worker: $worker, baseVersion: 0, to: $facility, on: \"2021-01-01\"",
                    "WORKER_NOT_FOUND",
                ),
                (
                    "endPosting",
                    "posting: $posting, baseVersion: 0, endsOn: \"2021-01-01\", reason: \"retirement\"",
                    "POSTING_NOT_FOUND",
                ),
            ] {
                let declared = [
                    ("worker", worker),
                    ("posting", posting),
                    ("facility", &self.elsewhere),
                    ("cadre", &self.cadre),
                ];
                let used = declared.iter().filter(|(it, _)| input.contains(&format!("${it}")));
                let used: Vec<_> = used.collect();
                let heads: Vec<String> = used.iter().map(|(it, _)| format!("${it}: ID!")).collect();
                let query = format!(
                    "mutation({}) {{ {verb}(input: {{{input}}}) {{ errors {{ errorCode }} }} }}",
                    heads.join(", ")
                );
                let variables: serde_json::Map<String, Value> =
                    used.iter().map(|(it, id)| ((*it).to_owned(), json!(id))).collect();
                let data = caller.data(&query, Value::Object(variables)).await;
                let told = &data[verb]["errors"][0]["errorCode"];
                // Version 0 never was: who may see the record is told so, and nothing is changed.
                let expected = if expected.contains(name) { "STALE" } else { absent };
                assert_eq!(told, expected, "{verb} {name}");
            }
        }
    }
}

#[tokio::test]
async fn a_scope_is_subtrees_and_sectors_on_every_way_to_a_record() {
    let world = World::new().await;
    let staffed = Staffed::of(&world).await;
    let (health, social) = (&[Sector::Health][..], &[Sector::Social][..]);
    let everybody: &[&str] = &["Awa", "Binta", "Coumba", "Djeneba"];
    for (units, sectors, expected) in [
        (&[][..], &[][..], everybody),
        (&["A"], &[], &["Awa", "Binta", "Djeneba"]),
        (&["A-1"], &[], &["Awa", "Djeneba"]),
        (&["A-1"], health, &["Awa"]),
        (&["A-1"], social, &["Djeneba"]),
        (&["A-2", "B"], &[], &["Binta", "Coumba"]),
        (&["A", "A-1", "A-1"], &[], &["Awa", "Binta", "Djeneba"]),
        (&["NOWHERE"], &[], &[]),
        (&["NOWHERE", "A-2"], &[], &["Binta"]),
        (&["a-1"], &[], &[]),
        (&[], social, &["Djeneba"]),
        (&["B"], social, &[]),
    ] {
        println!("units {units:?}, sectors {sectors:?}");
        for role in [Role::HrOfficer, Role::Viewer] {
            let caller = staffed.country.caller(role).scope(units).sectors(sectors);
            staffed.reaches(&caller, expected).await;
        }
        let officer = staffed.country.caller(Role::HrOfficer);
        let officer = officer.scope(units).sectors(sectors);
        staffed.changes_only(&officer, expected).await;
    }
}

#[tokio::test]
async fn a_record_is_begun_or_posted_only_inside_the_scope() {
    let world = World::new().await;
    let staffed = Staffed::of(&world).await;
    let country = &staffed.country;
    let (unit, north) = (
        country.id("orgUnit", "B-1").await,
        country.id("facility", "F-B1").await,
    );
    let officer = country
        .caller(Role::HrOfficer)
        .scope(&["A"])
        .sectors(&[Sector::Health]);
    let register = "mutation($input: RegisterWorkerInput!) {
        registerWorker(input: $input) { worker { id } errors { errorCode } } }";
    let social = country.id("cadre", "SWO").await;
    let posting = |facility: &str, cadre: &str| {
        json!({
            "facility": facility, "cadre": cadre, "employmentType": "contract",
            "startsOn": "2020-01-01", "isPrimary": false,
        })
    };
    for input in [
        json!({ "familyName": "X", "sex": "MALE", "orgUnit": unit, "sector": "HEALTH" }),
        json!({ "familyName": "X", "sex": "MALE", "posting": posting(&north, &staffed.cadre) }),
        json!({ "familyName": "X", "sex": "MALE", "posting": posting(&staffed.facility, &social) }),
    ] {
        let data = officer.data(register, json!({ "input": input })).await;
        let expected = json!({ "worker": null, "errors": [{ "errorCode": "OUTSIDE_YOUR_SCOPE" }] });
        assert_eq!(data["registerWorker"], expected);
    }
    let post = "mutation($input: PostWorkerInput!) {
        postWorker(input: $input) { errors { errorCode path } } }";
    let input =
        json!({ "worker": staffed.people["Awa"].0, "posting": posting(&north, &staffed.cadre) });
    let data = officer.data(post, json!({ "input": input })).await;
    let refused = json!([{ "errorCode": "OUTSIDE_YOUR_SCOPE", "path": ["posting", "facility"] }]);
    assert_eq!(data["postWorker"]["errors"], refused);
    staffed
        .reaches(
            &country.caller(Role::HrManager),
            &["Awa", "Binta", "Coumba", "Djeneba"],
        )
        .await;
}

#[tokio::test]
async fn a_worker_reaches_their_own_record_and_without_one_nothing() {
    let world = World::new().await;
    let staffed = Staffed::of(&world).await;
    let own = WorkerId::decode(&staffed.people["Binta"].0).expect("an id");
    let worker = staffed.country.caller(Role::Worker);
    staffed
        .reaches(&worker.clone().person(own), &["Binta"])
        .await;
    staffed
        .reaches(&worker.clone().person(own).scope(&["A-2"]), &["Binta"])
        .await;
    staffed
        .reaches(&worker.clone().person(WorkerId::new()), &[])
        .await;
    staffed.reaches(&worker, &[]).await;
    let query =
        "query($id: ID!) { worker(by: {id: $id}) { name birthDate identifiers { value } } }";
    let data = worker
        .person(own)
        .data(query, json!({ "id": own.encode() }))
        .await;
    let expected = json!({ "name": "Awa Binta", "birthDate": "1980-05-17", "identifiers": [] });
    assert_eq!(data["worker"], expected);
}

/// Another front door to a world's database, whose issuers say what a test wants.
struct Door {
    address: SocketAddr,
    ministry: TestIssuer,
    hub: TestIssuer,
    platform: TestIssuer,
    clock: kada::kernel::Clock,
}

impl Door {
    async fn to(world: &World, tenants: &[&str]) -> Self {
        let mut config = Config::defaults();
        config.graphql.signing_secret = "another door's signing secret, long enough".into();
        let ministry = TestIssuer::start(Algorithm::EdDSA).await;
        let hub = TestIssuer::start(Algorithm::EdDSA).await;
        let platform = TestIssuer::start(Algorithm::EdDSA).await;
        let mut issuers = vec![
            ministry.config(tenants),
            hub.config(&[]),
            platform.config(&[]),
        ];
        issuers[1].hub = true;
        issuers[2].platform = true;
        let clock = world.clock.clone();
        let database = Address::from_options(world.database.owner.configured(), SECRET);
        let services = Services {
            clock: clock.clone(),
            tenants: Tenants::new(database, &config.database),
            verifier: Verifier::new(issuers, clock.clone()).expect("a verifier"),
            metrics: None,
            development: None,
        };
        let http = config.http.clone();
        let app = assemble(config, services).expect("the house can be built");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            serve(listener, router(app), &http, std::future::pending::<()>()).await
        });
        Self {
            address,
            ministry,
            hub,
            platform,
            clock,
        }
    }

    /// A token with these claims besides the plain ones.
    fn token(&self, issuer: &TestIssuer, more: Value) -> String {
        let mut claims = issuer.claims(&self.clock);
        for (name, value) in more.as_object().expect("claims") {
            claims[name] = value.clone();
        }
        issuer.token(&claims)
    }

    async fn ask(&self, token: Option<&str>, headers: &[(&str, &str)], query: &str) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut all = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
        ];
        all.extend(bearer.as_deref().map(|it| ("Authorization", it)));
        all.extend(headers);
        let body = json!({ "query": query }).to_string();
        request(self.address, "POST /graphql", &all, body.as_bytes()).await
    }
}

/// What tells one refusal from another: the status, the challenge, the body.
fn face(answer: &Answer) -> (u16, Option<&str>, Value) {
    (
        answer.status,
        answer.header("www-authenticate"),
        answer.json(),
    )
}

#[tokio::test]
async fn callers_of_the_hub_and_the_platform_reach_no_country() {
    let world = World::new().await;
    let country = world.country().await;
    country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let documents = documents(&country).await;
    let code = country.code.as_str();
    let door = Door::to(&world, &[code]).await;
    for (issuer, role) in [
        (&door.hub, "hub_analyst"),
        (&door.hub, "hub_admin"),
        (&door.platform, "platform_operator"),
    ] {
        // What else the token claims changes nothing.
        let roles = json!([role, "ministry_admin", "hr_manager"]);
        let token = door.token(issuer, json!({ "roles": roles, "tenant": code }));
        for (field, document) in &documents {
            let answer = door.ask(Some(&token), &[], document).await;
            if *field == "viewer" {
                assert_eq!(answer.status, 200);
                assert!(answer.json().get("errors").is_none(), "{role}");
            } else {
                assert_eq!(
                    answer.code(),
                    "FORBIDDEN",
                    "{field} as {role}: {}",
                    answer.json()
                );
                let data = &answer.json()["data"];
                assert!(data.is_null() || data[field].is_null(), "{field} as {role}");
            }
        }
        let query = "{ viewer { roles permissions units } }";
        let viewer = door.ask(Some(&token), &[], query).await.json();
        let expected = json!({ "roles": [role], "permissions": [], "units": null });
        assert_eq!(viewer["data"]["viewer"], expected);
        let entering = door
            .ask(Some(&token), &[("X-Kada-Tenant", code)], query)
            .await;
        assert_eq!(entering.status, 401, "{role}");
    }
}

#[tokio::test]
async fn a_scope_that_is_empty_or_unreadable_opens_nothing() {
    let world = World::new().await;
    let country = world.country().await;
    country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let code = country.code.as_str();
    let door = Door::to(&world, &[code]).await;
    let count = "{ workers(first: 1, sort: REGISTERED) { nodes { id } totalCount } }";
    for (claims, expected) in [
        (json!({}), json!(1)),
        (json!({ "units": ["A-1"], "sectors": ["health"] }), json!(1)),
        (json!({ "units": [] }), json!(0)),
        (json!({ "units": "" }), json!(0)),
        (json!({ "sectors": [] }), json!(0)),
        (json!({ "sectors": ["education"] }), json!(0)),
        (json!({ "units": ["%", "' or true --"] }), json!(0)),
        (json!({ "roles": ["worker"] }), json!(0)),
        // A role beside it is no longer confined to one record.
        (json!({ "roles": ["worker", "viewer"] }), json!(1)),
    ] {
        let token = door.token(&door.ministry, claims.clone());
        let answer = door.ask(Some(&token), &[], count).await.json();
        assert_eq!(
            answer["data"]["workers"]["totalCount"], expected,
            "{claims}: {answer}"
        );
    }
    let unreadable = door.token(&door.ministry, json!({ "units": { "code": "A-1" } }));
    assert_eq!(door.ask(Some(&unreadable), &[], count).await.status, 401);
    let nobody = door.token(&door.ministry, json!({ "roles": [] }));
    assert_eq!(
        door.ask(Some(&nobody), &[], count).await.code(),
        "FORBIDDEN"
    );
}

#[tokio::test]
async fn a_tenant_that_is_unknown_or_contradicted_is_answered_like_a_bad_token() {
    let world = World::new().await;
    let country = world.country().await;
    let code = country.code.as_str();
    let door = Door::to(&world, &[code, "ghost"]).await;
    let query = "{ country { code } }";
    let own = door.token(&door.ministry, json!({ "tenant": code }));
    let entered = door
        .ask(Some(&own), &[("X-Kada-Tenant", code)], query)
        .await;
    assert_eq!(entered.json()["data"]["country"]["code"], code);

    let forged = door.ask(Some("forged"), &[], query).await;
    assert_eq!(forged.status, 401);
    let ghost = door.token(&door.ministry, json!({ "tenant": "ghost" }));
    let stranger = door.token(&door.ministry, json!({ "tenant": "elsewhere" }));
    let undecided = door.token(&door.ministry, json!({}));
    let shouted = code.to_uppercase();
    for (token, tenant) in [
        (None, None),
        (Some(&ghost), None),
        (Some(&ghost), Some("ghost")),
        (Some(&stranger), None),
        (Some(&undecided), None),
        (Some(&undecided), Some(code)),
        (Some(&own), Some("ghost")),
        (Some(&own), Some("hub")),
        (Some(&own), Some(shouted.as_str())),
        (Some(&own), Some("")),
    ] {
        let headers: Vec<_> = tenant.iter().map(|it| ("X-Kada-Tenant", *it)).collect();
        let answer = door.ask(token.map(String::as_str), &headers, query).await;
        assert_eq!(face(&answer), face(&forged), "{tenant:?}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_behind_waits_while_the_others_serve() {
    let world = World::with(2, |_| {}).await;
    let countries = world.countries().await;
    let (behind, other) = (&countries[0], &countries[1]);
    let door = Door::to(&world, &[behind.code.as_str(), other.code.as_str()]).await;
    let mut superuser = world.database.superuser().await;
    let schema = behind.code.schema();
    let set_back =
        format!("update control.migration set version = 0 where schema_name = '{schema}'");
    let done = superuser
        .execute(AssertSqlSafe(set_back))
        .await
        .expect("set back");
    assert_eq!(done.rows_affected(), 1);

    let query = "{ country { code } }";
    let token = |country: &TestCountry<'_>| {
        door.token(&door.ministry, json!({ "tenant": country.code.as_str() }))
    };
    let waits = door.ask(Some(&token(behind)), &[], query).await;
    assert_eq!(
        (waits.status, waits.code().as_str()),
        (503, "TENANT_MIGRATING")
    );
    assert!(waits.header("retry-after").is_some());
    let serves = door.ask(Some(&token(other)), &[], query).await;
    assert_eq!(
        serves.json()["data"]["country"]["code"],
        other.code.as_str()
    );
}
