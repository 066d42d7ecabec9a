//! Sample registers: declared synthetic, drawn from `tenants/<code>/sample/`, the same people on every machine.
//!
//! The staff list holds: as many people are in a primary posting at each facility in each cadre on the day `as_of` of
//! `sample.toml` as `staff.csv` says. People who have left come on top, as many as `former_share` says, and Mali has
//! none: its 14,114 are the records of a whole register.
//!
//! A register goes in through the importer, as a file of its people would, and what they have passed by the verbs of
//! credentials, in one transaction: it is there as a whole or not at all.

mod career;
mod credentials;
mod dice;
mod displaced;
mod parameters;
mod person;
mod rows;
mod world;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::Context;

use self::career::{Person, Stay};
use self::credentials::Credentials;
use self::dice::Dice;
use self::displaced::Fate;
use self::parameters::{Names, Parameters};
use self::world::{Slot, World};
use crate::cadres::{Cadres, CodeLists, Taxonomy};
use crate::cli::apply::{self, Around, Files};
use crate::cli::folder::Folder;
use crate::cli::import;
use crate::interop;
use crate::kernel::{Clock, Date, Fault, Instant};
use crate::places::{self, Gazetteer, Places, PlacesConfiguration};
use crate::tenancy::{Reader, Reference, Settings, TenantDb};
use crate::workforce::{self, NewWorker};

const UNITS: &str = "sample/org-units.csv";

/// What was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Whether the tenant held workers already, so that nothing was done.
    pub skipped: bool,
    pub facilities: usize,
    pub workers: u64,
    pub postings: u64,
}

/// Whether a country brings a sample register.
#[must_use]
pub fn is_there(folder: &Folder) -> bool {
    matches!(folder.file("sample/sample.toml"), Ok(Some(_)))
}

/// Loads a country's sample register into a tenant that holds no workers. `progress` is told how many rows of how
/// many are in.
///
/// # Errors
/// All that is wrong with the files, or that the database refused; nobody is then loaded.
pub async fn load(
    db: &TenantDb,
    folder: &Folder,
    clock: &Clock,
    progress: impl FnMut(u64, u64) + Send,
) -> anyhow::Result<Summary> {
    let register = db
        .write(async |tx| {
            if workforce::is_any_registered(tx).await? {
                return Ok(None);
            }
            let facilities = configure_places(tx, db.settings(), folder, clock.now()).await?;
            let today = clock.today(db.settings().time_zone);
            let register = Register::read(tx, db.settings(), folder, today).await?;
            Ok(Some((facilities, register)))
        })
        .await
        .map_err(|Failure(error)| error)?;
    let Some((facilities, register)) = register else {
        return Ok(Summary {
            skipped: true,
            ..Summary::default()
        });
    };
    let workers = register.total();
    let register = Arc::new(register);
    let table = rows::table(&register)?;
    let actor = import::operator();
    let occasion = import::occasion(db, &actor, clock);
    let mut write = db.begin().await?;
    let report = interop::import_workers_within(&mut write, &occasion, table, progress).await?;
    if let Some(problem) = report.problems.first() {
        anyhow::bail!("the sample of {} is not sound: {problem:?}", db.code());
    }
    let languages = &db.settings().languages;
    credentials::record(&mut write.db(), &occasion, languages, &register)
        .await
        .with_context(|| format!("the sample of {}", db.code()))?;
    write.commit().await?;
    interop::compare(db, &occasion).await;
    Ok(Summary {
        skipped: false,
        facilities,
        workers,
        postings: report.accepted,
    })
}

/// What ends the transaction: a fault of the database or files that are wrong.
struct Failure(anyhow::Error);

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self(fault.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

/// The org units and facilities that the register's people work in.
async fn configure_places(
    tx: &mut Reader<'_>,
    settings: &Settings,
    folder: &Folder,
    at: Instant,
) -> Result<usize, Failure> {
    let today = at.with_timezone(&settings.time_zone).date_naive();
    let standing = Gazetteer::load(tx).await?.on(today);
    let mut files = Files::new(folder, &settings.languages);
    let levels: HashMap<&str, Option<u8>> = standing
        .units()
        .iter()
        .map(|it| (it.code.as_str(), Some(it.level)))
        .collect();
    let units = match folder.file(UNITS) {
        Ok(None) => apply::Units::default(),
        _ => apply::units(&mut files, UNITS, settings.levels.len(), &levels),
    };
    let around = Around {
        units: levels
            .keys()
            .copied()
            .chain(units.units.iter().map(|it| it.code.as_str()))
            .collect(),
        types: standing.types().iter().map(|it| it.code.as_str()).collect(),
        ownerships: standing
            .ownerships()
            .iter()
            .map(|it| it.code.as_str())
            .collect(),
    };
    let facilities = apply::facilities(&mut files, "sample/facilities.csv", &around);
    apply::no_problems(files)?;
    let count = facilities.len();
    let wanted = PlacesConfiguration {
        units: units.units,
        populations: units.populations,
        facilities,
        ..PlacesConfiguration::default()
    };
    let changes = places::configure(tx, &wanted, today).await?;
    apply::record(tx, &changes, at).await?;
    Ok(count)
}

/// A register, ready to be drawn.
struct Register {
    country: String,
    parameters: Parameters,
    names: Names,
    credentials: Option<Credentials>,
    places: Arc<Places>,
    cadres: Arc<Cadres>,
    world: World,
}

impl Register {
    async fn read(
        tx: &mut Reader<'_>,
        settings: &Settings,
        folder: &Folder,
        today: Date,
    ) -> Result<Self, Failure> {
        // Loaded past the memory of the process: this transaction may still be undone.
        let places = Gazetteer::load(tx).await?.on(today);
        let cadres = Taxonomy::load(tx).await?.on(today);
        let lists = CodeLists::load(tx).await?;
        let mut files = Files::new(folder, &settings.languages);
        let parameters = Parameters::read(&mut files, &cadres, &lists);
        let names = Names::read(&mut files);
        let (Some(parameters), Some(names)) = (parameters, names) else {
            return Err(apply::no_problems(files)
                .err()
                .unwrap_or_else(|| anyhow::anyhow!("no sample"))
                .into());
        };
        let world = World::read(&mut files, &parameters, &places, &cadres);
        let credentials = Credentials::read(&mut files, &parameters, &cadres, &lists);
        apply::no_problems(files)?;
        Ok(Self {
            country: folder.code().to_owned(),
            parameters,
            names,
            credentials,
            places,
            cadres,
            world,
        })
    }

    fn total(&self) -> u64 {
        (self.world.slots.len() + self.former()) as u64
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of some thousand people"
    )]
    fn former(&self) -> usize {
        (self.world.slots.len() as f64 * self.parameters.careers.former_share).round() as usize
    }

    /// The people, one after the other: those of the staff list, then those who have left.
    fn people(self: Arc<Self>) -> anyhow::Result<impl Iterator<Item = NewWorker> + Send> {
        let mut dice = Dice::new(self.parameters.seed, &self.country);
        let fates = displaced::fates(
            &mut dice,
            &self.world,
            &self.places,
            &self.parameters.displacement,
        )?;
        let mut given = person::Given::default();
        let midnight = self.world.as_of.and_time(chrono::NaiveTime::MIN).and_utc();
        let begin = u64::try_from(midnight.timestamp_millis()).unwrap_or(0);
        let slots = self.world.slots.len();
        Ok((0..slots + self.former()).filter_map(move |at| {
            let slot = match self.world.slots.get(at) {
                Some(slot) => *slot,
                None => self.world.slots[dice.below(slots)],
            };
            let (female, mut stays) = self.career(&mut dice, &fates, at, slot);
            if at >= slots {
                stays = career::ended(&mut dice, &self.world, stays);
            }
            let drawn = (female, stays.as_slice(), begin + at as u64);
            person::person(
                &mut dice,
                &self.world,
                &self.parameters,
                &self.names,
                &mut given,
                drawn,
            )
        }))
    }

    fn career(
        &self,
        dice: &mut Dice,
        fates: &BTreeMap<usize, Fate>,
        at: usize,
        slot: Slot,
    ) -> (bool, Vec<Stay>) {
        let female = dice.chance(self.world.occupations[slot.occupation].female_share);
        let conversion = self.parameters.conversion.iter().find_map(|rule| {
            let to = self.world.occupation(&self.cadres, &rule.to_cadre)?;
            let from = self.world.occupation(&self.cadres, &rule.from_cadre)?;
            (to == slot.occupation).then_some((rule, from))
        });
        let stays = match (fates.get(&at), conversion) {
            (Some(fate), _) => displaced::career(dice, &self.world, slot, fate),
            (None, Some((rule, from))) if dice.chance(rule.share) => {
                career::converted(dice, &self.world, slot, from, rule)
            }
            _ => {
                let mean = self.parameters.careers.past_postings_mean;
                career::ordinary(dice, &self.world, slot, &Person { female }, mean)
            }
        };
        (female, stays)
    }
}
