//! Entries of code lists on the wire.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::cadres::{CodeLists, EntryCard};
use crate::graphql::{Day, Json, LocalizedText, labels, request};

pub struct CodeListEntry {
    lists: Arc<CodeLists>,
    at: usize,
}

impl CodeListEntry {
    fn new(lists: &Arc<CodeLists>, at: usize) -> Self {
        Self {
            lists: Arc::clone(lists),
            at,
        }
    }

    /// A list in its order.
    pub(super) fn all(lists: &Arc<CodeLists>, list: &str) -> Vec<Self> {
        let shown = lists.shown(list).into_iter();
        shown
            .filter_map(|it| Self::find(lists, list, &it.code))
            .collect()
    }

    fn card(&self) -> Option<&EntryCard> {
        let entry = &self.lists.entries[self.at];
        self.lists.card(&entry.list, &entry.code)
    }

    /// The entry of a list, if it has one with this code.
    #[must_use]
    pub fn find(lists: &Arc<CodeLists>, list: &str, code: &str) -> Option<Self> {
        let at = lists
            .entries
            .iter()
            .position(|it| it.list == list && it.code == code)?;
        Some(Self::new(lists, at))
    }
}

/// An entry of one of the country's code lists.
#[Object]
impl CodeListEntry {
    /// The code.
    async fn code(&self) -> &str {
        &self.lists.entries[self.at].code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        let languages = request(ctx).languages();
        self.lists.entries[self.at].label.get(languages)
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        labels(&self.lists.entries[self.at].label)
    }

    /// The list.
    async fn list(&self) -> &str {
        &self.lists.entries[self.at].list
    }

    /// Rises with every change of the entry; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.card().map_or(0, |it| it.version)
    }

    /// Where it stands in its list; those without a place come after, by code.
    async fn place(&self) -> Option<i32> {
        self.card()?.place.map(Into::into)
    }

    /// The first day on which no new record may name it; it stays readable on old ones.
    async fn retired_on(&self) -> Option<Day> {
        self.card()?.retired_on.map(Day)
    }

    /// What the list says of the entry besides: the `exit_group` of a departure reason, the `pattern` of an identifier.
    async fn attributes(&self) -> Json {
        let attributes = self.lists.entries[self.at].attributes.clone();
        Json(serde_json::Value::Object(attributes))
    }
}
