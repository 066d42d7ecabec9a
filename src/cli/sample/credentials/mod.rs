//! What the people of a register have passed, whether a council lets them practise, and what they were taught in service.
//!
//! It is drawn after the people, by dice of its own: who they are does not depend on it. Of people whose cadres
//! `credentials.toml` does not name, the register knows nothing.

mod holdings;
mod ladder;
mod parameters;

use std::sync::Arc;

use self::holdings::Hand;
use self::ladder::{Held, Ladder};
pub(super) use self::parameters::Credentials;
use super::Register;
use super::dice::Dice;
use crate::credentials::{
    self, Attended, Course, Holdings, RecordAttendance, SaveCourse, ScheduleSession, WriteError,
};
use crate::tenancy::Reader;
use crate::workforce::{NewWorker, Occasion};

/// People whose credentials are recorded by one verb.
const BATCH: usize = 2_000;

/// Records what the people of a register have, in the transaction in which they were registered.
pub(super) async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    languages: &[String],
    register: &Arc<Register>,
) -> anyhow::Result<()> {
    let Some(rules) = &register.credentials else {
        return Ok(());
    };
    let dice = |what| {
        Dice::new(
            register.parameters.seed,
            &format!("{} {what}", register.country),
        )
    };
    let mut hand = Hand::new(register, rules, dice("credentials"));
    let mut ladder = Ladder::new(register, rules);
    let mut people = Arc::clone(register).people()?;
    loop {
        let batch: Vec<NewWorker> = people.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let held: Vec<Holdings> = batch.iter().filter_map(|it| hand.holdings(it)).collect();
        credentials::load(tx, occasion, held).await.map_err(told)?;
        for person in &batch {
            ladder.add(person);
        }
    }
    for (course, sessions) in ladder.sessions(&mut dice("training")) {
        let provider = &rules.institution[&course.institution].name;
        let saved = SaveCourse {
            code: course.code.clone(),
            base_version: None,
            title: course.title.clone(),
            credits: course.credits,
            valid_months: course.valid_months,
            retired_on: None,
        };
        let saved = credentials::save_course(tx, occasion, languages, saved).await;
        let saved = saved.map_err(told)?;
        for session in sessions {
            teach(tx, occasion, &saved, provider, session)
                .await
                .map_err(told)?;
        }
    }
    Ok(())
}

async fn teach(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    course: &Course,
    provider: &str,
    held: Held,
) -> Result<(), WriteError> {
    let session = ScheduleSession {
        course: course.id,
        provider: provider.to_owned(),
        facility: Some(held.office),
        place: String::new(),
        starts_on: held.starts_on,
        ends_on: held.ends_on,
    };
    let session = credentials::schedule_session(tx, occasion, session).await?;
    let attendances = held.attended.into_iter().map(|(worker, outcome)| Attended {
        worker,
        outcome,
        credits: None,
    });
    let attendances = RecordAttendance {
        session: session.id,
        attendances: attendances.collect(),
    };
    credentials::record_attendance(tx, occasion, &attendances).await?;
    Ok(())
}

fn told(error: WriteError) -> anyhow::Error {
    match error {
        WriteError::Refused(refusals) => {
            anyhow::anyhow!("its credentials are not sound: {refusals:?}")
        }
        other => other.into(),
    }
}
