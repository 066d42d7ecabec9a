//! Paging, once: keyset cursors that are signed and bound to the tenant, `first` required and at most a hundred.

use std::sync::Arc;

use async_graphql::connection::{CursorType, Edge, EmptyFields};
use async_graphql::{Context, OutputType, Result, SimpleObject};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::error::refuse;
use super::request::request;
use crate::kernel::{Fault, Invalid, Page, PageRequest, ReadError, Unfit};

const LARGEST_PAGE: u16 = 100;
const MAC_BYTES: usize = 16;

/// A page of a list.
pub type Connection<N> = async_graphql::connection::Connection<Cursor, N, Total, EmptyFields>;

/// Fields of every connection.
#[derive(SimpleObject)]
pub struct Total {
    /// How many there are in all; counted only when it is asked for.
    pub total_count: Option<u64>,
}

/// The arguments of a page.
pub struct Paging {
    pub first: i32,
    pub after: Option<String>,
}

/// Signs and reads cursors.
#[derive(Clone)]
pub struct Cursors(Arc<Hmac<Sha256>>);

impl Cursors {
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let key = Hmac::new_from_slice(secret.as_bytes())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        Self(Arc::new(key))
    }

    /// The cursor of a row with this key, good for one list of one tenant only.
    fn write<K: Serialize>(&self, tenant: &str, list: &str, key: &K) -> Result<String, ReadError> {
        let mut bytes = serde_json::to_vec(key).map_err(Fault::from)?;
        let mac = self.mac(tenant, list, &bytes);
        bytes.extend_from_slice(&mac);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    fn read<K: DeserializeOwned>(
        &self,
        tenant: &str,
        list: &str,
        cursor: &str,
    ) -> Result<K, Invalid> {
        let refused = || Invalid::new("after", Unfit::NotACursor);
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| refused())?;
        let (key, mac) = bytes.split_last_chunk::<MAC_BYTES>().ok_or_else(refused)?;
        if !bool::from(subtle::ConstantTimeEq::ct_eq(
            &mac[..],
            &self.mac(tenant, list, key)[..],
        )) {
            return Err(refused());
        }
        serde_json::from_slice(key).map_err(|_| refused())
    }

    fn mac(&self, tenant: &str, list: &str, key: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = (*self.0).clone();
        for part in [tenant.as_bytes(), list.as_bytes(), key] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let whole = mac.finalize().into_bytes();
        let mut short = [0; MAC_BYTES];
        short.copy_from_slice(&whole[..MAC_BYTES]);
        short
    }
}

/// A cursor as it travels; empty when nobody asked for it.
pub struct Cursor(String);

impl CursorType for Cursor {
    type Error = std::convert::Infallible;

    fn decode_cursor(cursor: &str) -> Result<Self, Self::Error> {
        Ok(Self(cursor.to_owned()))
    }

    fn encode_cursor(&self) -> String {
        self.0.clone()
    }
}

/// The cursor of a row of a list, for whoever begins to follow it there.
///
/// # Errors
/// `Denied` to callers of no country.
pub fn cursor(ctx: &Context<'_>, list: &str, key: &impl Serialize) -> Result<String, ReadError> {
    let rq = request(ctx);
    rq.cursors().write(rq.tenant()?.code().as_str(), list, key)
}

/// Answers one page. `list` names the list and its order; a cursor of another list is refused like any other nonsense.
///
/// # Errors
/// Bad input for `first` and `after`; what `page` fails with.
pub async fn connection<N, T, K>(
    ctx: &Context<'_>,
    list: &str,
    paging: Paging,
    page: impl AsyncFnOnce(PageRequest<K>) -> Result<Page<T>, ReadError>,
    key: impl Fn(&T) -> K,
    node: impl Fn(T) -> N,
) -> Result<Connection<N>>
where
    N: OutputType,
    K: Serialize + DeserializeOwned,
{
    let answer = async {
        let rq = request(ctx);
        let tenant = rq.tenant()?.code().as_str();
        let asked = page_request(ctx, tenant, list, paging)?;
        let has_previous = asked.after.is_some();
        let found = page(asked).await?;
        let mut connection = Connection::with_additional_fields(
            has_previous,
            found.has_next,
            Total {
                total_count: found.total,
            },
        );
        let look = ctx.look_ahead();
        let each = look.field("edges").field("cursor").exists();
        let outermost = look.field("pageInfo").exists();
        let end = found.rows.len().saturating_sub(1);
        for (place, row) in found.rows.into_iter().enumerate() {
            let asked = each || (outermost && (place == 0 || place == end));
            let cursor = if asked {
                rq.cursors().write(tenant, list, &key(&row))?
            } else {
                String::new()
            };
            let cursor = Cursor(cursor);
            connection.edges.push(Edge::new(cursor, node(row)));
        }
        Ok::<_, ReadError>(connection)
    };
    answer.await.map_err(|error| refuse(ctx, error))
}

fn page_request<K: DeserializeOwned>(
    ctx: &Context<'_>,
    tenant: &str,
    list: &str,
    paging: Paging,
) -> Result<PageRequest<K>, Invalid> {
    let first = u16::try_from(paging.first)
        .ok()
        .filter(|first| (1..=LARGEST_PAGE).contains(first))
        .ok_or_else(|| {
            Invalid::new(
                "first",
                Unfit::NotWithin {
                    from: 1,
                    to: LARGEST_PAGE.into(),
                },
            )
        })?;
    let after = paging
        .after
        .map(|cursor| request(ctx).cursors().read(tenant, list, &cursor))
        .transpose()?;
    Ok(PageRequest {
        first,
        after,
        count: ctx.look_ahead().field("totalCount").exists(),
    })
}

/// A page of a list that is held in memory, sorted by `key`.
pub fn page_of<T, K: Ord>(
    sorted: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
    page: &PageRequest<K>,
) -> Page<T> {
    page_after(sorted, |row, after| key(row) > *after, page)
}

/// A page of a list that is held in memory, in whatever order `follows` tells of.
pub fn page_after<T, K>(
    sorted: impl IntoIterator<Item = T>,
    follows: impl Fn(&T, &K) -> bool,
    page: &PageRequest<K>,
) -> Page<T> {
    let mut total = 0;
    let mut rows = Vec::new();
    for row in sorted {
        total += 1;
        let follows = page.after.as_ref().is_none_or(|after| follows(&row, after));
        if follows && rows.len() <= usize::from(page.first) {
            rows.push(row);
        }
    }
    Page {
        total: page.count.then_some(total),
        ..Page::from_rows(rows, page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_list_and_tenant_only() {
        let cursors = Cursors::new("a secret");
        let cursor = cursors
            .write("ml", "workers by name", &("traore", 7))
            .expect("JSON");
        let read = |cursors: &Cursors, tenant, list| {
            cursors.read::<(String, i32)>(tenant, list, &cursor).ok()
        };
        assert_eq!(
            read(&cursors, "ml", "workers by name"),
            Some(("traore".into(), 7))
        );
        assert_eq!(read(&cursors, "tz", "workers by name"), None);
        assert_eq!(read(&cursors, "ml", "facilities"), None);
        assert_eq!(
            read(&Cursors::new("another"), "ml", "workers by name"),
            None
        );
        for nonsense in ["", "!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(
                cursors
                    .read::<i32>("ml", "workers by name", nonsense)
                    .is_err()
            );
        }
    }

    #[test]
    fn pages_of_a_list_in_memory_meet_and_do_not_overlap() {
        let list: Vec<u32> = (0..25).collect();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let request = PageRequest {
                first: 7,
                after,
                count: true,
            };
            let page = page_of(list.iter().copied(), |row| *row, &request);
            assert_eq!(page.total, Some(25));
            after = page.rows.last().copied();
            seen.extend(page.rows);
            if !page.has_next {
                break;
            }
        }
        assert_eq!(seen, list);
    }
}
