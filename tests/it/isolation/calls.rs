//! Calls made from the schema: every root field, and every place in its arguments where a value can name something.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use serde_json::{Value, json};

use crate::support::world::TODAY;

/// Keys that were not given to any call before.
static TURN: AtomicUsize = AtomicUsize::new(0);

/// What a value can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Worker,
    Posting,
    Facility,
    OrgUnit,
    Cadre,
    Form,
    FormCode,
    Submission,
    Mapping,
    Post,
    PostCode,
    Norm,
    Duplicate,
    /// A worker into whose record another went.
    Kept,
    /// One whose record went into another.
    Gone,
    /// One of whom a service file, a conflict and a change request tell.
    Filed,
    Qualification,
    QualificationLevel,
    Registration,
    Licence,
    LicenceReason,
    Council,
    Course,
    Session,
    Attendance,
    Vetting,
    Clearance,
    Proposal,
    Leave,
    Conflict,
    ChangeRequest,
    LeaveType,
    ServiceEntry,
    Sanction,
    MaritalStatus,
    Relation,
    SpotCheck,
    FacilityCode,
    OrgUnitCode,
    CadreCode,
    FacilityType,
    Ownership,
    EmploymentType,
    Reason,
    IdentifierType,
    /// A number to look for.
    Identifier,
    /// A number to give to somebody.
    NewIdentifier,
    Cursor,
}

enum Meaning {
    /// Names one of these.
    Names(&'static [Kind]),
    /// Names nothing; this will do.
    Text(&'static str),
}

const NODES: &[(&str, Kind)] = &[
    ("Worker", Kind::Worker),
    ("Posting", Kind::Posting),
    ("Facility", Kind::Facility),
    ("OrgUnit", Kind::OrgUnit),
    ("Cadre", Kind::Cadre),
    ("Form", Kind::Form),
    ("Submission", Kind::Submission),
    ("Post", Kind::Post),
    ("TransferProposal", Kind::Proposal),
    ("Leave", Kind::Leave),
];

/// What an ID or a text means at its place: `Input.field`, or `rootField.argument`.
fn meaning(place: &str) -> Meaning {
    use Kind::*;
    use Meaning::{Names, Text};
    match place {
        "node.id" => Names(&[
            Worker, Posting, Facility, OrgUnit, Cadre, Form, Submission, Post, Proposal, Leave,
        ]),
        "WorkerLookup.id"
        | "CorrectWorkerInput.worker"
        | "PostWorkerInput.worker"
        | "TransferWorkerInput.worker"
        | "RecordQualificationInput.worker"
        | "RecordRegistrationInput.worker"
        | "IssueLicenceInput.worker"
        | "AttendanceInput.worker"
        | "RecordVettingInput.worker"
        | "ProposeTransferInput.worker"
        | "TransferProposalFilter.worker"
        | "RequestLeaveInput.worker"
        | "PromoteWorkerInput.worker"
        | "RecordExitInput.worker"
        | "RecordServiceEntryInput.worker"
        | "SaveParticularsInput.worker"
        | "SavePhotoInput.worker"
        | "LeaveFilterInput.worker"
        | "leaveBalances.worker"
        | "RecordSpotCheckInput.worker"
        | "SplitPartInput.workers"
        | "SubmissionSubjectInput.worker"
        | "PostFilterInput.holder"
        | "RegisterWorkerInput.distinctFrom"
        | "DuplicateFilterInput.worker"
        | "MergeWorkersInput.keep"
        | "MergeWorkersInput.absorb"
        | "SubmissionFilterInput.worker" => Names(&[Worker]),
        "ConflictFilterInput.worker"
        | "ServiceEntryFilterInput.worker"
        | "ChangeRequestFilterInput.worker" => Names(&[Filed]),
        "DecideChangeRequestInput.request" | "WithdrawChangeRequestInput.request" => {
            Names(&[ChangeRequest])
        }
        "DecideChangeRequestInput.comment" | "WithdrawChangeRequestInput.comment" => Text("well"),
        "ResolveConflictInput.conflict" => Names(&[Conflict]),
        // What a client makes is free or taken, in its own country: tests/it/workforce/offline.rs gives ids that are taken.
        "RegisterWorkerInput.id" => Text("wkr_01900000000070008000000000000fed"),
        "PostingInput.id" | "TransferWorkerInput.posting" => {
            Text("pst_01900000000070008000000000000fed")
        }
        "RequestLeaveInput.id" => Text("lve_01900000000070008000000000000fed"),
        "SubmitFormInput.id" => Text("sub_01900000000070008000000000000fed"),
        "BatchItemInput.key" | "BatchItemInput.after" => Text("a key of the tests"),
        "UnmergeWorkersInput.absorbed" => Names(&[Gone]),
        "workerMerges.into" => Names(&[Kept]),
        "DismissDuplicateInput.duplicate" => Names(&[Duplicate]),
        "DismissDuplicateInput.because" => Text("two cards"),
        "EndPostingInput.posting"
        | "SubmissionSubjectInput.posting"
        | "AssignPostInput.posting"
        | "VacatePostInput.posting"
        | "SubmissionFilterInput.posting" => Names(&[Posting]),
        "ChangePostInput.post"
        | "FreezePostInput.post"
        | "ReopenPostInput.post"
        | "ClosePostInput.post"
        | "AssignPostInput.post" => Names(&[Post]),
        "RecordQualificationInput.qualification" => Names(&[Qualification]),
        "WithdrawCredentialInput.credential" => {
            Names(&[Qualification, Registration, Licence, Attendance, Vetting])
        }
        "RecordVettingInput.vetting" => Names(&[Vetting]),
        "RecordVettingInput.kind" | "unvettedWorkers.kind" => Names(&[Clearance]),
        "RecordVettingInput.issuedBy" => Text("Police"),
        "ScheduleSessionInput.course" | "trainingSessions.course" | "untrainedWorkers.course" => {
            Names(&[Course])
        }
        "RecordAttendanceInput.session" => Names(&[Session]),
        "SaveCourseInput.code" => Text("NEW-COURSE"),
        "ScheduleSessionInput.provider" | "ScheduleSessionInput.place" => Text("Croix-Rouge"),
        "RenewLicenceInput.licence" | "DecideOnLicenceInput.licence" => Names(&[Licence]),
        "DecideOnLicenceInput.reason" => Names(&[LicenceReason]),
        "LicenceFilterInput.council" => Names(&[Council]),
        "RecordRegistrationInput.council"
        | "RecordRegistrationInput.number"
        | "IssueLicenceInput.council"
        | "IssueLicenceInput.number" => Text("Ordre 7"),
        "RecordQualificationInput.level" | "ProviderFilterInput.qualificationLevels" => {
            Names(&[QualificationLevel])
        }
        "RecordQualificationInput.title"
        | "RecordQualificationInput.major"
        | "RecordQualificationInput.institution"
        | "WithdrawCredentialInput.reason" => Text("Diplôme"),
        "RecordQualificationInput.country" => Text("ML"),
        "PostFilterInput.codes" => Names(&[PostCode]),
        "SaveStaffingNormInput.norm" | "EndStaffingNormInput.norm" => Names(&[Norm]),
        "OpenPostInput.code" => Text("NEW-POST"),
        "OpenPostInput.title" | "ChangePostInput.title" | "SaveStaffingNormInput.source" => {
            Text("Sage-femme")
        }
        "ReviewCadreMappingInput.mapping" => Names(&[Mapping]),
        "AcceptTransferInput.proposal"
        | "DeclineTransferInput.proposal"
        | "WithdrawTransferInput.proposal" => Names(&[Proposal]),
        "AcceptTransferInput.comment"
        | "DeclineTransferInput.comment"
        | "WithdrawTransferInput.comment" => Text("well"),
        "ApproveLeaveInput.leave"
        | "DeclineLeaveInput.leave"
        | "CancelLeaveInput.leave"
        | "RecallFromLeaveInput.leave" => Names(&[Leave]),
        "ApproveLeaveInput.comment"
        | "DeclineLeaveInput.comment"
        | "CancelLeaveInput.comment"
        | "RecallFromLeaveInput.comment"
        | "RequestLeaveInput.note"
        | "SaveHolidayInput.source" => Text("well"),
        "RequestLeaveInput.leaveType" | "LeaveFilterInput.types" => Names(&[LeaveType]),
        "RecordServiceEntryInput.serviceEntry"
        | "EndServiceEntryInput.serviceEntry"
        | "WithdrawServiceEntryInput.serviceEntry" => Names(&[ServiceEntry]),
        "DisciplinaryActionInput.action" => Names(&[Sanction]),
        "SaveParticularsInput.maritalStatus" => Names(&[MaritalStatus]),
        "RelativeInput.relation" => Names(&[Relation]),
        "AbsenceInput.reason"
        | "SuspensionInput.reason"
        | "DisciplinaryActionInput.reason"
        | "DisciplinaryActionInput.givenBy"
        | "DisciplinaryActionInput.remark"
        | "AppraisalInput.evaluator"
        | "AppraisalInput.remark"
        | "PayInput.payer"
        | "PayInput.grade"
        | "WithdrawServiceEntryInput.reason" => Text("well"),
        "SaveParticularsInput.nationality" | "SaveParticularsInput.birthCountry" => Text("ML"),
        "SaveParticularsInput.languages" => Text("bm"),
        "SaveParticularsInput.address"
        | "SaveParticularsInput.namePrefix"
        | "SaveParticularsInput.nameSuffix"
        | "RelativeInput.name"
        | "PastEmploymentInput.employer"
        | "PastEmploymentInput.occupation"
        | "PastEmploymentInput.whyLeft" => Text("Kita"),
        "RelativeInput.phone" => Text("+22365012345"),
        "PayInput.amount" => Text("150000"),
        "PayInput.currency" => Text("XOF"),
        "RecordSpotCheckInput.check" | "SpotCheckFilterInput.check" => Names(&[SpotCheck]),
        "SpotCheckFindingInput.rightValue" => Text("Awa"),
        "DrawSpotCheckInput.clerk" => Text("clerk@kada"),
        "FacilityLookup.id"
        | "SubmissionSubjectInput.facility"
        | "SubmissionFilterInput.facility"
        | "WorkerFilterInput.facilities"
        | "PostingInput.facility"
        | "PostingInput.supervisor"
        | "TransferWorkerInput.to"
        | "PromoteWorkerInput.to"
        | "ProposeTransferInput.to"
        | "ProposeTransferInput.supervisor"
        | "ChangeFacilityInput.facility"
        | "CloseFacilityInput.facility"
        | "ReopenFacilityInput.facility"
        | "OpenPostInput.facility"
        | "ScheduleSessionInput.facility"
        | "PostFilterInput.facilities"
        | "StaffingFilter.facilities"
        | "StaffingNormFilter.facility"
        | "StaffingNormTargetInput.facility"
        | "TransferWorkerInput.supervisor" => Names(&[Facility]),
        "OrgUnitLookup.id"
        | "SubmissionOfficeInput.orgUnit"
        | "OrgUnitFilter.parent"
        | "OrgUnitVersionInput.orgUnit"
        | "AddOrgUnitInput.parent"
        | "AddOrgUnitInput.predecessors"
        | "ChangeOrgUnitInput.orgUnit"
        | "ChangeOrgUnitInput.parent"
        | "CloseOrgUnitInput.orgUnit"
        | "CloseOrgUnitInput.successors"
        | "AddFacilityInput.orgUnit"
        | "ChangeFacilityInput.orgUnit"
        | "PopulationInput.orgUnit"
        | "FacilityFilter.orgUnit"
        | "WorkerFilterInput.orgUnit"
        | "HeadcountFilter.orgUnit"
        | "CareerFlowFilter.orgUnit"
        | "LicenceFilterInput.orgUnit"
        | "ProviderFilterInput.orgUnit"
        | "ProviderFilterInput.near"
        | "PostFilterInput.orgUnit"
        | "StaffingFilter.orgUnit"
        | "DuplicateFilterInput.orgUnit"
        | "LeaveFilterInput.orgUnit"
        | "ServiceEntryFilterInput.orgUnit"
        | "QualityFilterInput.orgUnit"
        | "SpotCheckFilterInput.orgUnit"
        | "DrawSpotCheckInput.orgUnit"
        | "ConflictFilterInput.orgUnit"
        | "ChangeRequestFilterInput.orgUnit"
        | "ChangeFilterInput.orgUnit"
        | "SaveParticularsInput.residence"
        | "RegisterWorkerInput.orgUnit" => Names(&[OrgUnit]),
        "FormLookup.id"
        | "compareFormVersions.form"
        | "previewFormPublication.form"
        | "formAsXlsForm.form"
        | "formAsQuestionnaire.form"
        | "PublishFormInput.form"
        | "RollBackFormInput.form"
        | "RetireFormInput.form"
        | "SubmitFormInput.form"
        | "SubmissionFilterInput.form" => Names(&[Form]),
        "submission.id"
        | "CorrectSubmissionInput.submission"
        | "ReviewSubmissionInput.submission" => Names(&[Submission]),
        "ReviewSubmissionInput.comment" => Text("well"),
        "FormLookup.code" | "SaveFormDraftInput.code" => Names(&[FormCode]),
        // Nothing is looked up before there is a file: tests/it/interop tries the neighbour's.
        "ImportXlsFormInput.code" => Text("visits"),
        "AnswerConditionInput.form" | "AnswerFieldInput.form" => Names(&[FormCode]),
        // The file beside it comes with a multipart request alone: tests/it/forms/files.rs sends a neighbour's.
        "UploadFormFileInput.form" => Text("frm_00000000000070008000000000000000"),
        "UploadFormFileInput.field" => Text("ward"),
        "UploadFormFileInput.mediaType" => Text("image/png"),
        "AnswerConditionInput.field" | "AnswerFieldInput.field" => Text("ward"),
        "AnswerConditionInput.anyOf" => Text("Kariakoo"),
        "LocalizedTextInput.language" => Text("fr"),
        "LocalizedTextInput.text" => Text("Formulaire"),
        "FormMappingInput.from" | "FormMappingInput.to" => Text("ward"),
        "FormValueMappingInput.from" | "FormValueMappingInput.to" => Text("ngo"),
        "CadreLookup.id"
        | "CadreFilter.within"
        | "WorkerFilterInput.cadre"
        | "HeadcountFilter.cadre"
        | "CareerFlowFilter.cadre"
        | "PostingInput.cadre"
        | "TransferWorkerInput.cadre"
        | "PromoteWorkerInput.cadre"
        | "ProposeTransferInput.cadre"
        | "ProposeCadreMappingInput.cadre"
        | "suggestCadreMappings.cadre"
        | "AddCadreInput.careerSteps"
        | "ChangeCadreInput.careerSteps"
        | "AddCadreInput.parent"
        | "ChangeCadreInput.cadre"
        | "ChangeCadreInput.parent"
        | "RetireCadreInput.cadre"
        | "ReinstateCadreInput.cadre"
        | "CadreVersionInput.cadre"
        | "MergeCadresInput.into"
        | "SplitCadreInput.cadre"
        | "SplitCadreInput.otherwise"
        | "OpenPostInput.cadre"
        | "ChangePostInput.cadre"
        | "PostFilterInput.cadre"
        | "StaffingFilter.cadre"
        | "StaffingNormFilter.cadre"
        | "SaveStaffingNormInput.cadre"
        | "RecordQualificationInput.qualifiesFor"
        | "ProviderFilterInput.cadre"
        | "qualifiedNotPosted.cadre"
        | "RecordRegistrationInput.cadre"
        | "IssueLicenceInput.cadre"
        | "LicenceFilterInput.cadre"
        | "SplitPartInput.cadre" => Names(&[Cadre]),
        "FacilityLookup.code"
        | "AddFacilityInput.code"
        | "PostFilterInput.facilityCodes"
        | "StaffingFilter.facilityCodes"
        | "WorkerFilterInput.facilityCodes" => Names(&[FacilityCode]),
        "OrgUnitLookup.code"
        | "AddOrgUnitInput.code"
        | "OrgUnitFilter.parentCode"
        | "WorkerFilterInput.orgUnitCode"
        | "HeadcountFilter.orgUnitCode"
        | "CareerFlowFilter.orgUnitCode"
        | "LicenceFilterInput.orgUnitCode"
        | "ProviderFilterInput.orgUnitCode"
        | "PostFilterInput.orgUnitCode"
        | "StaffingFilter.orgUnitCode"
        | "LeaveFilterInput.orgUnitCode"
        | "ServiceEntryFilterInput.orgUnitCode"
        | "QualityFilterInput.orgUnitCode"
        | "FacilityFilter.orgUnitCode" => Names(&[OrgUnitCode]),
        "CadreLookup.code"
        | "WorkerFilterInput.cadreCode"
        | "HeadcountFilter.cadreCode"
        | "CareerFlowFilter.cadreCode"
        | "LicenceFilterInput.cadreCode"
        | "HeadcountFilter.cadreCodes"
        | "PostFilterInput.cadreCode"
        | "StaffingFilter.cadreCode"
        | "StaffingNormFilter.cadreCode"
        | "AddCadreInput.code" => Names(&[CadreCode]),
        "FacilityFilter.types"
        | "AddFacilityInput.type"
        | "ChangeFacilityInput.type"
        | "WorkerFilterInput.facilityTypes"
        | "HeadcountFilter.facilityTypes"
        | "PostFilterInput.facilityTypes"
        | "StaffingFilter.facilityTypes"
        | "StaffingNormFilter.facilityType"
        | "FacilityTypeTargetInput.code"
        | "SplitPartInput.facilityTypes" => Names(&[FacilityType]),
        "AddFacilityInput.ownership" | "ChangeFacilityInput.ownership" => Names(&[Ownership]),
        "FacilityFilter.ownerships" | "HeadcountFilter.ownerships" => Names(&[Ownership]),
        "WorkerFilterInput.employmentTypes"
        | "HeadcountFilter.employmentTypes"
        | "PostingInput.employmentType"
        | "ProposeTransferInput.employmentType"
        | "PromoteWorkerInput.employmentType"
        | "TransferWorkerInput.employmentType" => Names(&[EmploymentType]),
        "TransferWorkerInput.reason"
        | "ProposeTransferInput.reason"
        | "PromoteWorkerInput.reason"
        | "RecordExitInput.reason"
        | "EndPostingInput.reason" => Names(&[Reason]),
        "PostingInput.salaryGrade"
        | "TransferWorkerInput.salaryGrade"
        | "PromoteWorkerInput.salaryGrade" => Text("G7"),
        "IdentifierInput.type" | "IdentifierLookup.type" => Names(&[IdentifierType]),
        "IdentifierLookup.value" => Names(&[Identifier]),
        "IdentifierInput.value" => Names(&[NewIdentifier]),
        "workers.after"
        | "facilities.after"
        | "orgUnits.after"
        | "cadres.after"
        | "changes.after"
        | "submissions.after"
        | "pendingTransfers.after"
        | "transferProposals.after"
        | "leaves.after"
        | "serviceEntries.after"
        | "qualityQueue.after"
        | "unitQuality.after"
        | "spotChecks.after"
        | "posts.after"
        | "licences.after"
        | "unlicensedWorkers.after"
        | "trainingSessions.after"
        | "untrainedWorkers.after"
        | "unvettedWorkers.after"
        | "experiencedProviders.after"
        | "qualifiedNotPosted.after"
        | "staffingGaps.after"
        | "staffingNorms.after"
        | "duplicates.after"
        | "conflicts.after"
        | "changeRequests.after"
        | "workerMerges.after" => Names(&[Cursor]),
        "HeadcountFilter.isco08" => Text("222"),
        "WorkerFilterInput.name" => Text("traore"),
        "FacilityFilter.name" => Text("F-A1"),
        "OrgUnitFilter.name" => Text("Region"),
        "CadreFilter.label" => Text("nurse"),
        "RegisterWorkerInput.familyName"
        | "CorrectWorkerInput.familyName"
        | "PersonInput.familyName" => Text("Keita"),
        "RegisterWorkerInput.givenNames"
        | "CorrectWorkerInput.givenNames"
        | "PersonInput.givenNames" => Text("Modibo"),
        "ActInput.number" => Text("N° 7"),
        // One that was sent, by a neighbour too: tests/it/workforce/documents.rs.
        "ActInput.document" => Text("doc_00000000000070008000000000000000"),
        "UploadActDocumentInput.mediaType" => Text("application/pdf"),
        "SavePhotoInput.mediaType" => Text("image/png"),
        "codeListNamed.list"
        | "AddCodeListEntryInput.list"
        | "ChangeCodeListEntryInput.list"
        | "RetireCodeListEntryInput.list" => Text("departure_reason"),
        "ChangeCodeListEntryInput.code" | "RetireCodeListEntryInput.code" => Names(&[Reason]),
        // Codes to give to something new: what has one would be found at other places after that.
        "AddCodeListEntryInput.code" | "SaveFacilityTypeInput.code" | "SaveOwnershipInput.code" => {
            Text("NEW")
        }
        "SaveFacilityTypeInput.tier"
        | "SaveFacilityTypeInput.providerClass"
        | "SaveFacilityTypeInput.source"
        | "SaveOwnershipInput.source" => Text("HP.1"),
        "SaveOwnershipInput.nhwaGroup" => Text("public"),
        "AddFacilityInput.name" | "ChangeFacilityInput.name" => Text("CSCom"),
        "AddOrgUnitInput.kind" | "ChangeOrgUnitInput.kind" => Text("Cercle"),
        "AddOrgUnitInput.iso3166_2" | "ChangeOrgUnitInput.iso3166_2" => Text("ZZ-9"),
        "AddOrgUnitInput.source" | "PopulationInput.source" => Text("census"),
        "ProposeCadreMappingInput.edition"
        | "suggestCadreMappings.edition"
        | "crosswalkCoverage.edition" => Text("isco-08"),
        "MappingTargetInput.code" => Text("2221"),
        "AddCadreInput.entryQualification"
        | "ChangeCadreInput.entryQualification"
        | "AddCadreInput.licensingCouncil"
        | "ChangeCadreInput.licensingCouncil"
        | "AddCadreInput.salaryGrades"
        | "ChangeCadreInput.salaryGrades" => Text("Diplôme"),
        "ImportWorkersInput.mapping" | "SaveImportMappingInput.name" => Text("payroll"),
        "ImportWorkersInput.sheet" | "ImportColumnInput.header" => Text("Nom"),
        "ImportColumnInput.field" => Names(&[IdentifierType]),
        "ContactInput.value" => Text("keita@example.org"),
        place if place.ends_with(".idempotencyKey") => Text("a key of the tests"),
        unknown => panic!(
            "tests/it/isolation/calls.rs does not know what {unknown} means: say what it can name, \
             so that it is tried with the neighbour's values"
        ),
    }
}

/// What else has to be given for a place to be looked at at all.
fn companions(place: &str) -> &'static [&'static str] {
    match place {
        "RegisterWorkerInput.orgUnit" => &["sector"],
        "RegisterWorkerInput.identifiers" | "RegisterWorkerInput.contacts" => &["posting"],
        "RegisterWorkerInput.familyName"
        | "RegisterWorkerInput.givenNames"
        | "RegisterWorkerInput.act"
        | "RegisterWorkerInput.distinctFrom"
        | "RegisterWorkerInput.idempotencyKey" => &["posting"],
        "RecordRegistrationInput.cadre" | "RecordRegistrationInput.worker" => &["council"],
        "IssueLicenceInput.cadre" | "IssueLicenceInput.worker" => &["council"],
        "DecideOnLicenceInput.licence" => &["reason"],
        "PromoteWorkerInput.employmentType"
        | "PromoteWorkerInput.reason"
        | "PromoteWorkerInput.to"
        | "PromoteWorkerInput.worker" => &["salaryGrade"],
        _ => &[],
    }
}

/// A place in a root field's arguments, and one thing that it can name (nothing, for free text).
#[derive(Clone, Debug)]
pub struct Slot {
    pub field: String,
    pub is_mutation: bool,
    pub path: Vec<String>,
    pub kind: Option<Kind>,
}

/// What fills the places that a call is not about.
pub trait Fill {
    fn own(&self, field: &str, kind: Kind) -> String;
}

pub struct Schema {
    types: BTreeMap<String, TypeKind>,
    one_of: Vec<String>,
}

impl Schema {
    pub fn read() -> Self {
        let sdl = kada::api::sdl();
        let document = parse_schema(&sdl).expect("our own SDL");
        let mut schema = Self {
            types: BTreeMap::new(),
            one_of: Vec::new(),
        };
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(it) = definition {
                let it = it.node;
                let name = it.name.node.to_string();
                let is =
                    |directive: &str| it.directives.iter().any(|d| d.node.name.node == directive);
                if is("oneOf") {
                    schema.one_of.push(name.clone());
                }
                schema.types.insert(name, it.kind);
            }
        }
        schema.knows_every_node();
        schema
    }

    /// Every type that has an opaque id is one that these tests can name.
    fn knows_every_node(&self) {
        for (name, kind) in &self.types {
            if let TypeKind::Object(object) = kind
                && object.implements.iter().any(|it| it.node == "Node")
            {
                assert!(
                    NODES.iter().any(|(known, _)| known == name),
                    "{name} is a Node that tests/it/isolation/calls.rs does not try"
                );
            }
        }
    }

    /// Every place of every root field; free text included.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = Vec::new();
        for (root, is_mutation) in [("Query", false), ("Mutation", true)] {
            for field in self.fields(root) {
                let name = field.name.node.as_str();
                for argument in &field.arguments {
                    let argument = &argument.node;
                    let place = format!("{name}.{}", argument.name.node);
                    let path = vec![argument.name.node.to_string()];
                    self.walk(argument, place, path, &mut |path, kind| {
                        slots.push(Slot {
                            field: name.to_owned(),
                            is_mutation,
                            path,
                            kind,
                        });
                    });
                }
            }
        }
        slots
    }

    fn walk(
        &self,
        value: &InputValueDefinition,
        place: String,
        path: Vec<String>,
        found: &mut impl FnMut(Vec<String>, Option<Kind>),
    ) {
        let name = base(&value.ty.node);
        match (name.as_str(), self.types.get(&name)) {
            ("ID" | "String", _) => match meaning(&place) {
                Meaning::Names(kinds) => {
                    for kind in kinds {
                        found(path.clone(), Some(*kind));
                    }
                }
                Meaning::Text(_) => found(path, None),
            },
            // The filter of workers is one, and tried where nothing else chooses among them.
            ("WorkerFilterInput", _) if place != "workers.filter" => {}
            (_, Some(TypeKind::InputObject(input))) => {
                // An item of a batch does what the mutation of its name does, and that is tried by itself.
                let is_tried = |field: &InputValueDefinition| {
                    name != "BatchDeedInput" || field.name.node == "correctWorker"
                };
                let fields = input.fields.iter().map(|it| &it.node);
                for field in fields.filter(|it| is_tried(it)) {
                    let inner = [&path[..], &[field.name.node.to_string()]].concat();
                    self.walk(field, format!("{name}.{}", field.name.node), inner, found);
                }
            }
            // A file comes with a multipart request alone: tests/it/interop tries those.
            (_, Some(TypeKind::Enum(_)))
            | ("Int" | "Float" | "Boolean" | "Date" | "DateTime" | "Upload" | "JSON", _) => {}
            _ => panic!("{place} takes a {name}, which tests/it/isolation/calls.rs cannot fill"),
        }
    }

    /// The document and the variables of a call with a value at a place.
    pub fn call(&self, slot: &Slot, value: &str, fill: &impl Fill) -> Value {
        let root = if slot.is_mutation {
            "Mutation"
        } else {
            "Query"
        };
        let field = self
            .fields(root)
            .into_iter()
            .find(|it| it.name.node == slot.field);
        let field = field.expect("a root field");
        let (mut declared, mut given, mut variables) = (Vec::new(), Vec::new(), json!({}));
        for argument in &field.arguments {
            let argument = &argument.node;
            let name = argument.name.node.as_str();
            let place = format!("{}.{name}", slot.field);
            let rest = slot.path.split_first().filter(|(first, _)| *first == name);
            let target = rest.map(|(_, rest)| (rest, value));
            if target.is_none() && argument.ty.node.nullable {
                continue;
            }
            variables[name] = self.value(argument, &place, &slot.field, target, fill);
            declared.push(format!("${name}: {}", argument.ty.node));
            given.push(format!("{name}: ${name}"));
        }
        let keyword = root.to_lowercase();
        let declared = parenthesised(&declared);
        let depth = if slot.is_mutation { 1 } else { 2 };
        let selection = self
            .selection(&base(&field.ty.node), depth)
            .unwrap_or_default();
        let document = format!(
            "{}{declared} {{ {}{}{selection} }}",
            if keyword == "query" {
                "query"
            } else {
                "mutation"
            },
            slot.field,
            parenthesised(&given),
        );
        json!({ "query": document, "variables": variables })
    }

    fn value(
        &self,
        value: &InputValueDefinition,
        place: &str,
        root: &str,
        target: Option<(&[String], &str)>,
        fill: &impl Fill,
    ) -> Value {
        let name = base(&value.ty.node);
        let one = match (name.as_str(), self.types.get(&name)) {
            (_, Some(TypeKind::InputObject(input))) => self.input(
                &name,
                &input.fields.iter().map(|it| &it.node).collect::<Vec<_>>(),
                root,
                target,
                fill,
            ),
            ("ID" | "String", _) => match (target, meaning(place)) {
                (Some((_, value)), _) => json!(value),
                // One that was used for another call would tell that instead.
                (None, _) if place == "BatchItemInput.key" => {
                    json!(format!(
                        "of-an-item-{}",
                        TURN.fetch_add(1, Ordering::Relaxed)
                    ))
                }
                (None, Meaning::Text(text)) => json!(text),
                (None, Meaning::Names(kinds)) => json!(fill.own(root, kinds[0])),
            },
            ("Int", _) if place.ends_with(".first") => json!(3),
            ("Int", _) if place == "leaveBalances.year" => json!(2021),
            ("Int", _) => json!(1),
            ("Float", _) => json!(1.5),
            ("Boolean", _) => json!(true),
            // A period with the day on which everything was entered.
            ("Date", _) if place == "clerkAccuracy.to" => json!(TODAY),
            ("Date", _) => json!("2021-06-01"),
            ("DateTime", _) => json!("2021-06-01T00:00:00Z"),
            ("Upload", _) => json!("no file"),
            ("JSON", _) if place == "SaveFormDraftInput.definition" => definition(),
            ("JSON", _) => json!({ "ward": "Kariakoo" }),
            // As its cursors are of one flaw.
            (_, Some(TypeKind::Enum(_))) if place == "qualityQueue.flaw" => json!("NO_PHONE"),
            (_, Some(TypeKind::Enum(it))) => json!(it.values[0].node.value.node.as_str()),
            _ => panic!("{place} takes a {name}, which tests/it/isolation/calls.rs cannot fill"),
        };
        if is_list(&value.ty.node) {
            json!([one])
        } else {
            one
        }
    }

    fn input(
        &self,
        name: &str,
        fields: &[&InputValueDefinition],
        root: &str,
        target: Option<(&[String], &str)>,
        fill: &impl Fill,
    ) -> Value {
        let aimed = target.and_then(|(path, value)| {
            let (first, rest) = path.split_first()?;
            Some((first.as_str(), rest, value))
        });
        let beside = match aimed {
            Some((first, ..)) => companions(&format!("{name}.{first}")),
            None => &[],
        };
        let is_one_of = self.one_of.iter().any(|it| it == name);
        let mut object = json!({});
        for (position, field) in fields.iter().enumerate() {
            let key = field.name.node.as_str();
            let rest = aimed.filter(|(first, ..)| *first == key);
            let wanted = if is_one_of {
                rest.is_some() || (aimed.is_none() && position == 0)
            } else {
                let needed = !field.ty.node.nullable && field.default_value.is_none();
                rest.is_some() || needed || beside.contains(&key)
            };
            if wanted {
                let place = format!("{name}.{key}");
                let target = rest.map(|(_, rest, value)| (rest, value));
                object[key] = self.value(field, &place, root, target, fill);
            }
        }
        object
    }

    /// All that can be selected, so deep; `None` for a leaf.
    fn selection(&self, name: &str, depth: usize) -> Option<String> {
        let chosen: Vec<String> = match self.types.get(name) {
            Some(TypeKind::Object(object)) => {
                let fields = object.fields.iter().map(|it| &it.node);
                // The key of an item says only which it is, and each has another.
                let told = fields
                    .filter(|field| (name, field.name.node.as_str()) != ("BatchOutcome", "key"));
                let chosen = told.filter_map(|field| {
                    let arguments = match &field.arguments[..] {
                        [] => "",
                        [only] if only.node.name.node == "first" => "(first: 3)",
                        _ => panic!(
                            "{name}.{} takes arguments that are not known",
                            field.name.node
                        ),
                    };
                    let inner = base(&field.ty.node);
                    let below = match self.types.get(&inner) {
                        Some(TypeKind::Object(_) | TypeKind::Interface(_)) => {
                            let depth = depth.checked_sub(1)?;
                            // A page is only a wrapping.
                            let is_page = inner.ends_with("Connection") || inner.ends_with("Edge");
                            self.selection(&inner, depth + usize::from(is_page))?
                        }
                        _ => String::new(),
                    };
                    Some(format!("{}{arguments}{below}", field.name.node))
                });
                chosen.collect()
            }
            Some(TypeKind::Interface(_)) => vec!["__typename id".to_owned()],
            _ => return None,
        };
        (!chosen.is_empty()).then(|| format!(" {{ {} }}", chosen.join(" ")))
    }

    fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        match self.types.get(name) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|it| &it.node).collect(),
            _ => Vec::new(),
        }
    }
}

/// A form to save.
pub fn definition() -> Value {
    json!({ "schema": { "type": "object", "properties": { "ward": { "type": "string" } } } })
}

fn parenthesised(parts: &[String]) -> String {
    if parts.is_empty() {
        String::new()
    } else {
        format!("({})", parts.join(", "))
    }
}

fn base(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => base(inner),
    }
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}
