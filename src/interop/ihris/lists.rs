//! The codes of a register, as they are met: jobs, which become cadres, and the code lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Map;

use super::element::{Coding, last_part};
use super::losses::{Losses, Reason};
use crate::cadres::{CadreRow, CodeListEntry, Status, WorkerClass};
use crate::kernel::{Sector, Text, fold};

/// The class of what a register does not say, in every list that needs one.
pub const UNKNOWN: &str = "unknown";
/// The type of the identifier that a person's id in iHRIS becomes.
pub const IHRIS_ID: &str = "ihris_id";
/// Kada's own verb ends a posting for this reason.
const TRANSFER: &str = "transfer";

/// What a code of iHRIS is called in Kada: the same, but for characters that no code has there.
#[must_use]
pub fn code_of(text: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars()
        .map(|c| if legal(c) { c } else { '_' })
        .collect()
}

/// A text as the register has it, which does not say in what language: the country's first one is taken.
#[must_use]
pub fn as_said(languages: &[String], text: &str) -> Text {
    let first = languages.first().map_or("en", String::as_str);
    Text::from_iter([(first.to_owned(), text.to_owned())])
}

/// A text of Kada's own, in those of a country's languages that it has; else in English.
#[must_use]
pub fn in_words(languages: &[String], english: &str, french: &str, swahili: &str) -> Text {
    let mut text = as_said(languages, english);
    for (language, words) in [("en", english), ("fr", french), ("sw", swahili)] {
        if languages.iter().any(|it| it == language) {
            text.0.insert(language.to_owned(), words.to_owned());
        }
    }
    text
}

/// What the register does not say.
#[must_use]
pub fn not_recorded(languages: &[String]) -> Text {
    in_words(languages, "Not recorded", "Non renseigné", "Haijarekodiwa")
}

/// The codes of one list, each with its first label.
#[derive(Default)]
pub struct Codes {
    /// By code in Kada: the code of the register, its label.
    met: BTreeMap<Arc<str>, (String, Option<String>)>,
    clashes: BTreeSet<String>,
}

impl Codes {
    /// Takes a code that stands at an element of a resource.
    pub fn take(
        &mut self,
        coding: &Coding,
        at: (&str, &str, &str),
        losses: &mut Losses,
    ) -> Arc<str> {
        let code = code_of(&coding.code);
        let Some((known, _)) = self.met.get_key_value(code.as_str()) else {
            let code: Arc<str> = code.into();
            let entry = (coding.code.clone(), coding.label.clone());
            self.met.insert(Arc::clone(&code), entry);
            return code;
        };
        let code = Arc::clone(known);
        if let Some((raw, label)) = self.met.get_mut(&code) {
            if *raw != coding.code {
                self.clashes.insert(format!("{raw} and {}", coding.code));
            }
            if label.is_none() {
                label.clone_from(&coding.label);
            } else if is_other(label.as_ref(), coding.label.as_ref()) {
                losses.add(at.0, at.1, at.2, Reason::OtherWords);
            }
        }
        code
    }

    /// The entries of a list, with those that it needs in any case.
    pub fn entries(
        &self,
        list: &str,
        needed: &[(&str, Text)],
        languages: &[String],
    ) -> Vec<CodeListEntry> {
        let mut texts: BTreeMap<&str, Text> = needed.iter().cloned().collect();
        for (code, (raw, label)) in &self.met {
            match label {
                Some(label) => texts.insert(code, as_said(languages, label)),
                None if texts.contains_key(&**code) => None,
                None => texts.insert(code, as_said(languages, raw)),
            };
        }
        texts
            .into_iter()
            .map(|(code, label)| CodeListEntry {
                list: list.to_owned(),
                code: code.to_owned(),
                label,
                attributes: Map::new(),
            })
            .collect()
    }

    /// Those of some labels whose codes were met.
    pub fn of_those<'l>(
        &self,
        labels: impl IntoIterator<Item = (&'l str, Text)>,
    ) -> Vec<(&'l str, Text)> {
        let labels = labels.into_iter();
        labels
            .filter(|(code, _)| self.met.contains_key(*code))
            .collect()
    }

    /// Codes of the register that would be one in Kada.
    pub fn clashes(&self) -> impl Iterator<Item = String> {
        let clashes = self.clashes.iter();
        clashes.map(|pair| format!("the codes {pair} would be one code here"))
    }
}

fn is_other(known: Option<&String>, label: Option<&String>) -> bool {
    matches!((known, label), (Some(known), Some(label)) if fold(known) != fold(label))
}

/// The entries that the departure reasons need in any case.
#[must_use]
pub fn needed_reasons(languages: &[String]) -> [(&'static str, Text); 2] {
    let transfer = in_words(languages, "Transfer", "Mutation", "Uhamisho");
    [(TRANSFER, transfer), (UNKNOWN, not_recorded(languages))]
}

/// The type of identifier that the persons' ids in iHRIS have.
#[must_use]
pub fn ihris_id(languages: &[String]) -> [(&'static str, Text); 1] {
    let label = in_words(
        languages,
        "Id in iHRIS",
        "Identifiant iHRIS",
        "Kitambulisho cha iHRIS",
    );
    [(IHRIS_ID, label)]
}

/// What the codes of HL7 for marital statuses (v3-MaritalStatus) mean, which registers use without a label.
#[must_use]
pub fn marital_statuses(languages: &[String]) -> [(&'static str, Text); 11] {
    let said = |english, french, swahili| in_words(languages, english, french, swahili);
    [
        (
            "A",
            said("Annulled", "Mariage annulé", "Ndoa imebatilishwa"),
        ),
        (
            "C",
            said("Common law", "Union libre", "Wanaishi pamoja bila ndoa"),
        ),
        ("D", said("Divorced", "Divorcé(e)", "Ametalikiana")),
        (
            "I",
            said("Interlocutory", "Divorce en cours", "Talaka haijakamilika"),
        ),
        (
            "L",
            said(
                "Legally separated",
                "Séparé(e) de corps",
                "Wametengana kisheria",
            ),
        ),
        ("M", said("Married", "Marié(e)", "Ameoa au ameolewa")),
        (
            "P",
            said("Polygamous", "Mariage polygame", "Ndoa ya wake wengi"),
        ),
        (
            "S",
            said("Never married", "Célibataire", "Hajaoa wala kuolewa"),
        ),
        (
            "T",
            said("Domestic partner", "En concubinage", "Mwenzi wa nyumbani"),
        ),
        ("U", said("Unmarried", "Non marié(e)", "Hayuko kwenye ndoa")),
        ("W", said("Widowed", "Veuf ou veuve", "Mjane au mgane")),
    ]
}

/// The jobs that roles name, in the order in which they are met.
#[derive(Default)]
pub struct Jobs {
    index: HashMap<(String, String), u32>,
    met: Vec<Coding>,
}

/// The jobs as cadres.
#[derive(Default)]
pub struct JobCadres {
    pub rows: Vec<CadreRow>,
    /// By the job's place.
    pub codes: Vec<String>,
    pub problems: Vec<String>,
}

impl Jobs {
    /// The place of a job that the role of this id names.
    pub fn take(&mut self, coding: Coding, role: &str, losses: &mut Losses) -> Option<u32> {
        let key = (coding.system.clone(), coding.code.clone());
        if let Some(place) = self.index.get(&key).copied() {
            let known = self
                .met
                .get(place as usize)
                .and_then(|it| it.label.as_ref());
            if is_other(known, coding.label.as_ref()) {
                losses.add("PractitionerRole", role, "code.text", Reason::OtherWords);
            }
            return Some(place);
        }
        let place = u32::try_from(self.met.len()).ok()?;
        self.index.insert(key, place);
        self.met.push(coding);
        Some(place)
    }

    /// A cadre for each job, in a group for each code system. The codes look like ISCO-88 and are never read as ISCO-08:
    /// 2221 is a doctor in the one and a nurse in the other.
    pub fn cadres(&self, languages: &[String], losses: &mut Losses) -> JobCadres {
        let mut systems: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for job in &self.met {
            systems.entry(&job.code).or_default().insert(&job.system);
        }
        let mut cadres = JobCadres::default();
        let mut rows: BTreeMap<String, CadreRow> = BTreeMap::new();
        let row = |code: &str, parent: Option<&str>, label: &str, source: String| CadreRow {
            code: code.to_owned(),
            parent: parent.map(str::to_owned),
            label: as_said(languages, label),
            description: Text::default(),
            sector: Sector::Health,
            worker_class: WorkerClass::Allied,
            isco08: None,
            entry_qualification: None,
            licensed: false,
            licensing_council: None,
            retirement_age: None,
            salary_grades: Vec::new(),
            career_steps: Vec::new(),
            valid_from: None,
            status: Status::Active,
            status_from: None,
            successors: Vec::new(),
            source,
        };
        for job in &self.met {
            let Coding {
                system,
                code,
                label,
            } = job;
            let name = Some(last_part(system)).filter(|it| !it.is_empty());
            let group = code_of(name.unwrap_or("ihris-job"));
            let source = format!("iHRIS code system {system}, not mapped");
            let is_alone = systems.get(code.as_str()).is_none_or(|it| it.len() == 1);
            let own = if is_alone {
                code_of(code)
            } else {
                format!("{group}.{}", code_of(code))
            };
            let label = label.as_deref().unwrap_or(code);
            let standing = rows
                .entry(group.clone())
                .or_insert_with(|| row(&group, None, &group, source.clone()));
            if standing.source != source {
                let problem = format!("{group} would be the code of two cadres");
                cadres.problems.push(problem);
            }
            let source = format!("iHRIS job code {system}|{code}, not mapped");
            let cadre = row(&own, Some(&group), label, source);
            if rows.insert(own.clone(), cadre).is_some() {
                let problem = format!("{own} would be the code of two cadres");
                cadres.problems.push(problem);
            }
            losses.add("Job", code, "isco08", Reason::NotMapped);
            losses.add("Job", code, "worker_class", Reason::Unsaid);
            cadres.codes.push(own);
        }
        cadres.rows = rows.into_values().collect();
        cadres
    }
}
