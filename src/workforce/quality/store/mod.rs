//! All statements about the quality of records, and about `spot_check` and its records.

mod accuracy;
mod flaws;
mod spot;

pub(super) use accuracy::accuracy;
pub(super) use flaws::{count, figures, of_workers, page};
pub(super) use spot::{check, checks, draw, find_record, insert, records, settle};
