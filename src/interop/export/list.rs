//! Which list of workers goes out, and how far it is out.

use std::collections::{HashMap, HashSet};

use crate::auth::Actor;
use crate::credentials::{self, Licence, LicenceFilter, ProviderFilter, Ranked};
use crate::kernel::{AsOf, CadreId, CourseId, Page, PageRequest, ReadError, WorkerId};
use crate::tenancy::{Reader, Settings};
use crate::workforce::{self, Among, Flaw, Key, QualityFilter, Status, Worker, WorkerFilter};

/// Rows that are in memory at once.
const PAGE: u16 = 500;

/// A list of workers, as the API has it under the same name.
#[derive(Clone, Debug)]
pub enum List {
    Workers(WorkerFilter),
    Unlicensed(WorkerFilter),
    Untrained {
        course: Option<CourseId>,
        lapsed: bool,
        filter: WorkerFilter,
    },
    Unvetted {
        kind: Option<String>,
        filter: WorkerFilter,
    },
    QualifiedNotPosted {
        cadre: CadreId,
        filter: WorkerFilter,
    },
    /// The holders of these licences, each once, whose licence ends first before others.
    Licences(LicenceFilter),
    /// As the records are today.
    Flawed {
        flaw: Flaw,
        filter: QualityFilter,
    },
    /// The best first.
    Providers(ProviderFilter),
}

impl Default for List {
    fn default() -> Self {
        Self::Workers(WorkerFilter::default())
    }
}

/// Those who are chosen.
enum Chosen {
    /// All whom the filter finds.
    All,
    /// Of them these alone, in this order.
    Of(Vec<WorkerId>),
    /// All but these.
    But(HashSet<WorkerId>),
}

impl List {
    /// Finds out who is on the list.
    ///
    /// # Errors
    /// `Denied` without the permissions that the list asks for.
    async fn choose(
        &self,
        db: &mut Reader<'_>,
        actor: &Actor,
        settings: &Settings,
        at: AsOf,
    ) -> Result<(WorkerFilter, Chosen), ReadError> {
        Ok(match self {
            Self::Workers(filter) => (filter.clone(), Chosen::All),
            Self::Unlicensed(filter) => {
                let among = credentials::unlicensed(db, actor, at).await?;
                (active(filter), in_order_of_ids(among))
            }
            Self::Untrained {
                course,
                lapsed,
                filter,
            } => {
                let among = credentials::untrained(db, actor, *course, *lapsed, at.day).await?;
                (active(filter), in_order_of_ids(among))
            }
            Self::Unvetted { kind, filter } => {
                let among = credentials::unvetted(db, actor, kind.as_deref(), at.day).await?;
                (active(filter), in_order_of_ids(among))
            }
            Self::QualifiedNotPosted { cadre, filter } => {
                let among = credentials::qualified_not_posted(db, actor, *cadre, at).await?;
                (filter.clone(), in_order_of_ids(among))
            }
            Self::Licences(filter) => (anybody(), holders(db, actor, filter, at).await?),
            Self::Flawed { flaw, filter } => {
                let wanted = (*flaw, filter);
                (anybody(), flawed(db, actor, settings, wanted, at).await?)
            }
            Self::Providers(filter) => (anybody(), providers(db, actor, filter, at).await?),
        })
    }
}

fn anybody() -> WorkerFilter {
    WorkerFilter::default()
}

/// Of those who serve, where the filter does not say otherwise.
fn active(filter: &WorkerFilter) -> WorkerFilter {
    WorkerFilter {
        status: filter.status.or(Some(Status::Active)),
        ..filter.clone()
    }
}

fn in_order_of_ids(among: Among) -> Chosen {
    match among {
        Among::Of(mut these) => {
            these.sort_unstable();
            Chosen::Of(these)
        }
        Among::But(others) => Chosen::But(others.into_iter().collect()),
    }
}

/// As many as a page can have: there is one, unless the country is very large.
fn all<K>(after: Option<K>) -> PageRequest<K> {
    PageRequest {
        first: u16::MAX,
        after,
        count: false,
    }
}

async fn holders(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &LicenceFilter,
    at: AsOf,
) -> Result<Chosen, ReadError> {
    let (mut holders, mut seen) = (Vec::new(), HashSet::new());
    let mut after = None;
    loop {
        let (page, _) = credentials::licences(db, actor, filter, at, &all(after)).await?;
        after = page.rows.last().map(Licence::place);
        let workers = page.rows.iter().map(|it| it.worker);
        holders.extend(workers.filter(|it| seen.insert(*it)));
        if !page.has_next {
            return Ok(Chosen::Of(holders));
        }
    }
}

async fn flawed(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    wanted: (Flaw, &QualityFilter),
    at: AsOf,
) -> Result<Chosen, ReadError> {
    let mut flawed: Vec<WorkerId> = Vec::new();
    loop {
        let request = all(flawed.last().copied());
        let page =
            workforce::quality_queue(db, actor, settings, wanted, at.today, &request).await?;
        flawed.extend(page.rows);
        if !page.has_next {
            return Ok(Chosen::Of(flawed));
        }
    }
}

async fn providers(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ProviderFilter,
    at: AsOf,
) -> Result<Chosen, ReadError> {
    let mut providers: Vec<WorkerId> = Vec::new();
    let mut after = None;
    loop {
        let page = credentials::experienced_providers(db, actor, filter, at, &all(after)).await?;
        after = page.rows.last().map(Ranked::key);
        providers.extend(page.rows.iter().map(|it| it.candidate.worker));
        if !page.has_next {
            return Ok(Chosen::Of(providers));
        }
    }
}

/// How far a list is out.
pub(super) struct Walk {
    filter: WorkerFilter,
    chosen: Chosen,
    /// Where the next page of a filter begins.
    after: Option<Key>,
    /// How many of those who were chosen are done.
    done: usize,
    is_over: bool,
}

impl Walk {
    /// # Errors
    /// `Denied` without the permissions that the list asks for.
    pub async fn begin(
        list: &List,
        db: &mut Reader<'_>,
        actor: &Actor,
        settings: &Settings,
        at: AsOf,
    ) -> Result<Self, ReadError> {
        let (filter, chosen) = list.choose(db, actor, settings, at).await?;
        Ok(Self {
            filter,
            chosen,
            after: None,
            done: 0,
            is_over: false,
        })
    }

    /// All who are on the list, as one filter.
    pub fn whole(&self) -> WorkerFilter {
        let among = match &self.chosen {
            Chosen::All => None,
            Chosen::Of(these) => Some(Among::Of(these.clone())),
            Chosen::But(others) => Some(Among::But(others.iter().copied().collect())),
        };
        WorkerFilter {
            among,
            ..self.filter.clone()
        }
    }

    /// What is known of its length.
    pub fn expect(&mut self, rows: u64) {
        self.is_over = rows == 0;
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Among whom the next rows are.
    pub fn turn(&self) -> (WorkerFilter, PageRequest<Key>) {
        let request = PageRequest {
            first: PAGE,
            after: self.after.clone(),
            count: false,
        };
        let Chosen::Of(these) = &self.chosen else {
            return (self.filter.clone(), request);
        };
        let next = these.iter().skip(self.done).take(PAGE.into());
        let filter = WorkerFilter {
            among: Some(Among::Of(next.copied().collect())),
            ..self.filter.clone()
        };
        (filter, request)
    }

    /// Those of a turn who are on the list, in its order; the next turn follows.
    pub fn take(&mut self, page: Page<Worker>) -> Vec<Worker> {
        let mut rows = page.rows;
        if let Chosen::Of(these) = &self.chosen {
            let turn = these.iter().skip(self.done).take(PAGE.into());
            let places: HashMap<WorkerId, usize> =
                turn.enumerate().map(|(at, id)| (*id, at)).collect();
            rows.sort_by_key(|it| places.get(&it.id).copied());
            self.done += usize::from(PAGE);
            self.is_over = self.done >= these.len();
            return rows;
        }
        self.is_over = !page.has_next;
        self.after = rows.last().map(|it| Key {
            text: None,
            day: None,
            id: it.id,
        });
        if let Chosen::But(others) = &self.chosen {
            rows.retain(|it| !others.contains(&it.id));
        }
        rows
    }
}
