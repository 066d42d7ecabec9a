//! How facilities are classified, on the wire.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::graphql::{Day, LocalizedText, SectorName, labels, request};
use crate::places::{self, Places};

#[derive(Clone)]
pub struct FacilityType {
    pub(super) places: Arc<Places>,
    pub(super) code: String,
}

#[derive(Clone)]
pub struct Ownership {
    pub(super) places: Arc<Places>,
    pub(super) code: String,
}

impl FacilityType {
    /// The type on a day, if there is one with this code.
    #[must_use]
    pub fn find(places: &Arc<Places>, code: &str) -> Option<Self> {
        places.facility_type(code)?;
        Some(Self {
            places: Arc::clone(places),
            code: code.to_owned(),
        })
    }

    fn get(&self) -> Option<&places::FacilityType> {
        self.places.facility_type(&self.code)
    }
}

/// A kind of facility.
#[Object]
impl FacilityType {
    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.get()
            .map_or("", |it| it.label.get(request(ctx).languages()))
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        self.get().map(|it| labels(&it.label)).unwrap_or_default()
    }

    /// The level of care, as the country tells it.
    async fn tier(&self) -> &str {
        self.get().map_or("", |it| it.tier.as_str())
    }

    /// Provider class of the System of Health Accounts 2011 (`HP.1` hospitals …); empty for social offices.
    async fn provider_class(&self) -> &str {
        self.get().map_or("", |it| it.provider_class.as_str())
    }

    /// The sector it belongs to.
    async fn sector(&self) -> Option<SectorName> {
        self.get().map(|it| it.sector.into())
    }

    /// Rises with every change of the type; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        (self.places.type_card(&self.code)).map_or(0, |it| it.version)
    }

    /// The first day on which no facility takes it; absent: it is in use.
    async fn retired_on(&self) -> Option<Day> {
        let card = self.places.type_card(&self.code)?;
        card.retired_on.map(Day)
    }
}

impl Ownership {
    fn get(&self) -> Option<&places::Ownership> {
        self.places.ownership(&self.code)
    }
}

/// Who owns a facility.
#[Object]
impl Ownership {
    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.get()
            .map_or("", |it| it.label.get(request(ctx).languages()))
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        self.get().map(|it| labels(&it.label)).unwrap_or_default()
    }

    /// The group in the National Health Workforce Accounts.
    async fn nhwa_group(&self) -> &str {
        self.get().map_or("", |it| it.nhwa_group.as_str())
    }

    /// Rises with every change of the kind; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        (self.places.ownership_card(&self.code)).map_or(0, |it| it.version)
    }

    /// The first day on which no facility takes it; absent: it is in use.
    async fn retired_on(&self) -> Option<Day> {
        let card = self.places.ownership_card(&self.code)?;
        card.retired_on.map(Day)
    }
}
