//! What one request may ask for, measured before it is parsed, validated or executed.
//!
//! Three passes, each linear in what it reads and stopped by the limit that it finds broken: over the bytes of the JSON
//! ([`json::scan`]), over the tokens of the document ([`tokens::scan`]), and over the parsed document, where a fragment
//! is measured once however often it is spread ([`Outline`]). The token pass is what lets the recursive parser run:
//! it bounds the brackets that the parser would follow down the stack.

mod cost;
pub mod json;
mod outline;
pub mod tokens;

pub use cost::{Prices, cost};
pub use outline::Outline;

use crate::platform::config::Limits;

/// The rule that a request breaks; its code is part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    Tokens,
    NameLength,
    Depth,
    Aliases,
    Directives,
    RootFields,
    Selections,
    ListItems,
    Values,
    Batch,
    Cost,
}

impl Rule {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Rule::Tokens => "DOCUMENT_TOO_LONG",
            Rule::NameLength => "NAME_TOO_LONG",
            Rule::Depth => "TOO_DEEP",
            Rule::Aliases => "TOO_MANY_ALIASES",
            Rule::Directives => "TOO_MANY_DIRECTIVES",
            Rule::RootFields => "TOO_MANY_ROOT_FIELDS",
            Rule::Selections => "TOO_MANY_SELECTIONS",
            Rule::ListItems => "LIST_TOO_LONG",
            Rule::Values => "VARIABLES_TOO_LARGE",
            Rule::Batch => "BATCH_TOO_LONG",
            Rule::Cost => "COST_TOO_HIGH",
        }
    }
}

/// A rule that the request breaks, and how much it would have allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: more than {allowed}", rule.code())]
pub struct Exceeded {
    pub rule: Rule,
    pub allowed: usize,
}

/// Why a document is turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
    /// Not GraphQL: the parser would refuse it as well.
    #[error("{reason} at byte {at}")]
    Unreadable { at: usize, reason: &'static str },
    #[error("the fragment {0} spreads itself")]
    Circular(String),
}

/// A name longer than this is nobody's; a validator that looks for similar names would pay for it.
const NAME_LENGTH: usize = 128;

/// Selection sets, inline fragments, spreads and arguments nest beside the fields that [`Limits::depth`] counts.
/// The parser itself gives up at 64.
fn nesting(limits: &Limits) -> usize {
    (2 * limits.depth + 2).min(60)
}

/// All values in the variables together: each use of a variable is checked against its type anew. The longest list may
/// hold people with all that is known of them.
fn values(limits: &Limits) -> usize {
    limits.list_items.saturating_mul(40)
}

fn within(rule: Rule, found: usize, allowed: usize) -> Result<(), Exceeded> {
    if found > allowed {
        Err(Exceeded { rule, allowed })
    } else {
        Ok(())
    }
}
