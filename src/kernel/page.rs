//! Lists: what a filter admits, and keyset paging, where a page is asked for by its size and the key it follows, never by
//! an offset.

/// Whether a condition, where there is one, names the value.
#[must_use]
pub fn admits<T: PartialEq<V>, V: ?Sized>(condition: Option<&[T]>, value: &V) -> bool {
    condition.is_none_or(|named| named.iter().any(|it| it == value))
}

/// At most `first` rows that come after the row with key `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<K> {
    pub first: u16,
    pub after: Option<K>,
    /// Whether the caller asked how many rows there are in all.
    pub count: bool,
}

impl<K> PageRequest<K> {
    /// One row more than the page holds tells whether another page follows.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::from(self.first) + 1
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub has_next: bool,
    /// Known only when the request asked for it.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Trims the row that was fetched to see whether another page follows.
    pub fn from_rows<K>(mut rows: Vec<T>, request: &PageRequest<K>) -> Self {
        let has_next = rows.len() > usize::from(request.first);
        rows.truncate(usize::from(request.first));
        Self {
            rows,
            has_next,
            total: None,
        }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(f).collect(),
            has_next: self.has_next,
            total: self.total,
        }
    }
}
