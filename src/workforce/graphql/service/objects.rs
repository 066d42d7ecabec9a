//! Entries of service files on the wire. Whoever may not read entries of a kind gets none, so their own fields carry no
//! guard.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use serde::Serialize;

use crate::cadres::DISCIPLINARY_ACTION;
use crate::cadres::graphql::CodeListEntry;
use crate::graphql::{Act, Day, refuse, request};
use crate::kernel::{AsOf, Id, ServiceEntryId, WorkerId};
use crate::workforce::graphql::Worker;
use crate::workforce::graphql::edges::workers_by_ids;
use crate::workforce::{self, Lists, Matter};

/// What an entry of a service file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "workforce::ServiceKind")]
pub enum ServiceEntryKind {
    /// Days away from duty that were no leave.
    Absence,
    /// Days on which the worker may not serve.
    Suspension,
    /// What was done about misconduct.
    DisciplinaryAction,
    /// How well the worker served.
    Appraisal,
    /// What the worker is paid, and by whom.
    Pay,
}

/// What kind of pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[graphql(remote = "workforce::PayType")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayType {
    /// What an employee earns.
    Salary,
    /// What a volunteer is given.
    Stipend,
    /// What is paid besides.
    Allowance,
}

/// For how long an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[graphql(remote = "workforce::Frequency")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayFrequency {
    /// A day.
    Daily,
    /// A week.
    Weekly,
    /// A month.
    Monthly,
    /// Three months.
    Quarterly,
    /// A year.
    Annually,
}

/// Days away from duty that were no leave.
#[derive(SimpleObject)]
pub struct Absence {
    /// Why.
    reason: String,
    /// Whether somebody in charge knew and agreed.
    is_authorised: bool,
}

/// Days on which a worker may not serve.
#[derive(SimpleObject)]
pub struct Suspension {
    /// Why.
    reason: String,
    /// Whether the worker is paid meanwhile.
    with_pay: bool,
}

/// What was done about misconduct.
#[derive(SimpleObject)]
pub struct DisciplinaryAction {
    /// What was done.
    action: Option<CodeListEntry>,
    /// Why.
    reason: String,
    /// By whom.
    given_by: String,
    /// What is to be said besides.
    remark: Option<String>,
}

/// How well a worker served.
#[derive(SimpleObject)]
pub struct Appraisal {
    /// From 1, improvement required, to 5, far exceeds what is expected.
    score: i32,
    /// Who judged.
    evaluator: String,
    /// What is to be said besides.
    remark: Option<String>,
}

/// What a worker is paid for each period.
#[derive(SimpleObject)]
pub struct Pay {
    /// What kind of pay.
    #[graphql(name = "type")]
    kind: PayType,
    /// A decimal number.
    amount: String,
    /// The currency by ISO 4217.
    currency: String,
    /// For how long the amount is.
    frequency: PayFrequency,
    /// Who pays.
    payer: String,
    /// The salary grade by which it is paid.
    grade: Option<String>,
}

type Workers = HashMap<WorkerId, Worker>;

pub struct ServiceEntry {
    shown: workforce::ServiceEntry,
    lists: Lists,
    /// Those of the whole page; absent where nobody asked for them.
    workers: Option<Arc<Workers>>,
}

impl ServiceEntry {
    #[must_use]
    pub fn new(
        shown: workforce::ServiceEntry,
        lists: &Lists,
        workers: Option<Arc<Workers>>,
    ) -> Self {
        Self {
            shown,
            lists: lists.clone(),
            workers,
        }
    }

    /// Some of one worker.
    #[must_use]
    pub fn all_of<'a>(
        worker: &Worker,
        lists: &Lists,
        entries: impl Iterator<Item = &'a workforce::ServiceEntry>,
    ) -> Vec<Self> {
        let own = Arc::new(Workers::from([(worker.domain().id, worker.clone())]));
        let wired = entries.map(|it| Self::new(it.clone(), lists, Some(Arc::clone(&own))));
        wired.collect()
    }

    pub(super) fn key(&self) -> ServiceEntryId {
        self.shown.id
    }
}

/// An entry of a worker's service file.
#[Object]
impl ServiceEntry {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.shown.id.encode().into()
    }

    /// The worker's opaque id.
    async fn worker_id(&self) -> ID {
        self.shown.worker.encode().into()
    }

    /// The worker.
    async fn worker(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        let id = self.shown.worker;
        if let Some(workers) = &self.workers {
            return Ok(workers.get(&id).cloned());
        }
        let found = async {
            let rq = request(ctx);
            let at = AsOf::now(rq.today()?);
            let mut db = rq.read(true).await?;
            workers_by_ids(ctx, &mut db, vec![id], at, &[ctx.look_ahead()]).await
        };
        let found = found.await.map_err(|error| refuse(ctx, error))?;
        Ok(found.get(&id).cloned())
    }

    /// What it is about: the field of that name is there, and no other.
    async fn kind(&self) -> ServiceEntryKind {
        self.shown.matter.kind().into()
    }

    /// The first day on which it holds; of a disciplinary action, the day on which it was given.
    async fn starts_on(&self) -> Day {
        Day(self.shown.starts_on)
    }

    /// The last day; absent: none is known.
    async fn ends_on(&self) -> Option<Day> {
        self.shown.ends_on.map(Day)
    }

    /// Days away from duty that were no leave.
    async fn absence(&self) -> Option<Absence> {
        match &self.shown.matter {
            Matter::Absence {
                reason,
                is_authorised,
            } => Some(Absence {
                reason: reason.clone(),
                is_authorised: *is_authorised,
            }),
            _ => None,
        }
    }

    /// Days on which the worker may not serve.
    async fn suspension(&self) -> Option<Suspension> {
        match &self.shown.matter {
            Matter::Suspension { reason, with_pay } => Some(Suspension {
                reason: reason.clone(),
                with_pay: *with_pay,
            }),
            _ => None,
        }
    }

    /// What was done about misconduct.
    async fn disciplinary_action(&self) -> Option<DisciplinaryAction> {
        match &self.shown.matter {
            Matter::DisciplinaryAction {
                action,
                reason,
                given_by,
                remark,
            } => Some(DisciplinaryAction {
                action: CodeListEntry::find(&self.lists.codes, DISCIPLINARY_ACTION, action),
                reason: reason.clone(),
                given_by: given_by.clone(),
                remark: remark.clone(),
            }),
            _ => None,
        }
    }

    /// How well the worker served.
    async fn appraisal(&self) -> Option<Appraisal> {
        match &self.shown.matter {
            Matter::Appraisal {
                score,
                evaluator,
                remark,
            } => Some(Appraisal {
                score: *score,
                evaluator: evaluator.clone(),
                remark: remark.clone(),
            }),
            _ => None,
        }
    }

    /// What the worker is paid, and by whom.
    async fn pay(&self) -> Option<Pay> {
        match &self.shown.matter {
            Matter::Pay(it) => Some(Pay {
                kind: it.pay_type.into(),
                amount: it.amount.clone(),
                currency: it.currency.clone(),
                frequency: it.frequency.into(),
                payer: it.payer.clone(),
                grade: it.grade.clone(),
            }),
            _ => None,
        }
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.shown.act.clone().map(Act::new)
    }
}
