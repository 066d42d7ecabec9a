//! What an answer depends on: the question, who asks it, and the moment that it speaks of.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};

use super::super::documents::Prepared;
use crate::kernel::{Date, ReadError};

pub type Hash = [u8; 32];

/// A moment of a country: where its ledger stands, and what day it is there, for ages and "today" move at midnight
/// without any write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Rises when the country is restored from a backup: numbers may then repeat.
    pub epoch: i64,
    pub seq: i64,
    pub day: Date,
}

impl Moment {
    /// As clients see it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}.{}", self.epoch, self.seq)
    }
}

type Told = BoxFuture<'static, Result<Moment, ReadError>>;

pub type Now = Arc<dyn Fn() -> Told + Send + Sync>;

pub type Enter = Arc<dyn Fn(&async_graphql::Request) -> Told + Send + Sync>;

/// From where a caller sees their country.
pub struct Standpoint {
    /// The same for two callers only if every question has one answer for both: of roles, scope and languages.
    pub view: Hash,
    /// The country's moment, as it is found after the call.
    pub now: Now,
    /// Opens the view that a prepared request reads in, and tells which moment that is.
    pub enter: Enter,
}

/// Who asks what, without the moment.
pub struct Question<'a> {
    tenant: &'a str,
    /// Of all that is asked, and from where; hexadecimal.
    hash: String,
}

impl<'a> Question<'a> {
    /// `schema` tells binaries apart that would answer differently.
    pub fn new(tenant: &'a str, schema: &Hash, view: &Hash, asked: &Prepared) -> Self {
        // Parts of fixed length, and then one JSON text: nothing can be moved from one part to another.
        let parameters = (&asked.operation_name, asked.variables_in_order());
        let hash = Sha256::new()
            .chain_update(schema)
            .chain_update(view)
            .chain_update(asked.document.hash)
            .chain_update(serde_json::json!(parameters).to_string());
        Self {
            tenant,
            hash: hex::encode(hash.finalize()),
        }
    }

    /// The name of the answer at a moment. What it names never changes.
    pub fn at(&self, moment: Moment) -> Arc<str> {
        let Self { tenant, hash } = self;
        let Moment { epoch, seq, day } = moment;
        format!("{tenant}:answer:{epoch}:{seq}:{day}:{hash}").into()
    }
}
