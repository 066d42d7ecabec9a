//! All statements about `duplicate_pair`, `duplicate_search` and `worker_merge`, and those that find who is alike.

mod pair;
mod profile;
mod rows;
mod united;

pub(super) use pair::{
    count, decide, forget, keep, page, pair, searched_through, set_searched_through,
};
pub(super) use profile::{alike, holders, profiles};
pub(super) use rows::{Aside, Moved, move_rows, restore, take_row};
pub(super) use united::{last_into, merges, note, put_pairs, stand_again, take_pairs, united};
