//! Made-up people: the same on every machine, each drawn from a number of their own.

use chrono::{Days, NaiveDate};
use kada::cadres::Cadre;
use kada::kernel::{Date, Id, PostingId, WorkerId};
use kada::places::{Facility, FacilityRow, OrgUnit, Setting};
use kada::workforce::{
    Contact, ContactKind, Identifier, Lists, NewWorker, PersonName, Posting, PostingKind, Sex,
};
use uuid::Uuid;

/// How many facilities stand in each district.
const FACILITIES: usize = 10;
/// How many cadres people have; a few cadres have most of them.
const CADRES: usize = 16;
/// The level of the org units that have facilities: cercles.
const DISTRICTS: u8 = 2;

const FAMILIES: [&str; 20] = [
    "Traoré",
    "Coulibaly",
    "Diarra",
    "Keïta",
    "Konaté",
    "Dembélé",
    "Sidibé",
    "Touré",
    "Cissé",
    "Maïga",
    "Diallo",
    "Sangaré",
    "Koné",
    "Sissoko",
    "Dicko",
    "N'Diaye",
    "Haïdara",
    "Doumbia",
    "Camara",
    "Kouyaté",
];
const GIVEN: [&str; 20] = [
    "Fatoumata",
    "Aminata",
    "Mariam",
    "Awa",
    "Kadiatou",
    "Oumou",
    "Rokia",
    "Djénéba",
    "Hawa",
    "Ramata",
    "Moussa",
    "Amadou",
    "Ibrahima",
    "Mamadou",
    "Boubacar",
    "Seydou",
    "Drissa",
    "Modibo",
    "Souleymane",
    "Oumar",
];
const TERMS: [&str; 4] = [
    "civil_servant",
    "state_contract",
    "community_contract",
    "volunteer",
];

/// Ten facilities for every district of the country.
pub fn facilities(units: &[OrgUnit]) -> Vec<FacilityRow> {
    let districts: Vec<&OrgUnit> = units.iter().filter(|it| it.level == DISTRICTS).collect();
    (0..FACILITIES * districts.len())
        .map(|at| FacilityRow {
            code: format!("B-{at:04}"),
            name: format!("Centre {at:04}"),
            type_code: if at % FACILITIES == 0 {
                "CSREF"
            } else {
                "CSCOM"
            }
            .to_owned(),
            ownership: "GOV".to_owned(),
            unit: districts[at % districts.len()].code.clone(),
            setting: if at % 4 == 0 {
                Setting::Urban
            } else {
                Setting::Rural
            },
            opened_on: None,
            closed_on: None,
        })
        .collect()
}

/// What people are posted to.
pub struct World<'a> {
    facilities: Vec<&'a Facility>,
    cadres: Vec<&'a Cadre>,
}

impl<'a> World<'a> {
    pub fn new(lists: &'a Lists) -> Self {
        let all = lists.places.facilities().iter();
        let mut facilities: Vec<&Facility> = all.map(|it| &**it).collect();
        facilities.sort_by(|a, b| a.code.cmp(&b.code));
        let cadres = lists.cadres.all().iter();
        Self {
            facilities,
            cadres: cadres
                .filter(|it| !lists.cadres.is_group(it.id) && !it.isco08.is_empty())
                .take(CADRES)
                .collect(),
        }
    }

    /// The person with a number: with a staff number, a telephone, a posting that runs, and two in five with an
    /// earlier one.
    pub fn person(&self, number: usize) -> NewWorker {
        let draw = |die: usize, sides: usize| draw(number, die, sides);
        let id = WorkerId::from(uuid(0, number));
        let facility = self.facilities[number % self.facilities.len()];
        let cadre = self.cadres[draw(1, self.cadres.len()).min(draw(12, self.cadres.len()))];
        let given = draw(2, GIVEN.len());
        let began = day("2015-01-01", draw(3, 3_000));
        let posting = Posting {
            id: PostingId::from(uuid(1, number)),
            worker: id,
            facility: facility.id,
            cadre: cadre.id,
            employment_type: TERMS[draw(4, TERMS.len())].to_owned(),
            is_primary: true,
            kind: PostingKind::Substantive,
            salary_grade: None,
            starts_on: began,
            ends_on: None,
            end_reason: None,
            supervisor: None,
        };
        let earlier = Posting {
            id: PostingId::from(uuid(2, number)),
            facility: self.facilities[draw(5, self.facilities.len())].id,
            starts_on: day("2005-01-01", draw(6, 3_000)),
            ends_on: Some(day("2014-01-01", draw(7, 300))),
            end_reason: Some("transfer".to_owned()),
            ..posting.clone()
        };
        let mut postings = vec![posting];
        if draw(8, 5) < 2 {
            postings.push(earlier);
        }
        NewWorker {
            id,
            name: PersonName {
                family: FAMILIES[draw(9, FAMILIES.len())].to_owned(),
                given: format!("{} {}", GIVEN[given], GIVEN[draw(10, GIVEN.len())]),
            },
            sex: if given < GIVEN.len() / 2 {
                Sex::Female
            } else {
                Sex::Male
            },
            birth_date: Some(day("1961-01-01", draw(11, 14_600))),
            unit: facility.unit,
            sector: cadre.sector,
            identifiers: vec![Identifier {
                type_code: "matricule".to_owned(),
                value: format!("M{number:07}"),
            }],
            contacts: vec![Contact {
                kind: ContactKind::Phone,
                value: format!("+22370{number:06}"),
                preferred: true,
            }],
            postings,
        }
    }
}

/// Ids in the order of registration, as `UUIDv7` are, and known without asking.
pub fn uuid(kind: u128, number: usize) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | (kind << 48) | number as u128)
}

/// The wire form of a person's id.
pub fn worker_id(number: usize) -> String {
    WorkerId::from(uuid(0, number)).encode()
}

fn day(from: &str, plus: usize) -> Date {
    let from: NaiveDate = from.parse().unwrap_or_default();
    from + Days::new(plus as u64)
}

/// A throw of a die: the same for the same person (splitmix64).
fn draw(number: usize, die: usize, sides: usize) -> usize {
    let mut bits = (number as u64) << 8 | die as u64;
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let sides = sides as u64;
    usize::try_from((bits ^ (bits >> 31)) % sides).unwrap_or_default()
}
