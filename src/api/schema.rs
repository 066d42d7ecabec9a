//! The schema: every domain's part merged, and the two interfaces that span them.

use async_graphql::{
    Context, EmptySubscription, ID, Interface, MergedObject, Object, Result, SDLExportOptions,
    Schema, SchemaBuilder,
};

use crate::cadres::graphql::{
    AddCadreErrorCode, AddCodeListEntryErrorCode, Cadre, CadresMutation, CadresQuery,
    CatalogueQuery, ChangeCadreErrorCode, ChangeCodeListEntryErrorCode, CodeListsMutation,
    CodeListsQuery, CrosswalkMutation, CrosswalkQuery, ProposeCadreMappingErrorCode,
    ReinstateCadreErrorCode, RetireCadreErrorCode, RetireCodeListEntryErrorCode,
    ReviewCadreMappingErrorCode,
};
use crate::cadres::{self};
use crate::credentials::graphql::{
    CredentialsMutation, DecideOnLicenceErrorCode, ExperiencedProvider, IssueLicenceErrorCode,
    Licence, LicencesMutation, LicencesQuery, ProvidersQuery, RecordAttendanceErrorCode,
    RecordQualificationErrorCode, RecordRegistrationErrorCode, RecordVettingErrorCode,
    RenewLicenceErrorCode, SaveCourseErrorCode, ScheduleSessionErrorCode, TrainingSession,
    TrainingsMutation, TrainingsQuery, VettingsMutation, VettingsQuery,
    WithdrawCredentialErrorCode,
};
use crate::establishment::graphql::{
    AssignPostErrorCode, ChangePostErrorCode, ClosePostErrorCode, EndStaffingNormErrorCode,
    EstablishmentMutation, EstablishmentQuery, FreezePostErrorCode, NormsMutation, NormsQuery,
    OpenPostErrorCode, Post, ReopenPostErrorCode, SaveStaffingNormErrorCode, StaffingGap,
    StaffingNorm, StaffingQuery, VacatePostErrorCode, post_by_id,
};
use crate::forms::graphql::{
    Form, FormFilesMutation, FormsMutation, FormsQuery, PublishFormErrorCode, RetireFormErrorCode,
    RollBackFormErrorCode, SaveFormDraftErrorCode, UploadFormFileErrorCode, form_by_id,
};
use crate::graphql::limits::Prices;
use crate::graphql::{Connection, UserErrorOf, ViewerQuery, nullable, request};
use crate::indicators::graphql::{FlowsQuery, IndicatorsQuery};
use crate::interop::graphql::{
    FormFilesQuery, ImportWorkersErrorCode, ImportXlsFormErrorCode, InteropMutation, InteropQuery,
    SaveImportMappingErrorCode, XlsFormMutation,
};
use crate::kernel::{Id, Instant, Invalid, ReadError, Unfit};
use crate::places::graphql::{
    AddFacilityErrorCode, AddOrgUnitErrorCode, ChangeFacilityErrorCode, ChangeOrgUnitErrorCode,
    ClassesMutation, CloseFacilityErrorCode, CloseOrgUnitErrorCode, Facility, OrgUnit,
    PlacesMutation, PlacesPreviewQuery, PlacesQuery, RecordPopulationsErrorCode,
    ReopenFacilityErrorCode, SaveFacilityTypeErrorCode, SaveOwnershipErrorCode,
};
use crate::places::{self};
use crate::workforce::graphql::{
    AcceptTransferErrorCode, ApprovalsMutation, ApprovalsQuery, ApproveLeaveErrorCode,
    BatchItemErrorCode, BatchMutation, CalendarMutation, CalendarQuery, CancelLeaveErrorCode,
    CareersMutation, Change, ChangeRequest, ConflictItem, ConflictsMutation, ConflictsQuery,
    CorrectSubmissionErrorCode, CorrectWorkerErrorCode, CoverageQuery,
    DecideChangeRequestErrorCode, DeclineLeaveErrorCode, DeclineTransferErrorCode,
    DismissDuplicateErrorCode, DocumentsMutation, DrawSpotCheckErrorCode, Duplicate,
    DuplicatesMutation, DuplicatesQuery, EndPostingErrorCode, EndServiceEntryErrorCode,
    FacilitiesMutation, HandoverMutation, HandoverQuery, Leave, LeaveMutation, LeaveQuery,
    MergeCadresErrorCode, MergeWorkersErrorCode, ParticularsMutation, PhotosMutation,
    PostWorkerErrorCode, Posting, PromoteWorkerErrorCode, ProposeTransferErrorCode,
    QualityMutation, QualityQuery, RecallFromLeaveErrorCode, RecordExitErrorCode,
    RecordServiceEntryErrorCode, RecordSpotCheckErrorCode, RegisterWorkerErrorCode,
    RegroupMutation, RegroupQuery, RemoveHolidayErrorCode, RequestLeaveErrorCode,
    ResolveConflictErrorCode, ReviewSubmissionErrorCode, SaveApprovalPolicyErrorCode,
    SaveHolidayErrorCode, SaveParticularsErrorCode, SavePhotoErrorCode, SearchDuplicatesErrorCode,
    ServiceEntry, ServiceMutation, ServiceQuery, SplitCadreErrorCode, SpotCheck, Submission,
    SubmissionsMutation, SubmissionsQuery, SubmitFormErrorCode, TransferProposal,
    TransferWorkerErrorCode, UnitQuality, UnmergeWorkersErrorCode, UploadActDocumentErrorCode,
    WithdrawChangeRequestErrorCode, WithdrawServiceEntryErrorCode, WithdrawTransferErrorCode,
    Worker, WorkerMerge, WorkforceMutation, WorkforceQuery, leave_by_id, posting_by_id,
    submission_by_id, transfer_proposal_by_id, worker_by_id,
};

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    ViewerQuery,
    NodeQuery,
    PlacesQuery,
    PlacesPreviewQuery,
    CadresQuery,
    CodeListsQuery,
    CrosswalkQuery,
    CatalogueQuery,
    FormsQuery,
    WorkforceQuery,
    RegroupQuery,
    CoverageQuery,
    SubmissionsQuery,
    DuplicatesQuery,
    ConflictsQuery,
    ApprovalsQuery,
    LicencesQuery,
    TrainingsQuery,
    VettingsQuery,
    ProvidersQuery,
    HandoverQuery,
    LeaveQuery,
    ServiceQuery,
    CalendarQuery,
    QualityQuery,
    EstablishmentQuery,
    NormsQuery,
    StaffingQuery,
    InteropQuery,
    FormFilesQuery,
    IndicatorsQuery,
    FlowsQuery,
);

/// Fields that look at every post of a country, or at everybody in a cadre, and those that do many things at once.
pub const PRICES: Prices<'_> = Prices {
    aggregates: &[
        "careerFlows",
        "headcount",
        "crosswalkCoverage",
        "dataQuality",
        "unitQuality",
        "clerkAccuracy",
        "staffingGaps",
        "staffingGapTotals",
        "vacancies",
        "experiencedProviders",
    ],
    batches: &["submitBatch"],
};

/// What can be changed. Each mutation is one transaction; what is refused changes nothing.
#[derive(MergedObject, Default)]
pub struct Mutation(
    PlacesMutation,
    ClassesMutation,
    FacilitiesMutation,
    CadresMutation,
    CodeListsMutation,
    CrosswalkMutation,
    FormsMutation,
    FormFilesMutation,
    WorkforceMutation,
    CareersMutation,
    DocumentsMutation,
    RegroupMutation,
    SubmissionsMutation,
    DuplicatesMutation,
    ConflictsMutation,
    ApprovalsMutation,
    BatchMutation,
    CredentialsMutation,
    LicencesMutation,
    TrainingsMutation,
    VettingsMutation,
    HandoverMutation,
    LeaveMutation,
    ParticularsMutation,
    PhotosMutation,
    ServiceMutation,
    CalendarMutation,
    QualityMutation,
    EstablishmentMutation,
    NormsMutation,
    InteropMutation,
    XlsFormMutation,
);

/// The root fields whose answers change with nothing but the ledger, the day, and the caller's roles, scope and
/// languages: an operation that asks for these alone is answered from kept bytes.
pub const KEPT: &[&str] = &["headcount", "staffingGapTotals", "vacancies"];

/// The whole schema, ready to be given data.
#[must_use]
pub fn schema() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .register_output_type::<UserError>()
        .override_output_type_description::<Instant>("A moment in UTC (RFC 3339).")
        .override_output_type_description::<Connection<Cadre>>("A page of cadres.")
        .override_output_type_description::<Connection<Change>>("A page of changes.")
        .override_output_type_description::<Connection<ChangeRequest>>("A page of change requests.")
        .override_output_type_description::<Connection<ConflictItem>>("A page of conflicts.")
        .override_output_type_description::<Connection<Duplicate>>("A page of pairs of records.")
        .override_output_type_description::<Connection<WorkerMerge>>("A page of merged records.")
        .override_output_type_description::<Connection<ExperiencedProvider>>("A page of providers.")
        .override_output_type_description::<Connection<Facility>>("A page of facilities.")
        .override_output_type_description::<Connection<Licence>>("A page of licences.")
        .override_output_type_description::<Connection<Leave>>("A page of leave.")
        .override_output_type_description::<Connection<OrgUnit>>("A page of org units.")
        .override_output_type_description::<Connection<Post>>("A page of posts.")
        .override_output_type_description::<Connection<ServiceEntry>>(
            "A page of entries of service files.",
        )
        .override_output_type_description::<Connection<SpotCheck>>("A page of spot checks.")
        .override_output_type_description::<Connection<UnitQuality>>(
            "A page of org units with the quality of their records.",
        )
        .override_output_type_description::<Connection<StaffingGap>>("A page of staffing gaps.")
        .override_output_type_description::<Connection<StaffingNorm>>("A page of staffing norms.")
        .override_output_type_description::<Connection<Submission>>("A page of answers to forms.")
        .override_output_type_description::<Connection<TrainingSession>>(
            "A page of sessions of courses.",
        )
        .override_output_type_description::<Connection<TransferProposal>>(
            "A page of proposed transfers.",
        )
        .override_output_type_description::<Connection<Worker>>("A page of workers.")
}

/// The schema as `schema.graphql` holds it.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    schema().finish().sdl_with_options(options)
}

/// Anything that has an opaque id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The opaque id."))]
enum Node {
    Worker(Worker),
    Posting(Posting),
    Facility(Facility),
    OrgUnit(OrgUnit),
    Cadre(Cadre),
    Form(Form),
    Submission(Submission),
    Post(Post),
    TransferProposal(TransferProposal),
    Leave(Leave),
}

/// A refusal of any mutation: for code that handles all alike.
#[expect(
    clippy::duplicated_attributes,
    reason = "two of the fields have the same type"
)]
#[derive(Interface)]
#[graphql(
    field(name = "error_code", ty = "&String", desc = "The refusal's code."),
    field(
        name = "message",
        ty = "&String",
        desc = "The refusal in the caller's language."
    ),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "The path of the input field that it is about; empty when it is about no single field."
    )
)]
pub enum UserError {
    AddCodeListEntry(UserErrorOf<AddCodeListEntryErrorCode>),
    ChangeCodeListEntry(UserErrorOf<ChangeCodeListEntryErrorCode>),
    RetireCodeListEntry(UserErrorOf<RetireCodeListEntryErrorCode>),
    AddOrgUnit(UserErrorOf<AddOrgUnitErrorCode>),
    ChangeOrgUnit(UserErrorOf<ChangeOrgUnitErrorCode>),
    CloseOrgUnit(UserErrorOf<CloseOrgUnitErrorCode>),
    AddFacility(UserErrorOf<AddFacilityErrorCode>),
    ChangeFacility(UserErrorOf<ChangeFacilityErrorCode>),
    CloseFacility(UserErrorOf<CloseFacilityErrorCode>),
    ReopenFacility(UserErrorOf<ReopenFacilityErrorCode>),
    SaveFacilityType(UserErrorOf<SaveFacilityTypeErrorCode>),
    SaveOwnership(UserErrorOf<SaveOwnershipErrorCode>),
    RecordPopulations(UserErrorOf<RecordPopulationsErrorCode>),
    AddCadre(UserErrorOf<AddCadreErrorCode>),
    ChangeCadre(UserErrorOf<ChangeCadreErrorCode>),
    RetireCadre(UserErrorOf<RetireCadreErrorCode>),
    ReinstateCadre(UserErrorOf<ReinstateCadreErrorCode>),
    ProposeCadreMapping(UserErrorOf<ProposeCadreMappingErrorCode>),
    ReviewCadreMapping(UserErrorOf<ReviewCadreMappingErrorCode>),
    MergeCadres(UserErrorOf<MergeCadresErrorCode>),
    SplitCadre(UserErrorOf<SplitCadreErrorCode>),
    RegisterWorker(UserErrorOf<RegisterWorkerErrorCode>),
    CorrectWorker(UserErrorOf<CorrectWorkerErrorCode>),
    PostWorker(UserErrorOf<PostWorkerErrorCode>),
    TransferWorker(UserErrorOf<TransferWorkerErrorCode>),
    EndPosting(UserErrorOf<EndPostingErrorCode>),
    MergeWorkers(UserErrorOf<MergeWorkersErrorCode>),
    UnmergeWorkers(UserErrorOf<UnmergeWorkersErrorCode>),
    DismissDuplicate(UserErrorOf<DismissDuplicateErrorCode>),
    DrawSpotCheck(UserErrorOf<DrawSpotCheckErrorCode>),
    SearchDuplicates(UserErrorOf<SearchDuplicatesErrorCode>),
    ProposeTransfer(UserErrorOf<ProposeTransferErrorCode>),
    AcceptTransfer(UserErrorOf<AcceptTransferErrorCode>),
    DeclineTransfer(UserErrorOf<DeclineTransferErrorCode>),
    WithdrawTransfer(UserErrorOf<WithdrawTransferErrorCode>),
    RequestLeave(UserErrorOf<RequestLeaveErrorCode>),
    ApproveLeave(UserErrorOf<ApproveLeaveErrorCode>),
    DeclineLeave(UserErrorOf<DeclineLeaveErrorCode>),
    CancelLeave(UserErrorOf<CancelLeaveErrorCode>),
    RecallFromLeave(UserErrorOf<RecallFromLeaveErrorCode>),
    PromoteWorker(UserErrorOf<PromoteWorkerErrorCode>),
    RecordExit(UserErrorOf<RecordExitErrorCode>),
    RecordServiceEntry(UserErrorOf<RecordServiceEntryErrorCode>),
    SaveParticulars(UserErrorOf<SaveParticularsErrorCode>),
    SavePhoto(UserErrorOf<SavePhotoErrorCode>),
    EndServiceEntry(UserErrorOf<EndServiceEntryErrorCode>),
    WithdrawServiceEntry(UserErrorOf<WithdrawServiceEntryErrorCode>),
    RecordSpotCheck(UserErrorOf<RecordSpotCheckErrorCode>),
    SaveHoliday(UserErrorOf<SaveHolidayErrorCode>),
    RemoveHoliday(UserErrorOf<RemoveHolidayErrorCode>),
    ResolveConflict(UserErrorOf<ResolveConflictErrorCode>),
    DecideChangeRequest(UserErrorOf<DecideChangeRequestErrorCode>),
    WithdrawChangeRequest(UserErrorOf<WithdrawChangeRequestErrorCode>),
    SaveApprovalPolicy(UserErrorOf<SaveApprovalPolicyErrorCode>),
    BatchItem(UserErrorOf<BatchItemErrorCode>),
    OpenPost(UserErrorOf<OpenPostErrorCode>),
    ChangePost(UserErrorOf<ChangePostErrorCode>),
    FreezePost(UserErrorOf<FreezePostErrorCode>),
    ReopenPost(UserErrorOf<ReopenPostErrorCode>),
    ClosePost(UserErrorOf<ClosePostErrorCode>),
    AssignPost(UserErrorOf<AssignPostErrorCode>),
    VacatePost(UserErrorOf<VacatePostErrorCode>),
    SaveStaffingNorm(UserErrorOf<SaveStaffingNormErrorCode>),
    EndStaffingNorm(UserErrorOf<EndStaffingNormErrorCode>),
    ImportWorkers(UserErrorOf<ImportWorkersErrorCode>),
    SaveImportMapping(UserErrorOf<SaveImportMappingErrorCode>),
    ImportXlsForm(UserErrorOf<ImportXlsFormErrorCode>),
    SaveFormDraft(UserErrorOf<SaveFormDraftErrorCode>),
    PublishForm(UserErrorOf<PublishFormErrorCode>),
    RollBackForm(UserErrorOf<RollBackFormErrorCode>),
    RetireForm(UserErrorOf<RetireFormErrorCode>),
    UploadFormFile(UserErrorOf<UploadFormFileErrorCode>),
    UploadActDocument(UserErrorOf<UploadActDocumentErrorCode>),
    SubmitForm(UserErrorOf<SubmitFormErrorCode>),
    CorrectSubmission(UserErrorOf<CorrectSubmissionErrorCode>),
    ReviewSubmission(UserErrorOf<ReviewSubmissionErrorCode>),
    RecordQualification(UserErrorOf<RecordQualificationErrorCode>),
    WithdrawCredential(UserErrorOf<WithdrawCredentialErrorCode>),
    RecordRegistration(UserErrorOf<RecordRegistrationErrorCode>),
    IssueLicence(UserErrorOf<IssueLicenceErrorCode>),
    RenewLicence(UserErrorOf<RenewLicenceErrorCode>),
    DecideOnLicence(UserErrorOf<DecideOnLicenceErrorCode>),
    SaveCourse(UserErrorOf<SaveCourseErrorCode>),
    ScheduleSession(UserErrorOf<ScheduleSessionErrorCode>),
    RecordAttendance(UserErrorOf<RecordAttendanceErrorCode>),
    RecordVetting(UserErrorOf<RecordVettingErrorCode>),
}

#[derive(Default)]
struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its opaque id; null when the caller may see no such thing.
    #[tracing::instrument(name = "query node", skip_all)]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opaque id.")] id: ID,
    ) -> Option<Result<Node>> {
        nullable(ctx, find(ctx, &id).await)
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, ReadError> {
    if let Ok(id) = Id::decode(id) {
        return Ok(worker_by_id(ctx, id).await?.map(Node::Worker));
    }
    if let Ok(id) = Id::decode(id) {
        return Ok(posting_by_id(ctx, id).await?.map(Node::Posting));
    }
    if let Ok(id) = Id::decode(id) {
        return Ok(form_by_id(ctx, id).await?.map(Node::Form));
    }
    if let Ok(id) = Id::decode(id) {
        return Ok(submission_by_id(ctx, id).await?.map(Node::Submission));
    }
    if let Ok(id) = Id::decode(id) {
        return Ok(post_by_id(ctx, id).await?.map(Node::Post));
    }
    if let Ok(id) = Id::decode(id) {
        let found = transfer_proposal_by_id(ctx, id).await?;
        return Ok(found.map(Node::TransferProposal));
    }
    if let Ok(id) = Id::decode(id) {
        return Ok(leave_by_id(ctx, id).await?.map(Node::Leave));
    }
    let rq = request(ctx);
    if let Ok(id) = Id::decode(id) {
        let today = rq.today()?;
        let (places, gazetteer) = places::on(&mut rq.read(false).await?, rq.actor(), today).await?;
        return Ok(Facility::find(&gazetteer, &places, id).map(Node::Facility));
    }
    if let Ok(id) = Id::decode(id) {
        let today = rq.today()?;
        let (places, gazetteer) = places::on(&mut rq.read(false).await?, rq.actor(), today).await?;
        return Ok(OrgUnit::find(&gazetteer, &places, id).map(Node::OrgUnit));
    }
    if let Ok(id) = Id::decode(id) {
        let today = rq.today()?;
        let (cadres, taxonomy) = cadres::on(&mut rq.read(false).await?, rq.actor(), today).await?;
        return Ok(Cadre::find(&taxonomy, &cadres, id).map(Node::Cadre));
    }
    Err(Invalid::new("id", Unfit::NotAnId).into())
}
