//! The country's code lists.

use serde::Serialize;

use crate::kernel::{Date, Text};

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
/// The terms of those who are not paid for their work.
pub const VOLUNTEER: &str = "volunteer";
pub const DEPARTURE_REASON: &str = "departure_reason";
/// The departure reason of postings that go on under another cadre, because their own was merged or split.
pub const RECLASSIFICATION: &str = "reclassification";
pub const IDENTIFIER_TYPE: &str = "identifier_type";
/// Types of leave, with the working days of a year where the ministry sets them (`days`), and how many of those that were
/// not taken go into the next year (`carry_over`).
pub const LEAVE_TYPE: &str = "leave_type";
/// Single, married, widowed…
pub const MARITAL_STATUS: &str = "marital_status";
/// What relatives are to a worker.
pub const RELATION: &str = "relation";
/// What is done about misconduct.
pub const DISCIPLINARY_ACTION: &str = "disciplinary_action";

/// The lists that credentials use.
pub const QUALIFICATION_LEVEL: &str = "qualification_level";
/// Why a licence is suspended, reinstated or revoked.
pub const LICENCE_REASON: &str = "licence_reason";
pub const VETTING_KIND: &str = "vetting_kind";

/// What is known of an entry besides what the country's configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryCard {
    /// What facts about postings call it by.
    pub number: i64,
    /// Rises with every change.
    pub version: i32,
    /// The first day on which no new record may name it.
    pub retired_on: Option<Date>,
    /// Where it stands in its list; those without a place come after, by code.
    pub place: Option<i16>,
}

/// All code lists of a country.
#[derive(Debug, Default)]
pub struct CodeLists {
    /// By list and code.
    pub entries: Vec<CodeListEntry>,
    /// In the order of the entries.
    cards: Vec<EntryCard>,
}

impl CodeLists {
    #[must_use]
    pub fn new(mut known: Vec<(CodeListEntry, EntryCard)>) -> Self {
        // Postgres may sort by another collation than the look-up does.
        known.sort_by(|(a, _), (b, _)| (&a.list, &a.code).cmp(&(&b.list, &b.code)));
        let (entries, cards) = known.into_iter().unzip();
        Self { entries, cards }
    }

    fn at(&self, list: &str, code: &str) -> Option<usize> {
        let wanted = (list, code);
        let at = self
            .entries
            .binary_search_by(|it| (it.list.as_str(), it.code.as_str()).cmp(&wanted));
        at.ok()
    }

    /// The entry, retired or not: for records that name it already.
    #[must_use]
    pub fn find(&self, list: &str, code: &str) -> Option<&CodeListEntry> {
        self.at(list, code).map(|at| &self.entries[at])
    }

    /// The entry, for a new record of a day: one that is retired by then takes none.
    #[must_use]
    pub fn admitted(&self, list: &str, code: &str, day: Date) -> Option<&CodeListEntry> {
        let at = self.at(list, code)?;
        let is_retired = self.cards[at].retired_on.is_some_and(|from| from <= day);
        (!is_retired).then(|| &self.entries[at])
    }

    #[must_use]
    pub fn card(&self, list: &str, code: &str) -> Option<&EntryCard> {
        self.at(list, code).map(|at| &self.cards[at])
    }

    /// A list in the order in which it is shown.
    #[must_use]
    pub fn shown(&self, list: &str) -> Vec<&CodeListEntry> {
        let of_list = self.entries.iter().zip(&self.cards);
        let mut shown: Vec<_> = of_list.filter(|(it, _)| it.list == list).collect();
        shown.sort_by_key(|(it, card)| (card.place.is_none(), card.place, &it.code));
        shown.into_iter().map(|(entry, _)| entry).collect()
    }

    pub fn list(&self, list: &str) -> impl Iterator<Item = &CodeListEntry> {
        self.entries.iter().filter(move |it| it.list == list)
    }

    /// The numbers of a list's entries, in their order.
    pub fn numbers(&self, list: &str) -> impl Iterator<Item = i64> {
        let numbered = self.entries.iter().zip(&self.cards);
        let of_list = numbered.filter(move |(entry, _)| entry.list == list);
        of_list.map(|(_, card)| card.number)
    }
}
