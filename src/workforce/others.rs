//! Edges of workers that other rooms add: the workforce knows who is shown together, they know what hangs on whom.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::kernel::{Fault, ReadError, WorkerId};
use crate::tenancy::Reader;

/// One of the things that another room keeps of a worker.
pub trait Edge: Sized + Send + Sync + 'static {
    /// All of them for some workers whom the caller was shown, by one statement.
    fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> impl Future<Output = Result<HashMap<WorkerId, Vec<Self>>, ReadError>> + Send;
}

type Fetched = Arc<dyn Any + Send + Sync>;

/// The edges of some workers who are shown together: the first of them who is asked for one fetches it for all.
#[derive(Debug, Default)]
pub struct Others {
    workers: Vec<WorkerId>,
    fetched: Mutex<HashMap<TypeId, Arc<OnceCell<Fetched>>>>,
}

impl Others {
    #[must_use]
    pub fn of(workers: &[WorkerId]) -> Self {
        Self {
            workers: workers.to_vec(),
            ..Self::default()
        }
    }

    /// All who are shown together with one of them; who is told of after a change is shown alone.
    #[must_use]
    pub fn shown_with(&self, of: WorkerId) -> Vec<WorkerId> {
        if self.workers.contains(&of) {
            self.workers.clone()
        } else {
            vec![of]
        }
    }

    /// An edge of all who are shown together with one of them.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn fetch<'a, E: Edge>(
        &self,
        of: WorkerId,
        db: impl Future<Output = Result<Reader<'a>, ReadError>>,
    ) -> Result<Arc<HashMap<WorkerId, Vec<E>>>, ReadError> {
        let cell = {
            let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(fetched.entry(TypeId::of::<E>()).or_default())
        };
        let fetch = || async {
            let mut db = db.await?;
            let found: Fetched = Arc::new(E::fetch(&mut db, &self.shown_with(of)).await?);
            Ok::<_, ReadError>(found)
        };
        let found = Arc::clone(cell.get_or_try_init(fetch).await?);
        found.downcast().map_err(|_| {
            Fault::internal("an edge is of another type than it was fetched as").into()
        })
    }
}
