//! A hundred made-up people with all that can be counted by, loaded in bulk.

use kada::auth::{Actor, Role};
use kada::kernel::{CadreId, Date, FacilityId, Id, PostingId, Sector, WorkerId};
use kada::places::{FacilityRow, PlacesConfiguration, Setting};
use kada::tenancy::Reader;
use kada::workforce::{self, NewWorker, PersonName, Posting, PostingKind, Sex};

use crate::support::world::TestCountry;
use crate::workforce::office::Office;
use kada::cli::apply;

/// Somebody knows neither birth date nor sex, some are posted at the office of the region itself, and the last terms
/// are on no list. All are of different ages around the bounds of the bands.
const TERMS: [&str; 4] = ["permanent", "contract", "volunteer", "stipend"];
const POSTS: [(&str, &str); 9] = [
    ("F-A1", "MW"),
    ("H-A1", "DOC"),
    ("S-A1", "PSW"),
    ("F-A2", "NUR"),
    ("F-B1", "SWO"),
    ("R-A", "NUR"),
    ("F-B1", "MW"),
    ("H-A1", "NUR"),
    ("N-A2", "DOC"),
];
const BIRTHS: [&str; 13] = [
    "2001-03-01",
    "2001-03-02",
    "1991-02-28",
    "1991-03-02",
    "1984-02-29",
    "1981-03-01",
    "1975-12-31",
    "1971-03-02",
    "1971-03-01",
    "1961-02-28",
    "1961-03-02",
    "1950-07-07",
    "",
];

/// People without any additional duty, and after them some with one.
pub fn people(office: &Office<'_>) -> (Vec<NewWorker>, Vec<NewWorker>) {
    let made = (0..100).map(|n| person(office, n));
    let with_duties = (100..120).map(|n| {
        let mut person = person(office, n);
        let duty = posting(office, person.id, n + 4, "2021-01-01", None);
        person.postings.push(Posting {
            is_primary: false,
            ..duty
        });
        person
    });
    (made.collect(), with_duties.collect())
}

fn person(office: &Office<'_>, n: usize) -> NewWorker {
    let id = WorkerId::new();
    let postings = match n % 10 {
        // A career of two posts, one that is over, one that begins later; and people who only have the last.
        0 => vec![
            posting(office, id, n, "2010-01-01", Some("2019-12-31")),
            posting(office, id, n + 3, "2020-01-01", None),
        ],
        1 => vec![posting(office, id, n, "2015-05-05", Some("2026-02-28"))],
        2 => vec![posting(office, id, n, "2026-03-02", None)],
        3 => vec![posting(office, id, n, "2026-03-01", Some("2026-03-01"))],
        4 if n > 50 => vec![],
        _ => vec![posting(office, id, n * 7, "2018-01-01", None)],
    };
    NewWorker {
        id,
        name: PersonName {
            family: format!("Person {n}"),
            given: String::new(),
        },
        sex: [Sex::Female, Sex::Male, Sex::Female, Sex::Unknown][n % 4],
        birth_date: BIRTHS[n % BIRTHS.len()].parse().ok(),
        unit: Id::decode(office.id("A-1")).expect("an id"),
        sector: Sector::Health,
        identifiers: Vec::new(),
        contacts: Vec::new(),
        postings,
    }
}

fn posting(
    office: &Office<'_>,
    worker: WorkerId,
    n: usize,
    from: &str,
    to: Option<&str>,
) -> Posting {
    let day = |text: &str| text.parse::<Date>().expect("a date");
    let (facility, cadre) = POSTS[n % POSTS.len()];
    Posting {
        id: PostingId::new(),
        worker,
        facility: FacilityId::decode(office.id(facility)).expect("an id"),
        cadre: CadreId::decode(office.id(cadre)).expect("an id"),
        employment_type: TERMS[n % TERMS.len()].to_owned(),
        is_primary: true,
        kind: PostingKind::Substantive,
        salary_grade: None,
        starts_on: day(from),
        ends_on: to.map(day),
        end_reason: to.map(|_| "transfer".to_owned()),
        supervisor: None,
    }
}

pub async fn load(office: &Office<'_>, people: &[NewWorker]) {
    let actor = Actor::new("load@test", [Role::HrManager]);
    let at = office.country.world.clock.now();
    let loaded = office
        .country
        .db
        .write(async |tx: &mut Reader<'_>| workforce::load(tx, &actor, at, people).await);
    loaded.await.expect("the people are registered");
}

/// A facility of the region itself, in no district, and one that a charity runs.
pub async fn more_facilities(country: &TestCountry<'_>) {
    let row = |code: &str, ownership: &str, unit: &str, setting| FacilityRow {
        code: code.to_owned(),
        name: format!("Établissement {code}"),
        type_code: "HC".to_owned(),
        ownership: ownership.to_owned(),
        unit: unit.to_owned(),
        setting,
        opened_on: None,
        closed_on: None,
    };
    let wanted = PlacesConfiguration {
        facilities: vec![
            row("R-A", "GOV", "A", Setting::Urban),
            row("N-A2", "NGO", "A-2", Setting::Rural),
        ],
        ..PlacesConfiguration::default()
    };
    let at = country.world.clock.now();
    let day = at.date_naive();
    let added = country.db.write(async |tx: &mut Reader<'_>| {
        let changes = kada::places::configure(tx, &wanted, day).await?;
        apply::record(tx, &changes, at).await
    });
    added.await.expect("facilities are added");
}
