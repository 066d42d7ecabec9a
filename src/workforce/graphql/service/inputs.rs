//! What mutations of a service file are given.

use async_graphql::{ID, InputObject, OneofObject};
use serde::Serialize;

use super::objects::{PayFrequency, PayType};
use crate::graphql::{ActInput, Command, Day, id, optional_id};
use crate::kernel::Invalid;
use crate::workforce::{EndServiceEntry, Matter, Pay, RecordServiceEntry, WithdrawServiceEntry};

/// What an entry of a service file says: exactly one of these.
#[derive(OneofObject, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ServiceEntryMatterInput {
    /// Days away from duty that were no leave.
    Absence(AbsenceInput),
    /// Days on which the worker may not serve.
    Suspension(SuspensionInput),
    /// What was done about misconduct.
    DisciplinaryAction(DisciplinaryActionInput),
    /// How well the worker served from the first day to the last.
    Appraisal(AppraisalInput),
    /// What the worker is paid, and by whom.
    Pay(PayInput),
}

/// Days away from duty that were no leave.
#[derive(InputObject, Serialize)]
pub struct AbsenceInput {
    /// Why, at most 1000 characters.
    reason: String,
    /// Whether somebody in charge knew and agreed.
    is_authorised: bool,
}

/// Days on which a worker may not serve.
#[derive(InputObject, Serialize)]
pub struct SuspensionInput {
    /// Why, at most 1000 characters.
    reason: String,
    /// Whether the worker is paid meanwhile.
    with_pay: bool,
}

/// What was done about misconduct.
#[derive(InputObject, Serialize)]
pub struct DisciplinaryActionInput {
    /// By a code of the list `disciplinary_action`.
    action: String,
    /// Why, at most 1000 characters.
    reason: String,
    /// By whom, at most 200 characters.
    given_by: String,
    /// At most 1000 characters.
    remark: Option<String>,
}

/// How well a worker served.
#[derive(InputObject, Serialize)]
pub struct AppraisalInput {
    /// From 1, improvement required, to 5, far exceeds what is expected.
    score: i32,
    /// Who judged, at most 200 characters.
    evaluator: String,
    /// At most 1000 characters.
    remark: Option<String>,
}

/// What a worker is paid for each period.
#[derive(InputObject, Serialize)]
pub struct PayInput {
    /// What kind of pay.
    #[graphql(name = "type")]
    pay_type: PayType,
    /// A decimal number: 150000, or 99.50.
    amount: String,
    /// The currency by ISO 4217: XOF, TZS, MWK, HTG.
    currency: String,
    /// For how long the amount is.
    frequency: PayFrequency,
    /// Who pays, at most 200 characters: the state, a council, an organisation.
    payer: String,
    /// The salary grade by which it is paid, at most 60 characters.
    grade: Option<String>,
}

/// An entry of a service file to make, or one to say anew.
#[derive(InputObject, Serialize)]
pub struct RecordServiceEntryInput {
    /// The worker.
    worker: ID,
    /// The entry to say anew, all of it; absent: a new one.
    service_entry: Option<ID>,
    /// The first day on which it holds; of a disciplinary action, the day on which it was given.
    starts_on: Day,
    /// The last day; absent: none is known. An appraisal needs one.
    ends_on: Option<Day>,
    /// What it says.
    entry: ServiceEntryMatterInput,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// An absence, a suspension or pay to end.
#[derive(InputObject, Serialize)]
pub struct EndServiceEntryInput {
    /// The entry.
    service_entry: ID,
    /// The last day.
    ends_on: Day,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// An entry to withdraw.
#[derive(InputObject, Serialize)]
pub struct WithdrawServiceEntryInput {
    /// The entry.
    service_entry: ID,
    /// Why, at most 1000 characters.
    #[graphql(validator(max_length = 1000))]
    reason: String,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

fn tidy(text: &str) -> String {
    text.trim().to_owned()
}

fn matter(given: &ServiceEntryMatterInput) -> Matter {
    match given {
        ServiceEntryMatterInput::Absence(it) => Matter::Absence {
            reason: tidy(&it.reason),
            is_authorised: it.is_authorised,
        },
        ServiceEntryMatterInput::Suspension(it) => Matter::Suspension {
            reason: tidy(&it.reason),
            with_pay: it.with_pay,
        },
        ServiceEntryMatterInput::DisciplinaryAction(it) => Matter::DisciplinaryAction {
            action: it.action.clone(),
            reason: tidy(&it.reason),
            given_by: tidy(&it.given_by),
            remark: it.remark.as_deref().map(tidy),
        },
        ServiceEntryMatterInput::Appraisal(it) => Matter::Appraisal {
            score: it.score,
            evaluator: tidy(&it.evaluator),
            remark: it.remark.as_deref().map(tidy),
        },
        ServiceEntryMatterInput::Pay(it) => Matter::Pay(Pay {
            pay_type: it.pay_type.into(),
            amount: Pay::tidy(&it.amount),
            currency: it.currency.clone(),
            frequency: it.frequency.into(),
            payer: tidy(&it.payer),
            grade: it.grade.as_deref().map(tidy),
        }),
    }
}

impl Command for RecordServiceEntryInput {
    type Read = RecordServiceEntry;

    fn read(&self) -> Result<RecordServiceEntry, Invalid> {
        Ok(RecordServiceEntry {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            corrects: optional_id("input.serviceEntry", self.service_entry.as_ref())?,
            starts_on: self.starts_on.0,
            ends_on: self.ends_on.map(|Day(day)| day),
            matter: matter(&self.entry),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for EndServiceEntryInput {
    type Read = EndServiceEntry;

    fn read(&self) -> Result<EndServiceEntry, Invalid> {
        Ok(EndServiceEntry {
            entry: id("input.serviceEntry", &self.service_entry)?,
            ends_on: self.ends_on.0,
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

impl Command for WithdrawServiceEntryInput {
    type Read = WithdrawServiceEntry;

    fn read(&self) -> Result<WithdrawServiceEntry, Invalid> {
        Ok(WithdrawServiceEntry {
            entry: id("input.serviceEntry", &self.service_entry)?,
            reason: tidy(&self.reason),
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
