//! What mutations of the establishment are given.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::establishment::{ChangePost, OpenPost, Turn};
use crate::graphql::{ActInput, Day, id, optional_id};
use crate::kernel::{Invalid, PostId, PostingId};

/// A post to open.
#[derive(InputObject, Serialize)]
pub struct OpenPostInput {
    /// The number that the establishment will know it by, for ever: 1 to 40 letters, digits, points, hyphens, slashes.
    code: String,
    /// Where it is.
    facility: ID,
    /// What whoever fills it works as: a cadre that people are posted under, no group.
    cadre: ID,
    /// What it is called, where that is more than its cadre.
    #[graphql(default)]
    title: String,
    /// The first day on which it is approved.
    pub(super) from: Day,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A post to be otherwise from a day on. What is absent stays.
#[derive(InputObject, Serialize)]
pub struct ChangePostInput {
    /// The post.
    post: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so.
    pub(super) from: Day,
    /// Its other cadre; whoever fills it then must be in that one.
    cadre: Option<ID>,
    /// Its other title.
    title: Option<String>,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A post that nobody new may fill from a day on.
#[derive(InputObject, Serialize)]
pub struct FreezePostInput {
    /// The post.
    post: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so.
    pub(super) from: Day,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A frozen or closed post that may be filled again from a day on.
#[derive(InputObject, Serialize)]
pub struct ReopenPostInput {
    /// The post.
    post: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so.
    pub(super) from: Day,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A post that is no more from a day on.
#[derive(InputObject, Serialize)]
pub struct ClosePostInput {
    /// The post.
    post: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so.
    pub(super) from: Day,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A posting that fills a post.
#[derive(InputObject, Serialize)]
pub struct AssignPostInput {
    /// The posting.
    posting: ID,
    /// The post, at the facility and of the cadre of the posting.
    post: ID,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A posting that fills no post.
#[derive(InputObject, Serialize)]
pub struct VacatePostInput {
    /// The posting.
    posting: ID,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

impl OpenPostInput {
    pub(super) fn read(&self) -> Result<OpenPost, Invalid> {
        Ok(OpenPost {
            code: self.code.clone(),
            facility: id("input.facility", &self.facility)?,
            cadre: id("input.cadre", &self.cadre)?,
            title: self.title.trim().to_owned(),
            from: self.from.0,
        })
    }
}

impl ChangePostInput {
    pub(super) fn read(&self) -> Result<ChangePost, Invalid> {
        let turn = Turn::Change {
            cadre: optional_id("input.cadre", self.cadre.as_ref())?,
            title: self.title.as_deref().map(|it| it.trim().to_owned()),
        };
        change(&self.post, self.base_version, self.from, turn)
    }
}

impl FreezePostInput {
    pub(super) fn read(&self) -> Result<ChangePost, Invalid> {
        change(&self.post, self.base_version, self.from, Turn::Freeze)
    }
}

impl ReopenPostInput {
    pub(super) fn read(&self) -> Result<ChangePost, Invalid> {
        change(&self.post, self.base_version, self.from, Turn::Reopen)
    }
}

impl ClosePostInput {
    pub(super) fn read(&self) -> Result<ChangePost, Invalid> {
        change(&self.post, self.base_version, self.from, Turn::Close)
    }
}

fn change(post: &ID, base_version: i32, from: Day, turn: Turn) -> Result<ChangePost, Invalid> {
    Ok(ChangePost {
        post: id("input.post", post)?,
        base_version,
        from: from.0,
        turn,
    })
}

impl AssignPostInput {
    pub(super) fn read(&self) -> Result<(PostingId, PostId), Invalid> {
        let posting = id("input.posting", &self.posting)?;
        Ok((posting, id("input.post", &self.post)?))
    }
}

impl VacatePostInput {
    pub(super) fn read(&self) -> Result<PostingId, Invalid> {
        id("input.posting", &self.posting)
    }
}
