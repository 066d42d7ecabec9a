//! The country's calendar on the wire: its public holidays, and how many days are worked.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};

use super::mutations::prepare;
use crate::graphql::{
    ActInput, Beginning, Command, Day, LocalizedText, LocalizedTextInput, UserErrorOf, begin,
    labels, refuse, request, settle, text, user_errors,
};
use crate::kernel::{Date, Invalid, ReadError, Unfit};
use crate::workforce::{self, Lists, RemoveHoliday, SaveHoliday};

pub struct Holiday(workforce::Holiday);

/// A public holiday: a day on which nobody works, whatever day of the week it is.
#[Object]
impl Holiday {
    /// The day.
    async fn day(&self) -> Day {
        Day(self.0.day)
    }

    /// What it is called, in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        self.0.name.get(request(ctx).languages())
    }

    /// What it is called, in every language.
    async fn names(&self) -> Vec<LocalizedText> {
        labels(&self.0.name)
    }

    /// Where it is laid down; empty where nobody said.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Rises with every change; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A public holiday to add, or to name anew.
#[derive(InputObject, Serialize)]
pub struct SaveHolidayInput {
    /// The day.
    day: Day,
    /// What it is called: in the country's first language, and in others of its languages.
    names: Vec<LocalizedTextInput>,
    /// Where it is laid down: a law, a decree, an announcement.
    #[graphql(default, validator(max_length = 500))]
    source: String,
    /// The version that you saw; absent for a day that is none yet.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A day that is no public holiday after all.
#[derive(InputObject, Serialize)]
pub struct RemoveHolidayInput {
    /// The day.
    day: Day,
    /// The version that you saw.
    base_version: i32,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl Command for SaveHolidayInput {
    type Read = SaveHoliday;

    fn read(&self) -> Result<SaveHoliday, Invalid> {
        Ok(SaveHoliday {
            day: self.day.0,
            name: text(&self.names),
            source: self.source.trim().to_owned(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for RemoveHolidayInput {
    type Read = RemoveHoliday;

    fn read(&self) -> Result<RemoveHoliday, Invalid> {
        Ok(RemoveHoliday {
            day: self.day.0,
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

/// Why a public holiday was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveHolidayErrorCode {
    /// The day is before 1900 or after 2200.
    InvalidDate,
    /// A name is empty, too long, or has control characters.
    InvalidLabel,
    /// A name is in none of the country's languages.
    ForeignLanguage,
    /// There is no name in the country's first language.
    MissingLanguage,
    /// The day is a public holiday already: give its version to name it anew.
    AlreadyAHoliday,
    /// The day is no public holiday.
    HolidayNotFound,
    /// The holiday changed since it was read.
    Stale,
    /// The calendar is the whole country's, and the caller works for a part of it.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a public holiday was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RemoveHolidayErrorCode {
    /// The day is no public holiday.
    HolidayNotFound,
    /// The holiday changed since it was read.
    Stale,
    /// The calendar is the whole country's, and the caller works for a part of it.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// The answer to `saveHoliday`.
#[derive(SimpleObject)]
pub struct SaveHolidayPayload {
    /// The holiday; absent when it was refused.
    holiday: Option<Holiday>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveHolidayErrorCode>>,
}

/// The answer to `removeHoliday`.
#[derive(SimpleObject)]
pub struct RemoveHolidayPayload {
    /// The holiday as it was; absent when it was refused.
    holiday: Option<Holiday>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RemoveHolidayErrorCode>>,
}

#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// The public holidays from a day to another, both counted, in their order.
    #[tracing::instrument(name = "query holidays", skip_all)]
    async fn holidays(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day.")] to: Day,
    ) -> Result<Vec<Holiday>> {
        let lists = lists(ctx).await.map_err(|error| refuse(ctx, error))?;
        let listed = lists.holidays.between(from.0, to.0);
        Ok(listed.cloned().map(Holiday).collect())
    }

    /// How many days are worked from a day to another, both counted: those that are neither of the weekend nor public
    /// holidays. At most ten years.
    #[tracing::instrument(name = "query workingDays", skip_all)]
    async fn working_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day.")] to: Day,
    ) -> Result<u32> {
        let counted = async {
            span(from.0, to.0)?;
            let lists = lists(ctx).await?;
            let settings = request(ctx).tenant()?.settings();
            Ok::<_, ReadError>(lists.calendar(settings).working_days(from.0, to.0))
        };
        counted.await.map_err(|error| refuse(ctx, error))
    }
}

const LONGEST_SPAN: usize = 3653;

fn span(from: Date, to: Date) -> Result<(), Invalid> {
    let days = usize::try_from((to - from).num_days() + 1).unwrap_or(0);
    if days > LONGEST_SPAN {
        let unfit = Unfit::NotSoMany { to: LONGEST_SPAN };
        return Err(Invalid::new("to", unfit));
    }
    Ok(())
}

async fn lists(ctx: &Context<'_>) -> Result<Lists, ReadError> {
    let rq = request(ctx);
    let mut db = rq.read(true).await?;
    workforce::calendar(&mut db, rq.actor(), rq.today()?).await
}

#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Add a public holiday, or name it anew. Leave that is on record counts by it from now on.
    #[tracing::instrument(name = "mutation saveHoliday", skip_all)]
    async fn save_holiday(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SaveHolidayInput,
    ) -> Result<SaveHolidayPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let tenant = request(ctx).tenant().map_err(|it| refuse(ctx, it))?;
        let answer = match begin(ctx, "saveHoliday", input.key(), &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let settings = tenant.settings();
                let ended = workforce::save_holiday(&mut tx, &occasion, settings, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        Ok(SaveHolidayPayload {
            holiday: answer.value.map(Holiday),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Take a day off the public holidays.
    #[tracing::instrument(name = "mutation removeHoliday", skip_all)]
    async fn remove_holiday(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RemoveHolidayInput,
    ) -> Result<RemoveHolidayPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match begin(ctx, "removeHoliday", input.key(), &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    workforce::remove_holiday(&mut attempt.write().db(), &occasion, command).await;
                settle(ctx, attempt, ended).await?
            }
        };
        Ok(RemoveHolidayPayload {
            holiday: answer.value.map(Holiday),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}
