//! Answers that leave as finished bytes: found in this process, else in Redis, else computed, once for all who ask.
//!
//! An answer is kept under everything that it depends on, the ledger's head among it, so nothing kept is ever wrong and
//! nothing is ever invalidated: after a write, the same question has another name.

mod key;
mod shared;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response;
use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use moka::policy::EvictionPolicy;
use serde_json::value::{RawValue, to_raw_value};

pub use self::key::{Enter, Hash, Moment, Now, Question, Standpoint};
use self::shared::Shared;
use super::documents::Prepared;
use crate::platform::config::Config;
use crate::platform::redis::Redis;

/// What an answer's name and its place in the memory weigh besides its bytes.
const OVERHEAD: usize = 512;

/// By then, midnight has come everywhere.
const KEPT: Duration = Duration::from_hours(24);

pub struct Answers {
    memory: moka::future::Cache<Arc<str>, Arc<Answer>>,
    shared: Option<Shared>,
    /// The root fields whose answers depend on nothing but what a name holds.
    fields: &'static [&'static str],
    schema: Hash,
}

/// The bytes of `data`, and the moment that they speak of.
pub struct Answer {
    pub data: Box<RawValue>,
    pub moment: Moment,
}

/// Where an answer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Memory,
    Redis,
    /// It was computed.
    None,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Memory => "memory",
            Level::Redis => "redis",
            Level::None => "none",
        }
    }
}

pub enum Found {
    Answer(Arc<Answer>, Level),
    /// Executed, and not fit to be kept.
    Response(Box<Response>),
}

/// All that the one who computed for everybody has to say to those who waited.
#[derive(Debug)]
struct NotForOthers;

impl Answers {
    pub fn new(
        config: &Config,
        redis: Option<Arc<Redis>>,
        fields: &'static [&'static str],
        schema: Hash,
    ) -> Self {
        let weigh = |name: &Arc<str>, answer: &Arc<Answer>| {
            let weight = name.len() + answer.data.get().len() + OVERHEAD;
            u32::try_from(weight).unwrap_or(u32::MAX)
        };
        let secret = &config.graphql.signing_secret;
        Self {
            memory: moka::future::Cache::builder()
                .max_capacity(config.cache.memory_mb << 20)
                .weigher(weigh)
                // What was asked often before the last write is not asked again.
                .eviction_policy(EvictionPolicy::lru())
                .time_to_live(KEPT)
                .build(),
            shared: redis.map(|redis| Shared::new(redis, secret, KEPT)),
            fields,
            schema,
        }
    }

    /// Whether every root field may be answered from bytes. A fragment there counts as one that may not.
    pub fn may_keep(&self, operation: &OperationDefinition) -> bool {
        let may = |selection: &Selection| match selection {
            Selection::Field(field) => self.fields.contains(&field.node.name.node.as_str()),
            _ => false,
        };
        let mut roots = operation.selection_set.node.items.iter();
        operation.ty == OperationType::Query && roots.all(|it| may(&it.node))
    }

    pub fn question<'a>(
        &self,
        tenant: &'a str,
        standpoint: &Standpoint,
        asked: &Prepared,
    ) -> Question<'a> {
        Question::new(tenant, &self.schema, &standpoint.view, asked)
    }

    /// The answer at `moment`, or at a later one that `compute` has seen. `compute` tells the moment that it answers
    /// for, where it knows that; it runs at most once, and not at all where another one's answer will do.
    pub async fn find(
        &self,
        question: &Question<'_>,
        moment: Moment,
        compute: impl Future<Output = (Option<Moment>, Box<Response>)>,
    ) -> Found {
        let mut compute = pin!(compute);
        let name = question.at(moment);
        let (mut level, mut unfit) = (Level::Memory, None);
        let search = async {
            if let Some(shared) = &self.shared
                && let Some(data) = shared.get(&name).await
            {
                level = Level::Redis;
                return Ok::<_, NotForOthers>(Arc::new(Answer { data, moment }));
            }
            level = Level::None;
            let answer = answer(compute.as_mut().await).map_err(|response| {
                unfit = Some(response);
                NotForOthers
            })?;
            self.keep(question, moment, &answer).await;
            Ok(answer)
        };
        let found = self.memory.try_get_with(Arc::clone(&name), search).await;
        let found = match (found, unfit) {
            (Ok(answer), _) => Ok(answer),
            (Err(_), Some(own)) => Err(own),
            // An error is its caller's own: it names their trace. So those who waited for it compute for themselves.
            (Err(_), None) => {
                level = Level::None;
                answer(compute.await)
            }
        };
        match found {
            Ok(answer) => {
                let level_name = level.as_str();
                metrics::counter!("kada_cache_answers_total", "level" => level_name).increment(1);
                Found::Answer(answer, level)
            }
            Err(response) => Found::Response(response),
        }
    }

    /// An answer that saw a later moment than was asked for belongs to that one.
    async fn keep(&self, question: &Question<'_>, asked: Moment, answer: &Arc<Answer>) {
        let name = question.at(answer.moment);
        if answer.moment != asked {
            let answer = Arc::clone(answer);
            self.memory.insert(Arc::clone(&name), answer).await;
        }
        if let Some(shared) = &self.shared {
            shared.put(&name, &answer.data).await;
        }
    }
}

/// What was executed, as bytes; or as it is, when it has errors or nobody knows what moment it speaks of.
fn answer(
    (moment, response): (Option<Moment>, Box<Response>),
) -> Result<Arc<Answer>, Box<Response>> {
    match (moment, to_raw_value(&response.data)) {
        (Some(moment), Ok(data)) if response.errors.is_empty() => {
            Ok(Arc::new(Answer { data, moment }))
        }
        _ => Err(response),
    }
}
