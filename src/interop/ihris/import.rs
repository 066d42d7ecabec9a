//! The people of a registry, merged into the register as they are read.

use std::ops::ControlFlow;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::{Carried, House, Losses, Reason, Register, Unreadable};
use crate::interop::{BATCH, ImportError, merge};
use crate::kernel::Fault;
use crate::tenancy::TenantDb;
use crate::workforce::{Line, Occasion, Outcome};

/// What became of the lines of a registry: one for each posting, and for each person without any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    pub accepted: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub refused: u64,
}

/// Why the people of a registry are not all in.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Merges the people of a registry, a batch after the other, each in a transaction of its own; while one is written the
/// next is read, and no more than that is held. `progress` is told how many lines are in.
///
/// # Errors
/// `Denied` without the permission to import; at a file that cannot be read; a fault. What is in by then stays, and the
/// same folder once more brings the rest.
pub async fn import(
    db: &TenantDb,
    occasion: &Occasion<'_>,
    (register, folder): (Register, PathBuf),
    mut losses: Losses,
    mut progress: impl FnMut(u64) + Send,
) -> Result<(Merged, Losses), TakeOverError> {
    let house = House {
        phone_region: occasion.phone_region.to_owned(),
        today: occasion.today,
    };
    let (sender, mut batches) = mpsc::channel::<Vec<Carried>>(1);
    let reading = tokio::task::spawn_blocking(move || {
        let read = read(register, &folder, &house, &mut losses, &sender);
        read.map(|()| losses)
    });
    let mut merged = Merged::default();
    let mut refused = Vec::new();
    let mut done = 0;
    while let Some(batch) = batches.recv().await {
        done += batch.len() as u64;
        let lines: Vec<Line> = batch.iter().map(|it| it.line.clone()).collect();
        let outcomes = merge(db, occasion, lines)
            .await
            .map_err(ImportError::from)?;
        for (carried, (_, outcome)) in batch.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Accepted => merged.accepted += 1,
                Outcome::Changed => merged.changed += 1,
                Outcome::Unchanged => merged.unchanged += 1,
                Outcome::Refused(_) => {
                    merged.refused += 1;
                    refused.push((carried.practitioner, carried.role));
                }
            }
        }
        progress(done);
    }
    let mut losses = reading
        .await
        .map_err(|error| ImportError::from(Fault::internal(error)))??;
    for (practitioner, role) in refused {
        match role {
            Some(role) => losses.add("PractitionerRole", &role, "", Reason::Refused),
            None => losses.add("Practitioner", &practitioner, "", Reason::Refused),
        }
    }
    Ok((merged, losses))
}

/// Reads on while somebody takes the batches.
fn read(
    register: Register,
    folder: &std::path::Path,
    house: &House,
    losses: &mut Losses,
    sender: &mpsc::Sender<Vec<Carried>>,
) -> Result<(), Unreadable> {
    let mut batch = Vec::new();
    register.people(folder, house, losses, &mut |carried| {
        let goes_on =
            (batch.last()).is_some_and(|it: &Carried| it.practitioner == carried.practitioner);
        if batch.len() >= BATCH
            && !goes_on
            && sender.blocking_send(std::mem::take(&mut batch)).is_err()
        {
            return ControlFlow::Break(());
        }
        batch.push(carried);
        ControlFlow::Continue(())
    })?;
    // Without anybody to take it the other side has failed, and says why.
    let _ = sender.blocking_send(batch);
    Ok(())
}
