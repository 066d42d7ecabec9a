//! The establishment: which posts a country has approved, who fills them, and how many people there ought to be.
//!
//! A post is one approved position of a cadre at a facility. It is open, frozen or closed from a day on; that it is filled
//! follows from the postings that fill it, on each day by one person at most.
//!
//! A norm says how many people of a cadre, or of a group of cadres, there ought to be at a facility, at the facilities of a
//! type, or for so many inhabitants. Which of them counts whom is told in `fallback.rs`, once.

mod configure;
mod fallback;
mod gaps;
pub mod graphql;
mod norm;
mod norms;
mod order;
mod post;
mod posts;
mod refusal;
mod revise;
mod scope;
mod store;

use posts::Selection;

pub use configure::{NormRow, NormsByMatter, configure_norms, norm_changes, norm_rows};
pub use fallback::{Gap, Place, Rung};
pub use gaps::{
    GapFilter, GapSum, Group, GroupBy, Staffing, VacancySum, key, staffing, sum_gaps, sum_vacancies,
};
pub use norm::{EndNorm, Norm, NormFilter, Norms, SaveNorm, Target, Terms};
pub use norms::{end_norm, find_norm, norms, save_norm};
pub use order::{PostKey, Sort};
pub use post::{ChangePost, OpenPost, Post, Status, Turn};
pub use posts::{PostFilter, VacancyCell, find, posts, vacancies};
pub use refusal::{Objection, Refusal, WriteError};
pub use revise::{assign, change_post, open_post, vacate};
pub use scope::Filter;
