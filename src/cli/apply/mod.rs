//! `kada tenant create` and `kada tenant apply`: a country's folder becomes its configuration.
//!
//! Reading finds everything that is wrong before anything is written; the plan is said before it is carried out; and
//! what is in the database and not in the files stays, because admins add to it.

mod cadres;
mod calendar;
mod crosswalk;
mod forms;
mod norms;
mod places;
mod read;
mod records;
mod settings;
mod sheet;
mod tree;
mod write;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

pub(crate) use places::{Around, Units, facilities, units};
pub(crate) use read::known;
pub use read::read;
pub(crate) use settings::{is_currency, is_day_of_year, is_phone_region};
pub use sheet::{Files, Problem, Row};
pub use write::write;

use crate::auth::Actor;
use crate::cadres::{
    self as cadres_domain, Cadres, CadresConfiguration, Classifications, CodeLists, Taxonomy,
};
use crate::establishment::{self, NormRow};
use crate::forms::{self as forms_domain, Forms, FormsConfiguration};
use crate::kernel::{Changes, Date, Fault, Instant, ListChanges, TenantCode};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::places::{Gazetteer, Places, PlacesConfiguration};
use crate::platform::database::Address;
use crate::tenancy::{Settings, TenantDb, Tenants, provision};
use crate::workforce::{self, ApprovalPolicy, FieldGroup, HolidayRow, Holidays};

/// Whom the ledger names for what an operator does on the command line.
pub const OPERATOR: &str = "operator@kada";

/// A country as its folder describes it.
#[derive(Clone, Debug)]
pub struct Country {
    pub settings: Settings,
    pub places: PlacesConfiguration,
    pub cadres: CadresConfiguration,
    pub forms: FormsConfiguration,
    pub holidays: Vec<HolidayRow>,
    /// The groups of fields whose corrections need a second person; absent: as it stands.
    pub approvals: Option<BTreeSet<FieldGroup>>,
    pub norms: Vec<NormRow>,
}

/// What stands in a country's database of what folders say, with the places and the taxonomy of a day.
#[derive(Default)]
struct Content {
    places: Arc<Places>,
    cadres: Arc<Cadres>,
    lists: Arc<CodeLists>,
    forms: Arc<Forms>,
    holidays: Arc<Holidays>,
    approvals: Arc<ApprovalPolicy>,
    norms: Vec<NormRow>,
}

impl Content {
    async fn of(db: &TenantDb, day: Date) -> Result<Self, Fault> {
        let snapshot = db.snapshot();
        let mut reader = snapshot.read().await?;
        let content = Self {
            places: reader.current::<Gazetteer>().await?.1.on(day),
            cadres: reader.current::<Taxonomy>().await?.1.on(day),
            lists: reader.current().await?.1,
            forms: reader.current().await?.1,
            holidays: reader.current().await?.1,
            approvals: reader.current().await?.1,
            norms: establishment::norm_rows(&mut reader).await?,
        };
        drop(reader);
        snapshot.end().await;
        Ok(content)
    }
}

impl Country {
    /// The same country under another code: a trial beside the real one.
    #[must_use]
    pub fn renamed(mut self, code: TenantCode) -> Self {
        self.settings.code = code;
        self
    }

    /// The country as it stands, with the places and the taxonomy of the moment's day.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn standing(db: &TenantDb, at: Instant) -> Result<Self, Fault> {
        let settings = db.settings().clone();
        let content = Content::of(db, day(&settings, at)).await?;
        Ok(Self {
            settings,
            places: PlacesConfiguration::of(&content.places),
            cadres: CadresConfiguration::of(&content.cadres, &content.lists),
            forms: FormsConfiguration::of(&content.forms),
            holidays: content.holidays.rows(),
            approvals: Some(content.approvals.groups.clone()),
            norms: content.norms,
        })
    }
}

/// Nothing is wrong with the files that were read, or all that is.
pub(crate) fn no_problems(files: Files<'_>) -> anyhow::Result<()> {
    let mut problems = files.problems;
    problems.sort();
    refuse(&problems)
}

/// The refusal of a country's files, a problem on each line.
///
/// # Errors
/// When there is any problem.
pub fn refuse(problems: &[Problem]) -> anyhow::Result<()> {
    let lines: Vec<String> = problems.iter().map(|it| format!("  {it}")).collect();
    anyhow::ensure!(
        lines.is_empty(),
        "nothing was written:\n{}",
        lines.join("\n")
    );
    Ok(())
}

/// What applying a country would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub settings: ListChanges,
    pub content: Changes,
    /// Why it cannot be carried out: what no folder can do to what stands.
    pub obstacles: Vec<Problem>,
}

impl Plan {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.content.is_empty()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.settings, self.content)?;
        if self.is_empty() {
            f.write_str("\nnothing to do")?;
        }
        Ok(())
    }
}

/// Compares a country's folder with what stands; `settings` is absent for a country that is not there yet.
fn plan(country: &Country, settings: Option<&Settings>, standing: &Content) -> Plan {
    let wanted = std::slice::from_ref(&country.settings);
    let before: Vec<Settings> = settings.cloned().into_iter().collect();
    let approvals = country.approvals.as_ref();
    let content = (country.places.changes(&standing.places))
        .and(country.cadres.changes(&standing.cadres, &standing.lists))
        .and(country.forms.changes(&standing.forms))
        .and(workforce::calendar_changes(
            &country.holidays,
            &standing.holidays,
        ))
        .and(workforce::approval_changes(approvals, &standing.approvals))
        .and(establishment::norm_changes(&country.norms, &standing.norms));
    let mut obstacles = cadres::obstacles(&country.cadres, &standing.cadres);
    obstacles.extend(norms::obstacles(&country.norms, &standing.norms));
    Plan {
        settings: ListChanges::between("settings", wanted, &before, |it| it.code.to_string()),
        content,
        obstacles,
    }
}

/// The classifications, as [`read`] needs them; the owner can ask before there is any tenant.
///
/// # Errors
/// When the database cannot be asked, or was never migrated.
pub async fn classifications(owner: &Address) -> Result<Classifications, Fault> {
    cadres_domain::classifications(&mut owner.connect().await?).await
}

/// Makes the country when it is not there yet, and applies its folder.
///
/// # Errors
/// When the database refuses; what was not committed is undone.
pub async fn create(
    owner: &Address,
    tenants: &Tenants,
    country: &Country,
    at: Instant,
    mut say: impl FnMut(&Plan),
) -> anyhow::Result<Plan> {
    let code = &country.settings.code;
    if standing(tenants, code).await?.is_some() {
        return apply(owner, tenants, country, at, say).await;
    }
    let plan = plan(country, None, &Content::default());
    say(&plan);
    provision(owner, &country.settings).await?;
    configure(&tenants.open(code).await?, country, at).await?;
    Ok(plan)
}

/// Brings a country that is there up to its folder, saying the plan first. What the plan does not name is untouched;
/// an empty plan writes nothing.
///
/// # Errors
/// When there is no such country, the folder wants what no folder can do, or the database refuses; the content is then as
/// it was.
pub async fn apply(
    owner: &Address,
    tenants: &Tenants,
    country: &Country,
    at: Instant,
    mut say: impl FnMut(&Plan),
) -> anyhow::Result<Plan> {
    let code = &country.settings.code;
    let Some(settings) = standing(tenants, code).await? else {
        anyhow::bail!("there is no tenant {code}: make it by `kada tenant create {code}`");
    };
    let db = tenants.open(code).await?;
    let plan = planned(&db, country, &settings, at).await?;
    say(&plan);
    refuse(&plan.obstacles)?;
    if !plan.settings.is_empty() {
        provision(owner, &country.settings).await?;
    }
    if !plan.content.is_empty() {
        configure(&db, country, at).await?;
    }
    Ok(plan)
}

async fn configure(db: &TenantDb, country: &Country, at: Instant) -> Result<(), Fault> {
    let day = day(&country.settings, at);
    db.write(async |tx| {
        let operator = Actor::new(OPERATOR, []);
        let at_once = (at, day);
        let (places, relocations) =
            workforce::configure_places(tx, &operator, &country.places, at_once).await?;
        let changes = places
            .and(cadres_domain::configure(tx, &country.cadres, at_once).await?)
            .and(forms_domain::configure(tx, &country.forms, at).await?)
            .and(workforce::configure_calendar(tx, &country.holidays).await?)
            .and(workforce::configure_approvals(tx, country.approvals.as_ref()).await?)
            .and(establishment::configure_norms(tx, &country.norms).await?);
        record(tx, &changes, at).await?;
        ledger::append(tx, &operator, &relocations).await
    })
    .await
}

/// The country's day: what is dated of its content holds from then on.
fn day(settings: &Settings, at: Instant) -> Date {
    at.with_timezone(&settings.time_zone).date_naive()
}

/// What applying would change, without changing it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn planned(
    db: &TenantDb,
    country: &Country,
    settings: &Settings,
    at: Instant,
) -> Result<Plan, Fault> {
    let content = Content::of(db, day(&country.settings, at)).await?;
    Ok(plan(country, Some(settings), &content))
}

/// The one ledger row of a configuration; none when nothing changed. Call it last, but for the rows of records that went
/// along with their facilities.
///
/// # Errors
/// When the database refuses; the transaction is then to be undone.
pub async fn record(
    tx: &mut sqlx::PgConnection,
    changes: &Changes,
    at: Instant,
) -> Result<(), Fault> {
    if changes.is_empty() {
        return Ok(());
    }
    let entry = Entry {
        at,
        verb: Verb::Configure,
        subject_kind: SubjectKind::Configuration,
        subject: Uuid::nil(),
        before: None,
        after: None,
        act: None,
        change: changes.record(),
    };
    ledger::append(tx, &Actor::new(OPERATOR, []), &[entry]).await
}

/// The settings as the registry has them now: `Tenants::open` may answer from two seconds ago.
async fn standing(tenants: &Tenants, code: &TenantCode) -> Result<Option<Settings>, Fault> {
    let all = tenants.list().await?;
    Ok(all.into_iter().find(|settings| settings.code == *code))
}
