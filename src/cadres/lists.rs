//! The country's code lists.

use serde::Serialize;

use crate::kernel::Text;

/// An entry of one of the country's code lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeListEntry {
    pub list: String,
    pub code: String,
    pub label: Text,
    /// What the list says of its entries besides: `exit_group` of a departure reason, `pattern` of an identifier type.
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

/// The lists that the workforce uses.
pub const EMPLOYMENT_TYPE: &str = "employment_type";
pub const DEPARTURE_REASON: &str = "departure_reason";
/// The departure reason of postings that go on under another cadre, because their own was merged or split.
pub const RECLASSIFICATION: &str = "reclassification";
pub const IDENTIFIER_TYPE: &str = "identifier_type";

/// All code lists of a country.
#[derive(Debug, Default)]
pub struct CodeLists {
    /// By list and code.
    pub entries: Vec<CodeListEntry>,
    /// In the order of the entries.
    numbers: Vec<i64>,
}

impl CodeLists {
    /// Entries with what facts about postings call them by.
    #[must_use]
    pub fn new(mut numbered: Vec<(CodeListEntry, i64)>) -> Self {
        // Postgres may sort by another collation than the look-up does.
        numbered.sort_by(|(a, _), (b, _)| (&a.list, &a.code).cmp(&(&b.list, &b.code)));
        let (entries, numbers) = numbered.into_iter().unzip();
        Self { entries, numbers }
    }

    #[must_use]
    pub fn find(&self, list: &str, code: &str) -> Option<&CodeListEntry> {
        let wanted = (list, code);
        let at = self
            .entries
            .binary_search_by(|it| (it.list.as_str(), it.code.as_str()).cmp(&wanted));
        at.ok().map(|at| &self.entries[at])
    }

    pub fn list(&self, list: &str) -> impl Iterator<Item = &CodeListEntry> {
        self.entries.iter().filter(move |it| it.list == list)
    }

    /// The numbers of a list's entries, in their order.
    pub fn numbers(&self, list: &str) -> impl Iterator<Item = i64> {
        let numbered = self.entries.iter().zip(&self.numbers);
        let of_list = numbered.filter(move |(entry, _)| entry.list == list);
        of_list.map(|(_, number)| *number)
    }
}
