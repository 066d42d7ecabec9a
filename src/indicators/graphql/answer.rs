//! A count as it travels. It may have twenty thousand rows, so these are written and not resolved.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Context, Object, Result, SimpleObject};
use serde::ser::SerializeMap;

use super::{HeadcountDimension, HeadcountGrouping, label};
use crate::graphql::{Chosen, Day, Fields, Written, list, object, refuse};
use crate::indicators::{self, Figure, Key};
use crate::kernel::Languages;

pub struct Headcount {
    as_of: Day,
    total: u64,
    rows: Vec<HeadcountRow>,
    population: Option<PopulationFigure>,
    density: Option<f64>,
}

/// How many people are in post.
#[Object]
impl Headcount {
    /// The day that was counted for.
    async fn as_of(&self) -> Day {
        self.as_of
    }

    /// All who were counted, each once.
    async fn total(&self) -> u64 {
        self.total
    }

    /// A row for each combination of the groupings that has anybody, by the codes of its keys, the unknown last.
    fn rows(&self, ctx: &Context<'_>) -> Result<Written<HeadcountRow>> {
        Written::new(ctx, &self.rows).map_err(|fault| refuse(ctx, fault))
    }

    /// Who lives where it was counted; null when no year has a figure for all of it.
    async fn population(&self) -> Option<&PopulationFigure> {
        self.population.as_ref()
    }

    /// All who were counted, for 10,000 of that population.
    #[graphql(name = "densityPer10000")]
    async fn density_per_10_000(&self) -> Option<f64> {
        self.density
    }
}

/// The people who have the same keys.
#[derive(SimpleObject)]
pub struct HeadcountRow {
    /// What they have in common, in the order of the groupings.
    keys: Vec<Arc<HeadcountKey>>,
    /// How many they are.
    count: u64,
    /// Who lives in the deepest org unit among the keys or, when none is grouped by, where it was counted.
    population: Option<PopulationFigure>,
    /// How many they are for 10,000 of that population.
    #[graphql(name = "densityPer10000")]
    density_per_10_000: Option<f64>,
}

/// What the people of a row have in common in one dimension.
#[derive(SimpleObject)]
pub struct HeadcountKey {
    /// The dimension.
    dimension: HeadcountDimension,
    /// The code, as filters take it; null for what is not known, or stands above the level that was asked for.
    code: Option<String>,
    /// The label in the caller's language.
    label: String,
}

#[derive(Clone)]
pub struct PopulationFigure(Arc<Figure>);

/// How many people live somewhere, by one source for one year.
#[Object]
impl PopulationFigure {
    /// How many people.
    async fn people(&self) -> u64 {
        self.0.people
    }

    /// The year it holds for: the newest known that is not after the day, or else the oldest.
    async fn year(&self) -> u16 {
        self.0.year
    }

    /// Whose count or estimate it is.
    async fn source(&self) -> &str {
        &self.0.source
    }
}

impl Fields for HeadcountRow {
    fn write<M: SerializeMap>(&self, chosen: &Chosen<'_>, to: &mut M) -> Result<(), M::Error> {
        match chosen.name {
            "keys" => to.serialize_entry(chosen.key, &list(&self.keys, &chosen.fields)),
            "count" => to.serialize_entry(chosen.key, &self.count),
            "densityPer10000" => to.serialize_entry(chosen.key, &self.density_per_10_000),
            "population" => {
                let population = self.population.as_ref();
                let population = population.map(|it| object(it, &chosen.fields));
                to.serialize_entry(chosen.key, &population)
            }
            _ => Err(chosen.unknown()),
        }
    }
}

impl Fields for HeadcountKey {
    fn write<M: SerializeMap>(&self, chosen: &Chosen<'_>, to: &mut M) -> Result<(), M::Error> {
        match chosen.name {
            "code" => to.serialize_entry(chosen.key, &self.code),
            "label" => to.serialize_entry(chosen.key, &self.label),
            "dimension" => to.serialize_entry(chosen.key, &enum_value(self.dimension)),
            _ => Err(chosen.unknown()),
        }
    }
}

impl Fields for PopulationFigure {
    fn write<M: SerializeMap>(&self, chosen: &Chosen<'_>, to: &mut M) -> Result<(), M::Error> {
        match chosen.name {
            "people" => to.serialize_entry(chosen.key, &self.0.people),
            "year" => to.serialize_entry(chosen.key, &self.0.year),
            "source" => to.serialize_entry(chosen.key, &self.0.source),
            _ => Err(chosen.unknown()),
        }
    }
}

/// Keys are named once each, however many rows share them; populations alike.
pub(super) fn answer(
    counted: indicators::Headcount,
    group_by: &[HeadcountGrouping],
    languages: &Languages,
) -> Headcount {
    let lists = &counted.lists;
    let mut named: Vec<HashMap<Key, Arc<HeadcountKey>>> = Vec::new();
    named.resize_with(group_by.len(), HashMap::new);
    let rows = counted.rows.into_iter().map(|row| {
        let keys = row.keys.into_iter().zip(group_by).zip(&mut named);
        let keys = keys.map(|((key, grouping), named)| {
            if let Some(known) = named.get(&key) {
                return Arc::clone(known);
            }
            let told = Arc::new(HeadcountKey {
                dimension: grouping.by,
                code: key.code(lists).map(Into::into),
                label: label(&key, lists, languages),
            });
            named.insert(key, Arc::clone(&told));
            told
        });
        HeadcountRow {
            keys: keys.collect(),
            count: row.count,
            density_per_10_000: density(row.population.as_ref(), row.count),
            population: row.population.map(PopulationFigure),
        }
    });
    Headcount {
        as_of: Day(counted.day),
        total: counted.total,
        rows: rows.collect(),
        density: density(counted.population.as_ref(), counted.total),
        population: counted.population.map(PopulationFigure),
    }
}

fn density(population: Option<&Arc<Figure>>, count: u64) -> Option<f64> {
    population.and_then(|it| it.density(count))
}
