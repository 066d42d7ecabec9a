//! Who goes where when cadres are merged or one is split. No SQL.

use std::collections::{HashMap, HashSet};

use chrono::Days;

use crate::cadres::{Objection, Proposal, RECLASSIFICATION, Refusal};
use crate::kernel::{CadreId, Date, Id, PostingId, Reason, WorkerId};
use crate::places::Places;
use crate::workforce::Posting;

/// Who goes where.
pub(super) struct Rules {
    workers: HashMap<WorkerId, CadreId>,
    facility_types: HashMap<String, CadreId>,
    otherwise: CadreId,
}

/// What becomes of a posting.
pub(super) struct Move {
    pub before: Posting,
    /// The part of it before the day; absent when it begins on the day or later.
    pub ended: Option<Posting>,
    /// The same duty under the other cadre.
    pub after: Posting,
}

impl Rules {
    /// `None` for a proposal that moves nobody.
    pub fn of(proposal: &Proposal) -> Option<Self> {
        match proposal {
            Proposal::Merge(merge) => Some(Self {
                workers: HashMap::new(),
                facility_types: HashMap::new(),
                otherwise: merge.into,
            }),
            Proposal::Split(split) => {
                let mut rules = Self {
                    workers: HashMap::new(),
                    facility_types: HashMap::new(),
                    otherwise: split.otherwise,
                };
                for part in &split.into {
                    let workers = part.workers.iter().map(|it| (*it, part.cadre));
                    rules.workers.extend(workers);
                    let types = part.facility_types.iter().cloned();
                    (rules.facility_types).extend(types.map(|it| (it, part.cadre)));
                }
                Some(rules)
            }
            _ => None,
        }
    }

    /// What the rules name and there is not.
    pub fn check(&self, postings: &[Posting], places: &Places) -> Vec<Refusal> {
        let known: HashSet<WorkerId> = postings.iter().map(|it| it.worker).collect();
        let strangers = self.workers.keys().filter(|it| !known.contains(it));
        let strangers = strangers.map(|it| {
            let stranger = Objection::NotInCadre(it.encode());
            stranger.at(&["into", "workers"])
        });
        let types = self.facility_types.keys();
        let unknown = types.filter(|code| places.facility_type(code).is_none());
        let unknown = unknown.map(|code| {
            let unknown = Objection::UnknownFacilityType(code.clone());
            unknown.at(&["into", "facilityTypes"])
        });
        let mut refusals: Vec<Refusal> = strangers.chain(unknown).collect();
        refusals.sort_by_key(|it| it.objection.to_string());
        refusals
    }

    fn successor(&self, posting: &Posting, places: &Places) -> CadreId {
        if let Some(cadre) = self.workers.get(&posting.worker) {
            return *cadre;
        }
        let facility = places.facility(posting.facility);
        let by_type = facility.and_then(|it| self.facility_types.get(&*it.type_code));
        by_type.copied().unwrap_or(self.otherwise)
    }

    /// Every posting under its new cadre from a day on. What was before the day ends the day before, so that every day has
    /// the postings that it had.
    pub fn apply(&self, postings: Vec<Posting>, on: Date, places: &Places) -> Vec<Move> {
        let moves = postings.into_iter().map(|before| {
            let cadre = self.successor(&before, places);
            let day_before = on.checked_sub_days(Days::new(1));
            match day_before.filter(|_| before.starts_on < on) {
                None => Move {
                    after: Posting {
                        cadre,
                        ..before.clone()
                    },
                    ended: None,
                    before,
                },
                Some(last_day) => Move {
                    after: Posting {
                        id: PostingId::new(),
                        cadre,
                        starts_on: on,
                        ..before.clone()
                    },
                    ended: Some(Posting {
                        ends_on: Some(last_day),
                        end_reason: Some(RECLASSIFICATION.to_owned()),
                        ..before.clone()
                    }),
                    before,
                },
            }
        });
        moves.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cadres::MergeCadres;
    use crate::kernel::FacilityId;
    use crate::workforce::PostingKind;

    fn merge(into: CadreId, on: Date) -> Rules {
        let merge = Proposal::Merge(MergeCadres {
            cadres: vec![],
            into,
            on,
        });
        Rules::of(&merge).expect("a merge has rules")
    }

    proptest! {
        #[test]
        fn every_day_keeps_the_postings_that_it_had(
            start in 0u64..400, length in proptest::option::of(0u64..400), on in 0u64..600,
        ) {
            let base: Date = "2020-01-01".parse().expect("a date");
            let at = |days| base + Days::new(days);
            let (old, new) = (CadreId::new(), CadreId::new());
            let posting = Posting {
                id: PostingId::new(),
                worker: WorkerId::new(),
                facility: FacilityId::new(),
                cadre: old,
                employment_type: "permanent".into(),
                is_primary: true,
                kind: PostingKind::Substantive,
                salary_grade: None,
                starts_on: at(start),
                ends_on: length.map(|length| at(start + length)),
                end_reason: length.map(|_| "retirement".into()),
                supervisor: None,
            };
            let on = at(on);
            // Those that are over by the day are not moved at all.
            prop_assume!(posting.ends_on.is_none_or(|end| end >= on));
            let moved = merge(new, on).apply(vec![posting.clone()], on, &Places::default());
            let parts: Vec<&Posting> = moved[0].ended.iter().chain([&moved[0].after]).collect();
            for day in 0..900 {
                let day = at(day);
                let then: Vec<_> = parts.iter().filter(|it| it.is_in_force_on(day)).collect();
                prop_assert_eq!(then.len(), usize::from(posting.is_in_force_on(day)));
                for part in then {
                    prop_assert_eq!(part.cadre, if day < on { old } else { new });
                }
            }
            prop_assert_eq!(&moved[0].after.end_reason, &posting.end_reason);
        }
    }
}
