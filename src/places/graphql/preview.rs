//! What changes of places would touch, on the wire.

use async_graphql::{Context, Object, OneofObject, Result, SimpleObject};

use super::inputs::{
    AddFacilityInput, AddOrgUnitInput, ChangeFacilityInput, ChangeOrgUnitInput, CloseFacilityInput,
    CloseOrgUnitInput, ReopenFacilityInput,
};
use super::objects::OrgUnit;
use crate::graphql::{Day, message, refuse, request};
use crate::kernel::{Invalid, Languages, ReadError, Reason};
use crate::places::{self, FacilityProposal, Refusal, UnitProposal};

/// A change of the org units, exactly one, as its mutation takes it. Legal act and key are not looked at.
#[derive(OneofObject)]
pub enum OrgUnitChangeInput {
    /// As for `addOrgUnit`.
    Add(AddOrgUnitInput),
    /// As for `changeOrgUnit`.
    Change(ChangeOrgUnitInput),
    /// As for `closeOrgUnit`.
    Close(CloseOrgUnitInput),
}

/// A change of a facility, exactly one, as its mutation takes it. Legal act and key are not looked at.
#[derive(OneofObject)]
pub enum FacilityChangeInput {
    /// As for `addFacility`.
    Add(AddFacilityInput),
    /// As for `changeFacility`.
    Change(ChangeFacilityInput),
    /// As for `closeFacility`.
    Close(CloseFacilityInput),
    /// As for `reopenFacility`.
    Reopen(ReopenFacilityInput),
}

/// What a change of the org units would touch, and what stands against it.
#[derive(SimpleObject)]
pub struct OrgUnitChangePreview {
    /// The day from which it would hold.
    from: Day,
    /// What is part of the unit concerned on that day; of a new unit, what it takes over.
    units_below: Vec<OrgUnit>,
    /// How many facilities stand there; null, as the other counts, when the change is outside the caller's scope.
    facilities: Option<usize>,
    /// How many people hold a posting there, on that day or later.
    workers: Option<i64>,
    /// How many of their postings are in force on that day.
    postings: Option<i64>,
    /// How many begin later.
    postings_to_come: Option<i64>,
    /// How many posts are approved there, on that day or later.
    posts: Option<i64>,
    /// How many staffing norms are for a facility there alone, on that day or later.
    norms: Option<i64>,
    /// Whether a population of the unit is on record, so that densities can be told; of a new unit there is none.
    is_population_known: Option<bool>,
    /// What stands against the change; empty: it would be made.
    errors: Vec<PlaceChangeError>,
}

/// What a change of a facility would touch, and what stands against it.
#[derive(SimpleObject)]
pub struct FacilityChangePreview {
    /// The day from which it would hold.
    from: Day,
    /// How many people hold a posting there, on that day or later; null, as the other counts, when the change is outside
    /// the caller's scope.
    workers: Option<i64>,
    /// How many of their postings are in force on that day.
    postings: Option<i64>,
    /// How many begin later.
    postings_to_come: Option<i64>,
    /// How many posts are approved there, on that day or later.
    posts: Option<i64>,
    /// How many staffing norms are for a facility there alone, on that day or later.
    norms: Option<i64>,
    /// What stands against the change; empty: it would be made.
    errors: Vec<PlaceChangeError>,
}

/// What stands against a change of places.
#[derive(SimpleObject)]
pub struct PlaceChangeError {
    /// The code with which the mutation would refuse.
    error_code: String,
    /// The refusal in the caller's language.
    message: String,
    /// The path of the input field that it is about; empty when it is about no single field.
    path: Vec<String>,
}

#[derive(Default)]
pub struct PlacesPreviewQuery;

#[Object]
impl PlacesPreviewQuery {
    /// What a change of the org units would touch and what stands against it, without making it.
    #[tracing::instrument(name = "query previewOrgUnitChange", skip_all)]
    async fn preview_org_unit_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change, as its mutation would be given it.")]
        change: OrgUnitChangeInput,
    ) -> Result<OrgUnitChangePreview> {
        let answer = preview_unit(ctx, &change).await;
        answer.map_err(|error| refuse(ctx, error))
    }

    /// What a change of a facility would touch and what stands against it, without making it.
    #[tracing::instrument(name = "query previewFacilityChange", skip_all)]
    async fn preview_facility_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change, as its mutation would be given it.")]
        change: FacilityChangeInput,
    ) -> Result<FacilityChangePreview> {
        let answer = preview_facility(ctx, &change).await;
        answer.map_err(|error| refuse(ctx, error))
    }
}

fn read_unit(change: &OrgUnitChangeInput) -> Result<UnitProposal, Invalid> {
    Ok(match change {
        OrgUnitChangeInput::Add(input) => UnitProposal::Add(input.read()?),
        OrgUnitChangeInput::Change(input) => UnitProposal::Change(input.read()?),
        OrgUnitChangeInput::Close(input) => UnitProposal::Close(input.read()?),
    })
}

fn read_facility(change: &FacilityChangeInput) -> Result<FacilityProposal, Invalid> {
    Ok(match change {
        FacilityChangeInput::Add(input) => FacilityProposal::Add(input.read()?),
        FacilityChangeInput::Change(input) => FacilityProposal::Change(input.read()?),
        FacilityChangeInput::Close(input) => FacilityProposal::Close(input.read()?),
        FacilityChangeInput::Reopen(input) => FacilityProposal::Reopen(input.read()?),
    })
}

async fn preview_unit(
    ctx: &Context<'_>,
    change: &OrgUnitChangeInput,
) -> Result<OrgUnitChangePreview, ReadError> {
    let rq = request(ctx);
    let proposal = read_unit(change)?;
    let settings = rq.tenant()?.settings();
    let mut db = rq.read(true).await?;
    let found = places::preview_unit(&mut db, rq.actor(), settings, &proposal).await?;
    let (on_the_day, gazetteer) = places::on(&mut db, rq.actor(), found.from).await?;
    let below = found.units_below.into_iter();
    let below = below.filter_map(|id| OrgUnit::find(&gazetteer, &on_the_day, id));
    Ok(OrgUnitChangePreview {
        from: Day(found.from),
        units_below: below.collect(),
        facilities: found.touched.map(|_| found.facilities.len()),
        workers: found.touched.map(|it| it.workers),
        postings: found.touched.map(|it| it.postings),
        postings_to_come: found.touched.map(|it| it.postings_to_come),
        posts: found.touched.map(|it| it.posts),
        norms: found.touched.map(|it| it.norms),
        is_population_known: found.touched.map(|_| found.is_population_known),
        errors: errors(found.refusals, rq.languages()),
    })
}

async fn preview_facility(
    ctx: &Context<'_>,
    change: &FacilityChangeInput,
) -> Result<FacilityChangePreview, ReadError> {
    let rq = request(ctx);
    let proposal = read_facility(change)?;
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let found = places::preview_facility(&mut db, rq.actor(), &proposal, today).await?;
    Ok(FacilityChangePreview {
        from: Day(found.from),
        workers: found.touched.map(|it| it.workers),
        postings: found.touched.map(|it| it.postings),
        postings_to_come: found.touched.map(|it| it.postings_to_come),
        posts: found.touched.map(|it| it.posts),
        norms: found.touched.map(|it| it.norms),
        errors: errors(found.refusals, rq.languages()),
    })
}

fn errors(refusals: Vec<Refusal>, languages: &Languages) -> Vec<PlaceChangeError> {
    let errors = refusals.into_iter().map(|refusal| {
        let code = refusal.objection.code();
        let arguments = refusal.objection.arguments();
        let arguments = arguments
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        PlaceChangeError {
            error_code: code.to_owned(),
            message: message(code, arguments, languages),
            path: refusal.path,
        }
    });
    errors.collect()
}
