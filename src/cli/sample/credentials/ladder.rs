//! In-service training: sessions in each region, every year, of each course; and who of the region attended them.

use std::collections::HashMap;

use chrono::{Datelike, Days, Months};

use super::holdings::{first_day, ids};
use super::parameters::{Course, Credentials};
use crate::cli::sample::Register;
use crate::cli::sample::dice::Dice;
use crate::credentials::Outcome;
use crate::kernel::{CadreId, Date, FacilityId, OrgUnitId, WorkerId};
use crate::workforce::NewWorker;

/// Who may be trained, region by region, in the order of the register.
pub(super) struct Ladder<'a> {
    as_of: Date,
    courses: Vec<(&'a Course, Vec<CadreId>)>,
    regions: HashMap<FacilityId, OrgUnitId>,
    /// Where each region stands among the trainees.
    places: HashMap<OrgUnitId, usize>,
    trainees: Vec<Vec<Trainee>>,
}

struct Trainee {
    worker: WorkerId,
    /// The office that supervises them, or else their own: sessions are held there.
    office: FacilityId,
    left: Option<Date>,
    /// By course: the first posting in its cadres.
    posted: Vec<Option<Date>>,
    /// When the last step was completed.
    completed: Option<Date>,
    /// How many steps.
    steps: usize,
}

/// A session that was held.
pub(super) struct Held {
    pub office: FacilityId,
    pub starts_on: Date,
    pub ends_on: Date,
    pub attended: Vec<(WorkerId, Outcome)>,
}

impl<'a> Ladder<'a> {
    pub fn new(register: &'a Register, rules: &'a Credentials) -> Self {
        let courses = rules.course.iter();
        let sites = register.world.sites.iter();
        Self {
            as_of: register.world.as_of,
            courses: courses
                .map(|it| (it, ids(&register.cadres, &it.cadres)))
                .collect(),
            regions: sites.map(|it| (it.facility, it.region)).collect(),
            places: HashMap::new(),
            trainees: Vec::new(),
        }
    }

    /// Notes somebody who may be trained.
    pub fn add(&mut self, person: &NewWorker) {
        let posted: Vec<Option<Date>> = (self.courses.iter())
            .map(|(_, cadres)| first_day(person, cadres))
            .collect();
        let Some(last) = person
            .postings
            .last()
            .filter(|_| posted.iter().any(Option::is_some))
        else {
            return;
        };
        let Some(region) = self.regions.get(&last.facility) else {
            return;
        };
        let place = *self.places.entry(*region).or_insert(self.trainees.len());
        self.trainees
            .resize_with(self.trainees.len().max(place + 1), Vec::new);
        self.trainees[place].push(Trainee {
            worker: person.id,
            office: last.supervisor.unwrap_or(last.facility),
            left: last.ends_on,
            posted,
            completed: None,
            steps: 0,
        });
    }

    /// The sessions of each course in their order, from the first step on.
    pub fn sessions(mut self, dice: &mut Dice) -> Vec<(&'a Course, Vec<Held>)> {
        let mut taught = Vec::new();
        for (step, (course, _)) in self.courses.iter().enumerate() {
            let mut held = Vec::new();
            for trainees in &mut self.trainees {
                let first = trainees.iter().filter_map(|it| it.posted[step]).min();
                for year in first.map_or(self.as_of.year(), |day| day.year())..self.as_of.year() {
                    sessions_of_year(dice, (course, step), year, trainees, &mut held);
                }
            }
            taught.push((*course, held));
        }
        taught
    }
}

/// The sessions of a course in a region in a year: as many as those who come need, one after the other.
fn sessions_of_year(
    dice: &mut Dice,
    (course, step): (&Course, usize),
    year: i32,
    trainees: &mut [Trainee],
    held: &mut Vec<Held>,
) {
    let spring = Date::from_ymd_opt(year, 2, 1).unwrap_or_default();
    let starts_on = spring + Days::new(dice.days(0, 240).unsigned_abs());
    let ends_on = starts_on + Days::new((course.days - 1).unsigned_abs());
    let mut coming: Vec<&mut Trainee> = (trainees.iter_mut())
        .filter(|it| it.may_attend(course, step, starts_on))
        .collect();
    coming.retain(|_| dice.chance(course.share));
    for group in coming.chunks_mut(course.places) {
        let Some(office) = group.first().map(|it| it.office) else {
            continue;
        };
        let attended = group.iter_mut().map(|it| {
            let outcome = outcome(dice, course);
            if outcome == Outcome::Completed {
                (it.completed, it.steps) = (Some(ends_on), step + 1);
            }
            (it.worker, outcome)
        });
        held.push(Held {
            office,
            starts_on,
            ends_on,
            attended: attended.collect(),
        });
    }
}

impl Trainee {
    /// Whether they serve on the day, have done all steps before and none after, and have waited for long enough.
    fn may_attend(&self, course: &Course, step: usize, day: Date) -> bool {
        let Some(posted) = self.posted[step] else {
            return false;
        };
        let since = self.completed.map_or(posted, |done| done.max(posted));
        let may_from = since.checked_add_months(Months::new(course.after_months));
        self.steps == step
            && may_from.is_some_and(|from| from <= day)
            && self
                .left
                .is_none_or(|left| left > day + Days::new(course.days.unsigned_abs()))
    }
}

fn outcome(dice: &mut Dice, course: &Course) -> Outcome {
    if dice.chance(course.absent_share) {
        Outcome::Absent
    } else if dice.chance(course.failed_share) {
        Outcome::Failed
    } else {
        Outcome::Completed
    }
}
