//! What an admin proposes to make of the taxonomy, and what would become of it by its rules. No SQL.

use chrono::Datelike;

use super::attributes::{check, check_steps};
use super::refusal::{Objection, Refusal};
use super::regrouping::{MergeCadres, SplitCadre};
use crate::cadres::{History, State, Status, Taxonomy, WorkerClass};
use crate::kernel::{CadreId, Date, Reason, Sector, Text};

/// A cadre to add.
#[derive(Clone, Debug)]
pub struct AddCadre {
    pub code: String,
    pub sector: Sector,
    /// Its first day.
    pub from: Date,
    pub state: State,
}

/// A cadre to be otherwise from a day on: renamed, moved, classed anew. What is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeCadre {
    pub cadre: CadreId,
    pub base_version: i32,
    pub from: Date,
    /// `Some(None)` puts it at the top.
    pub parent: Option<Option<CadreId>>,
    pub label: Option<Text>,
    pub description: Option<Text>,
    pub worker_class: Option<WorkerClass>,
    pub entry_qualification: Option<Option<String>>,
    pub is_licensed: Option<bool>,
    pub council: Option<Option<String>>,
    pub retirement_age: Option<Option<i16>>,
    pub salary_grades: Option<Vec<String>>,
    pub career_steps: Option<Vec<CadreId>>,
}

/// A cadre under which nobody is to be posted from a day on.
#[derive(Clone, Debug)]
pub struct RetireCadre {
    pub cadre: CadreId,
    pub base_version: i32,
    pub from: Date,
}

/// A retired cadre that is to be used again from a day on.
#[derive(Clone, Debug)]
pub struct ReinstateCadre {
    pub cadre: CadreId,
    pub base_version: i32,
    pub from: Date,
}

#[derive(Clone, Debug)]
pub enum Proposal {
    Add(AddCadre),
    Change(ChangeCadre),
    Retire(RetireCadre),
    Reinstate(ReinstateCadre),
    Merge(MergeCadres),
    Split(SplitCadre),
}

/// What becomes of one cadre.
#[derive(Clone, Debug)]
pub struct Revision {
    pub cadre: CadreId,
    pub code: String,
    pub sector: Sector,
    /// That of the changed cadre.
    pub version: i32,
    pub from: Date,
    /// Absent for a new cadre.
    pub before: Option<State>,
    pub after: State,
}

impl Proposal {
    /// The cadres that it names as those to be changed, with the versions that the caller saw and the field that says so.
    #[must_use]
    pub fn subjects(&self) -> Vec<(CadreId, i32, &'static [&'static str])> {
        match self {
            Proposal::Add(_) => Vec::new(),
            Proposal::Change(it) => vec![(it.cadre, it.base_version, &["baseVersion"])],
            Proposal::Retire(it) => vec![(it.cadre, it.base_version, &["baseVersion"])],
            Proposal::Reinstate(it) => vec![(it.cadre, it.base_version, &["baseVersion"])],
            Proposal::Merge(it) => {
                let cadres = it.cadres.iter();
                cadres
                    .map(|(cadre, base)| (*cadre, *base, &["cadres", "baseVersion"][..]))
                    .collect()
            }
            Proposal::Split(it) => vec![(it.cadre, it.base_version, &["baseVersion"])],
        }
    }

    /// The cadres that it names as those where people are to go.
    pub(super) fn successors(&self) -> Vec<CadreId> {
        match self {
            Proposal::Merge(it) => vec![it.into],
            Proposal::Split(it) => {
                let parts = it.into.iter().map(|part| part.cadre);
                parts.chain([it.otherwise]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The day from which it holds.
    #[must_use]
    pub fn from(&self) -> Date {
        match self {
            Proposal::Add(it) => it.from,
            Proposal::Change(it) => it.from,
            Proposal::Retire(it) => it.from,
            Proposal::Reinstate(it) => it.from,
            Proposal::Merge(it) => it.on,
            Proposal::Split(it) => it.on,
        }
    }

    /// What it calls things, with the field that says so.
    fn texts(&self) -> Vec<(&Text, &'static str)> {
        let (label, description) = match self {
            Proposal::Add(it) => (Some(&it.state.label), Some(&it.state.description)),
            Proposal::Change(it) => (it.label.as_ref(), it.description.as_ref()),
            _ => (None, None),
        };
        let labels = label.map(|it| (it, "labels")).into_iter();
        labels
            .chain(description.map(|it| (it, "descriptions")))
            .collect()
    }

    /// What would become of the taxonomy of a country that writes in some languages.
    ///
    /// # Errors
    /// All that the rules have against it.
    pub fn decide(
        &self,
        taxonomy: &Taxonomy,
        (today, languages): (Date, &[String]),
    ) -> Result<Vec<Revision>, Vec<Refusal>> {
        let mut refusals = Vec::new();
        let (day_field, is_regrouping) = match self {
            Proposal::Merge(_) | Proposal::Split(_) => ("on", true),
            _ => ("from", false),
        };
        if !(1900..=2200).contains(&self.from().year()) {
            refusals.push(Objection::InvalidDate.at(&[day_field]));
        }
        if is_regrouping && self.from() > today {
            refusals.push(Objection::InTheFuture(self.from()).at(&[day_field]));
        }
        let revisions = match self {
            Proposal::Add(it) => it.decide(taxonomy, &mut refusals),
            Proposal::Change(it) => it.decide(taxonomy, &mut refusals),
            Proposal::Retire(it) => it.decide(taxonomy, &mut refusals),
            Proposal::Reinstate(it) => it.decide(taxonomy, &mut refusals),
            Proposal::Merge(it) => it.decide(taxonomy, &mut refusals),
            Proposal::Split(it) => it.decide(taxonomy, &mut refusals),
        };
        // As in the country's folder; what was said in other languages before stays.
        for (text, field) in self.texts() {
            let told = refusals.iter().any(|it| it.path == [field]);
            if let Some(foreign) = text.foreign_to(languages).filter(|_| !told) {
                refusals.push(Objection::ForeignLanguage(foreign.to_owned()).at(&[field]));
            }
        }
        if refusals.is_empty() {
            Ok(revisions)
        } else {
            Err(refusals)
        }
    }
}

impl AddCadre {
    fn decide(&self, taxonomy: &Taxonomy, refusals: &mut Vec<Refusal>) -> Vec<Revision> {
        let mut characters = self.code.chars();
        let legal = self.code.len() <= 40
            && characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
            && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if !legal {
            refusals.push(Objection::InvalidCode.at(&["code"]));
        } else if taxonomy.by_code(&self.code).is_some() {
            refusals.push(Objection::CodeTaken(self.code.clone()).at(&["code"]));
        }
        let cadre = CadreId::new();
        check(&self.state, refusals);
        steps(taxonomy, cadre, &self.state, refusals);
        parent(taxonomy, cadre, self.state.parent, self.from, refusals);
        vec![Revision {
            cadre,
            code: self.code.clone(),
            sector: self.sector,
            version: 1,
            from: self.from,
            before: None,
            after: self.state.clone(),
        }]
    }
}

impl ChangeCadre {
    fn decide(&self, taxonomy: &Taxonomy, refusals: &mut Vec<Refusal>) -> Vec<Revision> {
        let Some(history) = subject(taxonomy, self.cadre, self.from, &["cadre"], refusals) else {
            return Vec::new();
        };
        in_force(history, self.from, &[Status::Active], &["cadre"], refusals);
        let before = State::clone(&history.last().state);
        let after = State {
            parent: self.parent.unwrap_or(before.parent),
            label: self.label.clone().unwrap_or_else(|| before.label.clone()),
            description: (self.description.clone()).unwrap_or_else(|| before.description.clone()),
            worker_class: self.worker_class.unwrap_or(before.worker_class),
            entry_qualification: (self.entry_qualification.clone())
                .unwrap_or_else(|| before.entry_qualification.clone()),
            is_licensed: self.is_licensed.unwrap_or(before.is_licensed),
            council: self
                .council
                .clone()
                .unwrap_or_else(|| before.council.clone()),
            retirement_age: self.retirement_age.unwrap_or(before.retirement_age),
            salary_grades: (self.salary_grades.clone())
                .unwrap_or_else(|| before.salary_grades.clone()),
            career_steps: (self.career_steps.clone())
                .unwrap_or_else(|| before.career_steps.clone()),
            ..before.clone()
        };
        check(&after, refusals);
        steps(taxonomy, self.cadre, &after, refusals);
        if after.parent != before.parent {
            parent(taxonomy, self.cadre, after.parent, self.from, refusals);
        }
        if after == before {
            refusals.push(Objection::NothingChanges.at(&[]));
        }
        vec![revision(history, self.from, before, after)]
    }
}

impl RetireCadre {
    fn decide(&self, taxonomy: &Taxonomy, refusals: &mut Vec<Refusal>) -> Vec<Revision> {
        let Some(history) = subject(taxonomy, self.cadre, self.from, &["cadre"], refusals) else {
            return Vec::new();
        };
        in_force(history, self.from, &[Status::Active], &["cadre"], refusals);
        if taxonomy.gathers_active(self.cadre, self.from) {
            refusals.push(Objection::GathersCadres(history.code.clone()).at(&["cadre"]));
        }
        let before = State::clone(&history.last().state);
        let after = State {
            status: Status::Retired,
            ..before.clone()
        };
        vec![revision(history, self.from, before, after)]
    }
}

impl ReinstateCadre {
    fn decide(&self, taxonomy: &Taxonomy, refusals: &mut Vec<Refusal>) -> Vec<Revision> {
        let Some(history) = subject(taxonomy, self.cadre, self.from, &["cadre"], refusals) else {
            return Vec::new();
        };
        let before = State::clone(&history.last().state);
        if history.on(self.from).status == Status::Retired {
            parent(taxonomy, self.cadre, before.parent, self.from, refusals);
        } else {
            refusals.push(Objection::NotRetired(history.code.clone()).at(&["cadre"]));
        }
        let after = State {
            status: Status::Active,
            ..before.clone()
        };
        vec![revision(history, self.from, before, after)]
    }
}

pub(super) fn revision(history: &History, from: Date, before: State, after: State) -> Revision {
    Revision {
        cadre: history.id,
        code: history.code.clone(),
        sector: history.sector,
        version: history.version + 1,
        from,
        before: Some(before),
        after,
    }
}

/// The cadre to change; no other change of it may hold from a later day.
pub(super) fn subject<'a>(
    taxonomy: &'a Taxonomy,
    cadre: CadreId,
    from: Date,
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) -> Option<&'a History> {
    let Some(history) = taxonomy.get(cadre) else {
        refusals.push(Objection::CadreNotFound.at(path));
        return None;
    };
    if let Some(later) = history.last().from.filter(|later| *later > from) {
        refusals.push(Objection::LaterChange(later).at(path));
        return None;
    }
    Some(history)
}

pub(super) fn in_force(
    history: &History,
    from: Date,
    among: &[Status],
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) {
    if !among.contains(&history.on(from).status) {
        refusals.push(Objection::NotInForce(history.code.clone()).at(path));
    }
}

/// The group to stand in from a day on.
fn parent(
    taxonomy: &Taxonomy,
    cadre: CadreId,
    parent: Option<CadreId>,
    from: Date,
    refusals: &mut Vec<Refusal>,
) {
    let Some(parent) = parent else {
        return;
    };
    let Some(history) = taxonomy.get(parent) else {
        refusals.push(Objection::ParentNotFound.at(&["parent"]));
        return;
    };
    if taxonomy.would_circle(cadre, parent, from) {
        refusals.push(Objection::Circle(history.code.clone()).at(&["parent"]));
    } else if !history.is_active_from(from) {
        refusals.push(Objection::NotInForce(history.code.clone()).at(&["parent"]));
    }
}

/// The cadres that may follow one in a career.
fn steps(taxonomy: &Taxonomy, cadre: CadreId, state: &State, refusals: &mut Vec<Refusal>) {
    let code = |step: CadreId| Some(taxonomy.get(step)?.code.as_str());
    for (_, objection) in check_steps(cadre, &state.career_steps, code) {
        refusals.push(objection.at(&["careerSteps"]));
    }
}
