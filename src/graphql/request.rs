//! What one operation carries: the caller, their languages, the day, and the one snapshot that all its reads see.

use std::sync::Arc;

use async_graphql::Context;

use super::connection::Cursors;
use super::scalars::Day;
use crate::auth::{Actor, Caller, Permission};
use crate::kernel::{AsOf, Clock, Date, Denied, Instant, Languages, ReadError};
use crate::ledger::{self, Head};
use crate::tenancy::{Reader, Snapshot, TenantDb};

pub struct Request {
    caller: Caller,
    snapshot: Option<Snapshot>,
    clock: Clock,
    /// Midnight may come while the operation runs: it has one day.
    today: Option<Date>,
    languages: Languages,
    cursors: Cursors,
    /// More than one root field: then even single statements share the snapshot.
    several: bool,
    trace_id: String,
}

const NO_COUNTRY: Denied = Denied {
    permission: Permission::ReadReference.as_str(),
};

/// The operation that is being resolved.
#[must_use]
pub fn request<'a>(ctx: &Context<'a>) -> &'a Request {
    ctx.data_unchecked::<Arc<Request>>()
}

impl Request {
    /// `several` says that the operation has more than one root field; `trace_id` is what masked errors show.
    #[must_use]
    pub fn new(
        caller: Caller,
        clock: Clock,
        accept_language: Option<&str>,
        cursors: Cursors,
        several: bool,
        trace_id: String,
    ) -> Self {
        let (snapshot, today, languages) = match &caller {
            Caller::Tenant(db, _) => (
                Some(db.snapshot()),
                Some(clock.today(db.settings().time_zone)),
                db.settings().languages_for(accept_language),
            ),
            Caller::Hub(_) | Caller::Platform(_) => {
                (None, None, Languages::negotiate(accept_language, &[]))
            }
        };
        Self {
            caller,
            snapshot,
            clock,
            today,
            languages,
            cursors,
            several,
            trace_id,
        }
    }

    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.caller.actor()
    }

    /// The caller's country.
    ///
    /// # Errors
    /// `Denied` for callers of the hub and of the platform, who have none.
    pub fn tenant(&self) -> Result<&TenantDb, Denied> {
        match &self.caller {
            Caller::Tenant(db, _) => Ok(db),
            Caller::Hub(_) | Caller::Platform(_) => Err(NO_COUNTRY),
        }
    }

    #[must_use]
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    #[must_use]
    pub fn cursors(&self) -> &Cursors {
        &self.cursors
    }

    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }

    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Today in the caller's country.
    ///
    /// # Errors
    /// `Denied` for callers who have no country.
    pub fn today(&self) -> Result<Date, Denied> {
        self.today.ok_or(NO_COUNTRY)
    }

    /// The day that is asked about, today when absent.
    ///
    /// # Errors
    /// As [`Request::today`].
    pub fn as_of(&self, day: Option<Day>) -> Result<AsOf, Denied> {
        let today = self.today()?;
        Ok(AsOf {
            day: day.map_or(today, |Day(day)| day),
            today,
        })
    }

    /// Where the ledger stands in the operation's moment of the data, which begins with this call at the latest.
    ///
    /// # Errors
    /// As [`Request::read`].
    pub async fn head(&self) -> Result<Head, ReadError> {
        Ok(ledger::head(&mut *self.read(true).await?).await?)
    }

    /// A connection that sees the operation's moment of the data. `several` says that the field asks for more than
    /// one statement; a field that needs one, alone in its operation, runs without a transaction.
    ///
    /// # Errors
    /// `Denied` for callers who have no country; a fault when no connection can be had.
    pub async fn read(&self, several: bool) -> Result<Reader<'_>, ReadError> {
        self.tenant()?;
        let Some(snapshot) = &self.snapshot else {
            unreachable!("a tenant's caller has a snapshot");
        };
        if several || self.several {
            Ok(snapshot.read().await?)
        } else {
            Ok(snapshot.read_once().await?)
        }
    }

    /// Ends the snapshot: after the last field, and around each write, whose payload must see what it wrote.
    pub async fn finish(&self) {
        if let Some(snapshot) = &self.snapshot {
            snapshot.end().await;
        }
    }
}
