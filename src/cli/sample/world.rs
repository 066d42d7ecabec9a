//! The country as careers see it: offices with their opening days, occupations, and who works where today.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

use super::dice::Dice;
use super::parameters::Parameters;
use crate::cadres::{Cadre, Cadres, WorkerClass};
use crate::cli::apply::{Files, known};
use crate::kernel::{CadreId, Date, FacilityId, OrgUnitId, Sector};
use crate::places::{Facility, Places};

/// An office with staff.
pub(super) struct Site {
    pub facility: FacilityId,
    pub unit: OrgUnitId,
    /// The unit of the first level that it lies in.
    pub region: OrgUnitId,
    pub opened: Option<Date>,
    pub closed: Option<Date>,
    pub supervisor: Option<FacilityId>,
}

impl Site {
    pub fn is_open(&self, first: Date, last: Date) -> bool {
        self.opened.is_none_or(|day| day <= first) && self.closed.is_none_or(|day| day > last)
    }
}

/// A cadre that people are posted in.
pub(super) struct Occupation {
    pub cadre: CadreId,
    pub sector: Sector,
    pub class: WorkerClass,
    pub female_share: f64,
    /// Terms of employment with their shares.
    pub terms: Vec<(String, f64)>,
    /// Cadres of the same group from which one is promoted to this one.
    pub juniors: Vec<usize>,
    /// The kinds of identifiers that its workers have.
    pub identifiers: Vec<usize>,
}

/// A place on the staff list: one person works there today.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub site: usize,
    pub occupation: usize,
}

/// A region that was cut off: nobody was posted there but those who were driven out.
struct CutOff {
    region: OrgUnitId,
    from: Date,
    until: Date,
}

pub(super) struct World {
    pub as_of: Date,
    pub sites: Vec<Site>,
    pub occupations: Vec<Occupation>,
    pub slots: Vec<Slot>,
    /// The sites of an occupation, in a region.
    workplaces: BTreeMap<(usize, OrgUnitId), Vec<usize>>,
    anywhere: BTreeMap<usize, Vec<usize>>,
    cut_off: Vec<CutOff>,
}

const STAFF: &str = "sample/staff.csv";
const SAMPLE: &str = "sample/sample.toml";

impl World {
    pub fn read(
        files: &mut Files<'_>,
        parameters: &Parameters,
        places: &Places,
        cadres: &Cadres,
    ) -> Self {
        let mut world = Self {
            as_of: parameters.as_of,
            sites: Vec::new(),
            occupations: occupations(parameters, cadres),
            slots: Vec::new(),
            workplaces: BTreeMap::new(),
            anywhere: BTreeMap::new(),
            cut_off: Vec::new(),
        };
        for it in &parameters.displacement {
            if let Some(unit) = places.unit_by_code(&it.from).filter(|unit| unit.level == 1) {
                // Postings do not begin or end in the last months before, so that the headcount holds on those days.
                world.cut_off.push(CutOff {
                    region: unit.id,
                    from: it.on - TimeDelta::days(90),
                    until: it.return_from,
                });
            }
            for code in it.to.iter().chain([&it.from]) {
                if places.unit_by_code(code).is_none_or(|unit| unit.level != 1) {
                    files.refuse(SAMPLE, None, code, "is not an org unit of level 1");
                }
            }
        }
        world.read_staff(files, parameters, places, cadres);
        for it in &parameters.conversion {
            world.check_terms(files, cadres, &it.from_cadre);
        }
        world
    }

    fn read_staff(
        &mut self,
        files: &mut Files<'_>,
        parameters: &Parameters,
        places: &Places,
        cadres: &Cadres,
    ) {
        let facilities: HashMap<&str, &Facility> = places
            .facilities()
            .iter()
            .map(|it| (it.code.as_str(), &**it))
            .collect();
        let mut sites: HashMap<FacilityId, usize> = HashMap::new();
        for row in files.sheet(STAFF, &["facility", "cadre", "count"], "") {
            let is_facility = |code: &str| facilities.contains_key(code);
            let facility = facilities.get(known(files, &row, "facility", is_facility, "facility"));
            let is_cadre = |code: &str| {
                cadres
                    .by_code(code)
                    .is_some_and(|cadre| !cadres.is_group(cadre.id))
            };
            let code = known(files, &row, "cadre", is_cadre, "cadre that is not a group:");
            let count = row
                .parsed::<usize>(files, "count", "a number of people")
                .unwrap_or(0);
            let (Some(facility), Some(occupation)) = (facility, self.occupation(cadres, code))
            else {
                continue;
            };
            if facility.is_closed_on(self.as_of) {
                files.refuse_row(&row, "facility", format!("{} is closed", facility.code));
            }
            if !facility.is_open_on(self.last_start()) {
                files.refuse_row(
                    &row,
                    "facility",
                    format!("{} opened too late", facility.code),
                );
            }
            self.check_terms(files, cadres, code);
            let site = *sites.entry(facility.id).or_insert_with(|| {
                self.sites.push(site(parameters, places, facility));
                self.sites.len() - 1
            });
            self.slots
                .extend(std::iter::repeat_n(Slot { site, occupation }, count));
            let region = self.sites[site].region;
            self.workplaces
                .entry((occupation, region))
                .or_default()
                .push(site);
            self.anywhere.entry(occupation).or_default().push(site);
        }
    }

    fn check_terms(&self, files: &mut Files<'_>, cadres: &Cadres, code: &str) {
        let missing = self
            .occupation(cadres, code)
            .is_some_and(|at| self.occupations[at].terms.is_empty());
        let key = format!("employment.{code}");
        if missing && !files.problems.iter().any(|it| it.column == key) {
            files.refuse(
                SAMPLE,
                None,
                &key,
                "is missing, and so are terms for the cadre's class",
            );
        }
    }

    pub fn occupation(&self, cadres: &Cadres, code: &str) -> Option<usize> {
        let cadre = cadres.by_code(code)?.id;
        self.occupations.iter().position(|it| it.cadre == cadre)
    }

    /// The last day on which anybody of the register took up a post: the newest records are half a year old.
    pub fn last_start(&self) -> Date {
        self.as_of - TimeDelta::days(180)
    }

    /// The first day on which someone could be posted at a site from `day` on.
    pub fn earliest(&self, dice: &mut Dice, site: usize, day: Date) -> Date {
        let site = &self.sites[site];
        let opened = site.opened.map_or(day, |opened| opened.max(day));
        let cut_off = self.cut_off.iter().find(|it| it.region == site.region);
        match cut_off.filter(|it| opened < it.until) {
            Some(it) => dice.day(it.until, it.until + TimeDelta::days(900)),
            None => opened,
        }
    }

    /// An office where someone can have been before `next`: another one, open through the period, where the
    /// occupation is found; mostly in the same region.
    pub fn workplace(
        &self,
        dice: &mut Dice,
        occupation: usize,
        next: usize,
        first: Date,
        last: Date,
    ) -> Option<usize> {
        let near = self.sites[next].region;
        let sites = match self.workplaces.get(&(occupation, near)) {
            Some(sites) if dice.chance(0.65) => sites,
            _ => self.anywhere.get(&occupation)?,
        };
        let fits = |site: &usize| *site != next && self.takes_staff(*site, first, last);
        (0..8)
            .find_map(|_| dice.pick(sites).copied().filter(fits))
            .or_else(|| sites.iter().copied().find(fits))
    }

    /// An office of one of some regions, where the occupation is found, open through a period.
    pub fn workplace_in(
        &self,
        dice: &mut Dice,
        occupation: usize,
        regions: &[OrgUnitId],
        first: Date,
        last: Date,
    ) -> Option<usize> {
        let open: Vec<usize> = regions
            .iter()
            .filter_map(|region| self.workplaces.get(&(occupation, *region)))
            .flatten()
            .copied()
            .filter(|site| self.sites[*site].is_open(first, last))
            .collect();
        dice.pick(&open).copied()
    }

    fn takes_staff(&self, site: usize, first: Date, last: Date) -> bool {
        let site = &self.sites[site];
        let is_cut_off =
            |it: &CutOff| it.region == site.region && first < it.until && last >= it.from;
        site.is_open(first, last) && !self.cut_off.iter().any(is_cut_off)
    }
}

fn site(parameters: &Parameters, places: &Places, facility: &Facility) -> Site {
    let mut region = facility.unit;
    let parent = |unit: OrgUnitId| places.unit(unit).and_then(|unit| unit.parent);
    while let Some(above) = parent(region) {
        region = above;
    }
    let supervisor = parameters.supervisor_type.as_ref().and_then(|wanted| {
        let offices = places.facilities_of(parent(facility.unit)?);
        let office = |id: &&FacilityId| {
            places
                .facility(**id)
                .is_some_and(|it| *it.type_code == **wanted)
        };
        offices.iter().find(office).copied()
    });
    Site {
        facility: facility.id,
        unit: facility.unit,
        region,
        opened: facility.opened_on,
        closed: facility.closed_on(),
        supervisor,
    }
}

fn occupations(parameters: &Parameters, cadres: &Cadres) -> Vec<Occupation> {
    let worked: Vec<&Cadre> = cadres
        .all()
        .iter()
        .filter(|it| !cadres.is_group(it.id))
        .collect();
    worked
        .iter()
        .map(|cadre| {
            let group = cadre.parent.and_then(|parent| cadres.get(parent));
            let codes: Vec<&str> = [Some(*cadre), group]
                .into_iter()
                .flatten()
                .map(|it| it.code.as_str())
                .collect();
            let share = codes
                .iter()
                .copied()
                .chain(["default"])
                .find_map(|code| parameters.female_share.get(code));
            let terms = [cadre.code.as_str(), cadre.worker_class.as_str()]
                .into_iter()
                .find_map(|key| parameters.employment.get(key));
            let holds = |of: &[String]| {
                of.is_empty() || codes.iter().any(|code| of.iter().any(|it| it == code))
            };
            let juniors = worked
                .iter()
                .enumerate()
                .filter(|(_, it)| is_junior(it, cadre));
            let identifiers = parameters.identifier.iter().enumerate();
            Occupation {
                cadre: cadre.id,
                sector: cadre.sector,
                class: cadre.worker_class,
                female_share: share.copied().unwrap_or(0.5),
                terms: terms
                    .map(|terms| terms.iter().map(|(code, it)| (code.clone(), *it)).collect())
                    .unwrap_or_default(),
                juniors: juniors.map(|(at, _)| at).collect(),
                identifiers: identifiers
                    .filter(|(_, it)| holds(&it.cadres))
                    .map(|(at, _)| at)
                    .collect(),
            }
        })
        .collect()
}

/// A specialist was a generalist doctor before, a professional of a group a para-professional of it.
fn is_junior(junior: &Cadre, senior: &Cadre) -> bool {
    let isco = |cadre: &Cadre| {
        let only = cadre.isco08.first();
        only.map(|it| it.code.clone()).unwrap_or_default()
    };
    let same_group = junior.parent.is_some() && junior.parent == senior.parent;
    let specialist = isco(senior) == "2212" && isco(junior) == "2211";
    let professional = senior.worker_class == WorkerClass::Professional
        && junior.worker_class == WorkerClass::ParaProfessional;
    same_group && (specialist || professional)
}
