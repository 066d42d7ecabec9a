//! How cadres end by the country's list: what a row may say of it, and what no list can do.

use std::collections::HashMap;

use super::{CadreRow, CadresConfiguration, Misfit, rows};
use crate::cadres::revise::MOST;
use crate::cadres::{Cadre, Cadres, Objection, Status};
use crate::kernel::{CadreId, Sector};

/// Why a list cannot be brought about: the code of the row, its column, and what stands against it.
pub type Obstacle = (String, &'static str, &'static str);

impl CadreRow {
    /// What is wrong with how it ends, as the list has it; `sectors` are those of the cadres that there are.
    pub(super) fn check_ending(&self, sectors: &HashMap<&str, Sector>) -> Vec<Misfit> {
        let mut wrong = Vec::new();
        let mut note = |field: &str, value: Option<&String>, objection: Objection| {
            wrong.push(Misfit {
                field: field.to_owned(),
                value: value.cloned(),
                objection,
            });
        };
        let ends = self.status != Status::Active;
        let begun = |day| self.valid_from.is_none_or(|first| first < day);
        if ends != self.status_from.is_some() || !self.status_from.is_none_or(begun) {
            note("status_from", None, Objection::InvalidDate);
        }
        let (least, most) = match self.status {
            Status::Merged => (1, 1),
            // Where all go whom no part takes comes besides.
            Status::Split => (1, MOST + 1),
            _ => (0, 0),
        };
        if self.successors.len() < least {
            note("successors", None, Objection::SuccessorNotFound);
        }
        if self.successors.len() > most {
            note("successors", None, Objection::TooMany(most));
        }
        for (at, code) in self.successors.iter().enumerate() {
            let again = self.successors[..at].contains(code);
            match sectors.get(code.as_str()) {
                None => note("successors", Some(code), Objection::SuccessorNotFound),
                Some(_) if again || *code == self.code => {
                    note(
                        "successors",
                        Some(code),
                        Objection::NamedTwice(code.clone()),
                    );
                }
                Some(sector) if *sector != self.sector => {
                    note(
                        "successors",
                        Some(code),
                        Objection::AnotherSector(code.clone()),
                    );
                }
                Some(_) => {}
            }
        }
        wrong
    }
}

impl CadresConfiguration {
    /// What no list can do to cadres that stand: their people would have to move, and their first day is past.
    #[must_use]
    pub fn obstacles(&self, cadres: &Cadres) -> Vec<Obstacle> {
        let standing: HashMap<String, CadreRow> =
            rows(cadres).map(|it| (it.code.clone(), it)).collect();
        let mut obstacles = Vec::new();
        for row in &self.told_fully(cadres).cadres {
            let Some(stands) = standing.get(&row.code) else {
                continue;
            };
            if row.valid_from != stands.valid_from {
                let reason = "the first day of a cadre that is there stays";
                obstacles.push((row.code.clone(), "valid_from", reason));
            }
            let moves = [row.status, stands.status]
                .iter()
                .any(|it| matches!(it, Status::Merged | Status::Split));
            let ending = |it: &CadreRow| (it.status, it.status_from, it.successors.clone());
            if moves && ending(row) != ending(stands) {
                let reason =
                    "mergeCadres and splitCadre take the people of a cadre along; a list cannot";
                obstacles.push((row.code.clone(), "status", reason));
            }
        }
        obstacles
    }
}

/// The codes of the cadres where the people of one went, in their order.
pub(super) fn successors(cadre: &Cadre, cadres: &Cadres) -> Vec<String> {
    let of = cadre.ending.iter().flat_map(|it| &it.successors);
    let code = |id: &CadreId| Some(cadres.get(*id)?.code.clone());
    let mut codes: Vec<String> = of.filter_map(code).collect();
    codes.sort();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cadres::WorkerClass;
    use crate::kernel::Text;

    fn row(status: Status, from: Option<&str>, successors: &[&str]) -> CadreRow {
        CadreRow {
            code: "A".to_owned(),
            parent: None,
            label: Text::default(),
            description: Text::default(),
            sector: Sector::Health,
            worker_class: WorkerClass::Professional,
            isco08: None,
            entry_qualification: None,
            licensed: false,
            licensing_council: None,
            retirement_age: None,
            salary_grades: Vec::new(),
            career_steps: Vec::new(),
            valid_from: "2010-01-01".parse().ok(),
            status,
            status_from: from.and_then(|it| it.parse().ok()),
            successors: successors.iter().map(ToString::to_string).collect(),
            source: String::new(),
        }
    }

    #[test]
    fn a_cadre_ends_on_a_day_and_says_where_its_people_went() {
        let sectors = HashMap::from([
            ("A", Sector::Health),
            ("B", Sector::Health),
            ("C", Sector::Health),
            ("S", Sector::Social),
        ]);
        let flaws = |row: CadreRow| -> Vec<String> {
            let wrong = row.check_ending(&sectors).into_iter();
            wrong
                .map(|it| format!("{} {}", it.field, it.objection))
                .collect()
        };
        let day = Some("2020-01-01");
        assert!(flaws(row(Status::Active, None, &[])).is_empty());
        assert!(flaws(row(Status::Retired, day, &[])).is_empty());
        assert!(flaws(row(Status::Merged, day, &["B"])).is_empty());
        assert!(flaws(row(Status::Split, day, &["B", "C"])).is_empty());
        for (wrong, field) in [
            (row(Status::Active, day, &[]), "status_from"),
            (row(Status::Retired, None, &[]), "status_from"),
            (row(Status::Retired, Some("2009-12-31"), &[]), "status_from"),
            (row(Status::Retired, day, &["B"]), "successors"),
            (row(Status::Merged, day, &[]), "successors"),
            (row(Status::Merged, day, &["B", "C"]), "successors"),
            (row(Status::Merged, day, &["A"]), "successors"),
            (row(Status::Merged, day, &["X"]), "successors"),
            (row(Status::Merged, day, &["S"]), "successors"),
            (row(Status::Split, day, &["B", "B"]), "successors"),
        ] {
            let told = flaws(wrong.clone());
            assert_eq!(told.len(), 1, "{wrong:?}: {told:?}");
            assert!(told[0].starts_with(field), "{told:?}");
        }
    }
}
