//! All statements about `post`, `post_state` and `staffing_norm`.

mod folder;
mod norm;
mod page;
mod post;

pub(super) use folder::{add_rows, change_rows, rows};
pub(super) use norm::{insert_norm, lock_norms, replace_norm};
pub(super) use page::page;
pub(super) use post::{insert_post, lock_post, status_name, tally, turn_post};

pub(super) const CODE: &str = "post_code_key";
pub(super) const OVERLAPS: &str = "one_norm_a_day";

/// The constraint that refused a statement, if one did.
pub(super) fn violated(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}
