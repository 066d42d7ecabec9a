//! What a mutation does, the same whether it is sent by itself or as an item of a batch.

use async_graphql::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::mutations::occasion;
use crate::graphql::{Answer, Beginning, Command, Ended, refuse, try_begin, try_settle};
use crate::kernel::{ChangeRequestId, ReadError};
use crate::tenancy::Reader;
use crate::workforce::{self, Occasion};

/// An input, and the verb that it is given to.
pub trait Deed: Command<Read: Send> + Send {
    /// The root field.
    const NAME: &'static str;
    /// What is remembered under its key.
    type Done: Serialize + DeserializeOwned + Send + Sync;

    fn carry_out(
        ctx: &Context<'_>,
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        command: Self::Read,
    ) -> impl Future<Output = std::result::Result<Self::Done, Ended>> + Send;

    fn give_key(&mut self, key: &str);
}

/// Does what one mutation asks for.
///
/// # Errors
/// Denials, faults and bad input.
pub async fn perform<D: Deed, C>(ctx: &Context<'_>, input: &D) -> Result<Answer<D::Done, C>>
where
    C: Serialize + DeserializeOwned + Send + Sync,
{
    let done = attempt(ctx, input, false).await;
    done.map_err(|error| refuse(ctx, error))
}

/// The same, of what may have been written down without the network, for whoever answers for many.
///
/// # Errors
/// As [`perform`].
pub async fn attempt<D: Deed, C>(
    ctx: &Context<'_>,
    input: &D,
    offline: bool,
) -> Result<Answer<D::Done, C>, ReadError>
where
    C: Serialize + DeserializeOwned + Send + Sync,
{
    let command = input.read()?;
    let occasion = Occasion {
        offline,
        ..occasion(ctx, input.act())?
    };
    match try_begin(ctx, D::NAME, input.key(), input).await? {
        Beginning::Answered(answer) => Ok(answer),
        Beginning::Attempt(mut attempt) => {
            let mut tx = attempt.write().db();
            let ended = D::carry_out(ctx, &mut tx, &occasion, command).await;
            drop(tx);
            try_settle(attempt, ended).await
        }
    }
}

/// The mutations whose verb needs no more than the occasion.
macro_rules! deeds {
    ($($input:ty: $name:literal, $verb:path => $done:ty),+ $(,)?) => {$(
        impl Deed for $input {
            const NAME: &'static str = $name;
            type Done = $done;

            async fn carry_out(
                _: &Context<'_>,
                tx: &mut Reader<'_>,
                occasion: &Occasion<'_>,
                command: Self::Read,
            ) -> std::result::Result<$done, Ended> {
                Ok($verb(tx, occasion, command).await?)
            }

            fn give_key(&mut self, key: &str) {
                self.idempotency_key = Some(key.to_owned());
            }
        }
    )+};
}

deeds! {
    super::inputs::RegisterWorkerInput: "registerWorker", workforce::register => workforce::Worker,
    super::inputs::CorrectWorkerInput: "correctWorker", workforce::correct => workforce::Corrected,
    super::inputs::PostWorkerInput: "postWorker", workforce::post => workforce::Worker,
    super::inputs::TransferWorkerInput: "transferWorker", workforce::transfer => workforce::Worker,
    super::inputs::EndPostingInput: "endPosting", workforce::end_posting => workforce::Worker,
    super::careers::PromoteWorkerInput: "promoteWorker", workforce::promote => workforce::Worker,
    super::careers::RecordExitInput: "recordExit", workforce::record_exit => workforce::Worker,
    super::particulars::SaveParticularsInput: "saveParticulars",
        workforce::save_particulars => workforce::Worker,
    super::photos::SavePhotoInput: "savePhoto", workforce::save_photo => workforce::Worker,
    super::service::RecordServiceEntryInput: "recordServiceEntry",
        workforce::record_service_entry => workforce::Worker,
    super::service::EndServiceEntryInput: "endServiceEntry",
        workforce::end_service_entry => workforce::Worker,
    super::service::WithdrawServiceEntryInput: "withdrawServiceEntry",
        workforce::withdraw_service_entry => workforce::Worker,
    super::approvals::DecideChangeRequestInput: "decideChangeRequest",
        workforce::decide_change => ChangeRequestId,
    super::approvals::WithdrawChangeRequestInput: "withdrawChangeRequest",
        workforce::withdraw_change => ChangeRequestId,
    super::approvals::SaveApprovalPolicyInput: "saveApprovalPolicy",
        workforce::save_approval_policy => workforce::ApprovalPolicy,
}
