//! The fields of a worker that tell of credentials. Each is fetched for the whole page at once.

use async_graphql::{Context, Object, Result};

use super::licences::{Licence, Registration};
use super::objects::Qualification;
use super::trainings::Training;
use super::vettings::Vetting;
use crate::credentials;
use crate::graphql::{PersonalKind, check, personal};
use crate::workforce::graphql::WorkerCredentials;

#[Object]
impl WorkerCredentials {
    /// What the worker has passed, the latest first.
    async fn qualifications(&self, ctx: &Context<'_>) -> Result<Vec<Qualification>> {
        let wire = |it: &credentials::Qualification| Qualification::new(it.clone(), self.lists());
        self.edge(ctx, wire).await
    }

    /// The registers of councils that have the worker, the latest first.
    async fn registrations(&self, ctx: &Context<'_>) -> Result<Vec<Registration>> {
        let wire = |it: &credentials::Registration| Registration::new(it.clone(), self.lists());
        self.edge(ctx, wire).await
    }

    /// What the worker was taught in service, the latest first.
    async fn trainings(&self, ctx: &Context<'_>) -> Result<Vec<Training>> {
        let wire = |it: &credentials::Attendance| Training::new(it.clone(), self.lists());
        self.edge(ctx, wire).await
    }

    /// Whether the worker was found fit to be trusted with those whom they serve, the latest first.
    #[graphql(directive = personal::apply(PersonalKind::Conduct.name()))]
    async fn vettings(&self, ctx: &Context<'_>) -> Option<Result<Vec<Vetting>>> {
        if let Err(denied) = check(ctx, PersonalKind::Conduct) {
            return Some(Err(denied));
        }
        let wire = |it: &credentials::Vetting| Vetting::new(it.clone(), self.lists());
        Some(self.edge(ctx, wire).await)
    }

    /// The worker's licences to practise, the newest first.
    async fn licences(&self, ctx: &Context<'_>) -> Result<Vec<Licence>> {
        let wire = |it: &credentials::Licence| Licence::new(it.clone(), self.lists(), None);
        self.edge(ctx, wire).await
    }
}
