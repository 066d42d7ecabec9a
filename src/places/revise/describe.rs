//! What the ledger says of a changed place, field by field.

use serde_json::{Value, json};

use super::facility::FacilityRevision;
use super::population::Recorded;
use super::unit::UnitRevision;
use crate::kernel::{Date, Id, OrgUnitId};
use crate::ledger::Fields;
use crate::places::{FacilityState, UnitState};

pub(super) fn unit(revision: &UnitRevision) -> Value {
    let values = |state: &UnitState| {
        [
            ("parent", json!(state.parent.map(OrgUnitId::encode))),
            ("level", json!(state.level)),
            ("names", json!(state.name)),
            ("kind", json!(state.kind)),
            ("iso3166_2", json!(state.iso_3166_2)),
            ("status", json!(state.status)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(
        revision.before.as_ref().map(values),
        values(&revision.after),
    );
    let ids = |units: &[OrgUnitId]| {
        let ids: Vec<String> = units.iter().map(|it| it.encode()).collect();
        json!(ids)
    };
    if revision.before.is_none() {
        fields.note("code", Value::Null, json!(revision.code));
        fields.note("source", Value::Null, json!(revision.source));
    }
    fields.note("predecessors", json!([]), ids(&revision.predecessors));
    fields.note("successors", json!([]), ids(&revision.successors));
    let mut change = fields.into_value(revision.version);
    change["from"] = json!(revision.from);
    change
}

pub(super) fn facility(revision: &FacilityRevision) -> Value {
    let values = |state: &FacilityState| {
        [
            ("name", json!(state.name)),
            ("type", json!(state.type_code)),
            ("ownership", json!(state.ownership)),
            ("orgUnit", json!(state.unit.encode())),
            ("setting", json!(state.setting)),
            ("status", json!(state.status)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(
        revision.before.as_ref().map(values),
        values(&revision.after),
    );
    if revision.before.is_none() {
        fields.note("code", Value::Null, json!(revision.code));
    }
    let mut change = fields.into_value(revision.version);
    change["from"] = json!(revision.from);
    change
}

pub(super) fn populations<'a>(recorded: impl Iterator<Item = &'a Recorded>, version: i32) -> Value {
    let mut fields = Fields::default();
    for it in recorded {
        let name = format!("populations.{}.{}", it.count.year, it.count.source);
        fields.note(name, json!(it.before), json!(it.count.people));
    }
    fields.into_value(version)
}

/// A type of facility or a kind of ownership, and the day on which it is retired.
pub(super) fn class(
    before: Option<(Value, Option<Date>)>,
    (class, retired_on): (&Value, Option<Date>),
    version: i32,
) -> Value {
    let mut fields = Fields::default();
    let (was, was_retired_on) = before.unwrap_or_default();
    for (name, to) in class.as_object().into_iter().flatten() {
        fields.note(name, was.get(name).cloned().unwrap_or_default(), to.clone());
    }
    fields.note("retiredOn", json!(was_retired_on), json!(retired_on));
    let mut change = fields.into_value(version);
    change["code"] = class["code"].clone();
    change
}
