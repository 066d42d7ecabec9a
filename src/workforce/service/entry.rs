//! An entry of a service file, and what it may say. No SQL, no clock.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strum::IntoStaticStr;

use crate::cadres::DISCIPLINARY_ACTION;
use crate::kernel::{Date, Reason, ServiceEntryId, WorkerId, fold};
use crate::ledger::ActReference;
use crate::workforce::change::{CONDUCT, PAY};
use crate::workforce::{Lists, Objection, Refusal};

/// One entry of a worker's service file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEntry {
    pub id: ServiceEntryId,
    pub worker: WorkerId,
    /// The first day on which it holds; of a disciplinary action, the day on which it was given.
    pub starts_on: Date,
    /// The last day; absent: none is known.
    pub ends_on: Option<Date>,
    pub matter: Matter,
    pub act: Option<ActReference>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ServiceKind {
    Absence,
    Suspension,
    DisciplinaryAction,
    Appraisal,
    Pay,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Days away from duty without leave.
    Absence {
        reason: String,
        is_authorised: bool,
    },
    Suspension {
        reason: String,
        with_pay: bool,
    },
    DisciplinaryAction {
        /// By the country's list.
        action: String,
        reason: String,
        given_by: String,
        remark: Option<String>,
    },
    Appraisal {
        /// From 1, improvement required, to 5, far exceeds.
        score: i32,
        evaluator: String,
        remark: Option<String>,
    },
    Pay(Pay),
}

/// What somebody is paid for each period, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pay {
    pub pay_type: PayType,
    /// A decimal number without leading or trailing zeros.
    pub amount: String,
    /// By ISO 4217.
    pub currency: String,
    pub frequency: Frequency,
    pub payer: String,
    /// The salary grade by which it is paid.
    pub grade: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PayType {
    Salary,
    /// What a volunteer is given.
    Stipend,
    Allowance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Quarterly,
    Annually,
}

/// The longest text of an entry, in characters.
const LONGEST: usize = 1000;
/// The longest name.
const LONGEST_NAME: usize = 200;

impl ServiceKind {
    pub const ALL: [Self; 5] = [
        Self::Absence,
        Self::Suspension,
        Self::DisciplinaryAction,
        Self::Appraisal,
        Self::Pay,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether its last day may be said later: it goes on until then.
    #[must_use]
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Absence | Self::Suspension | Self::Pay)
    }
}

impl Matter {
    #[must_use]
    pub fn kind(&self) -> ServiceKind {
        match self {
            Self::Absence { .. } => ServiceKind::Absence,
            Self::Suspension { .. } => ServiceKind::Suspension,
            Self::DisciplinaryAction { .. } => ServiceKind::DisciplinaryAction,
            Self::Appraisal { .. } => ServiceKind::Appraisal,
            Self::Pay(_) => ServiceKind::Pay,
        }
    }

    /// What it cannot share a day with: one salary of one payer, one absence, one suspension.
    pub(super) fn exclusive(&self) -> Option<String> {
        match self {
            Self::Absence { .. } | Self::Suspension { .. } => Some(self.kind().as_str().to_owned()),
            Self::Pay(pay) if pay.pay_type != PayType::Allowance => Some(format!(
                "{} {}",
                <&str>::from(pay.pay_type),
                fold(&pay.payer)
            )),
            Self::DisciplinaryAction { .. } | Self::Appraisal { .. } | Self::Pay(_) => None,
        }
    }

    /// Where it stands in the input, by its kind.
    fn path(&self) -> &'static str {
        match self {
            Self::Absence { .. } => "absence",
            Self::Suspension { .. } => "suspension",
            Self::DisciplinaryAction { .. } => "disciplinaryAction",
            Self::Appraisal { .. } => "appraisal",
            Self::Pay(_) => "pay",
        }
    }

    fn check(&self, lists: &Lists, on: Date, before: Option<&Self>, refusals: &mut Vec<Refusal>) {
        let mut text = |value: &str, longest: usize, field: &'static str| {
            if value.is_empty() || !is_text(value, longest) {
                refusals.push(Objection::InvalidText.at(&["entry", self.path(), field]));
            }
        };
        match self {
            Self::Absence { reason, .. } | Self::Suspension { reason, .. } => {
                text(reason, LONGEST, "reason");
            }
            Self::DisciplinaryAction {
                action,
                reason,
                given_by,
                remark,
            } => {
                text(reason, LONGEST, "reason");
                text(given_by, LONGEST_NAME, "givenBy");
                if let Some(it) = remark {
                    text(it, LONGEST, "remark");
                }
                let kept = matches!(before, Some(Self::DisciplinaryAction { action: it, .. }) if it == action);
                if !kept && (lists.codes.admitted(DISCIPLINARY_ACTION, action, on)).is_none() {
                    let unknown = Objection::UnknownDisciplinaryAction(action.clone());
                    refusals.push(unknown.at(&["entry", self.path(), "action"]));
                }
            }
            Self::Appraisal {
                score,
                evaluator,
                remark,
            } => {
                text(evaluator, LONGEST_NAME, "evaluator");
                if let Some(it) = remark {
                    text(it, LONGEST, "remark");
                }
                if !(1..=5).contains(score) {
                    refusals.push(Objection::InvalidScore.at(&["entry", self.path(), "score"]));
                }
            }
            Self::Pay(pay) => {
                text(&pay.payer, LONGEST_NAME, "payer");
                if let Some(it) = &pay.grade {
                    text(it, 60, "grade");
                }
                if !is_amount(&pay.amount) {
                    refusals.push(Objection::InvalidAmount.at(&["entry", self.path(), "amount"]));
                }
                let letters = pay.currency.bytes().all(|it| it.is_ascii_uppercase());
                if pay.currency.len() != 3 || !letters {
                    let invalid = Objection::InvalidCurrency;
                    refusals.push(invalid.at(&["entry", self.path(), "currency"]));
                }
            }
        }
    }
}

impl ServiceEntry {
    /// Notes all that is wrong with it. What it was before may name what new ones may not.
    pub(super) fn check(
        &self,
        lists: &Lists,
        before: Option<&Matter>,
        refusals: &mut Vec<Refusal>,
    ) {
        (self.matter).check(lists, self.starts_on, before, refusals);
        let is_date = |day: Date| (1900..=2200).contains(&day.year());
        if !is_date(self.starts_on) {
            refusals.push(Objection::InvalidDate.at(&["startsOn"]));
        }
        match self.ends_on {
            Some(day) if !is_date(day) => refusals.push(Objection::InvalidDate.at(&["endsOn"])),
            Some(day) if day < self.starts_on => {
                refusals.push(Objection::EndsBeforeItStarts.at(&["endsOn"]));
            }
            None if self.matter.kind() == ServiceKind::Appraisal => {
                refusals.push(Objection::Missing.at(&["endsOn"]));
            }
            _ => {}
        }
    }

    /// As the ledger names it: by who may read it.
    pub(super) fn field(&self) -> String {
        let prefix = match self.matter.kind() {
            ServiceKind::Pay => PAY,
            _ => CONDUCT,
        };
        format!("{prefix}service.{}", self.id)
    }

    pub(super) fn describe(&self) -> Value {
        json!({ "startsOn": self.starts_on, "endsOn": self.ends_on, "matter": self.matter })
    }
}

impl Pay {
    /// The amount without what does not count: `007.50` is `7.5`.
    #[must_use]
    pub fn tidy(amount: &str) -> String {
        let whole = amount.trim().trim_start_matches('0');
        let tidy = match whole.split_once('.') {
            Some((whole, part)) => match part.trim_end_matches('0') {
                "" => whole.to_owned(),
                part => format!("{whole}.{part}"),
            },
            None => whole.to_owned(),
        };
        if tidy.is_empty() || tidy.starts_with('.') {
            format!("0{tidy}")
        } else {
            tidy
        }
    }
}

/// At most twelve digits and two after the point, and more than nothing.
fn is_amount(tidy: &str) -> bool {
    let (whole, part) = tidy.split_once('.').unwrap_or((tidy, "0"));
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    (1..=12).contains(&whole.len())
        && (1..=2).contains(&part.len())
        && digits(whole)
        && digits(part)
        && tidy != "0"
}

fn is_text(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(|it| it.is_control() && it != '\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pay(pay_type: PayType, payer: &str) -> Matter {
        Matter::Pay(Pay {
            pay_type,
            amount: "50000".to_owned(),
            currency: "TZS".to_owned(),
            frequency: Frequency::Monthly,
            payer: payer.to_owned(),
            grade: None,
        })
    }

    #[test]
    fn two_salaries_of_one_payer_exclude_each_other_and_allowances_do_not() {
        use PayType::{Allowance, Salary, Stipend};
        let of = |kind, payer| pay(kind, payer).exclusive();
        assert_eq!(of(Salary, "Wizara ya Afya"), of(Salary, "WIZARA YA AFYA"));
        assert_ne!(of(Salary, "Wizara ya Afya"), of(Stipend, "Wizara ya Afya"));
        assert_ne!(of(Salary, "Wizara ya Afya"), of(Salary, "Halmashauri"));
        assert_eq!(of(Allowance, "Halmashauri"), None);
    }

    #[test]
    fn amounts_are_positive_decimals() {
        for (given, tidy) in [
            ("150000", "150000"),
            ("007.50", "7.5"),
            (" 0.25 ", "0.25"),
            ("12.00", "12"),
            (".5", "0.5"),
        ] {
            assert_eq!(Pay::tidy(given), tidy);
            assert!(is_amount(tidy), "{tidy}");
        }
        for nonsense in [
            "",
            "0",
            "0.00",
            "-3",
            "1,5",
            "1e9",
            "1.234",
            "1.2.3",
            "٣",
            "1234567890123",
        ] {
            assert!(!is_amount(&Pay::tidy(nonsense)), "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_keeps_its_value(units in 1u64..1_000_000_000_000, cents in 0u64..100) {
            let tidy = Pay::tidy(&format!("{units}.{cents:02}"));
            prop_assert!(is_amount(&tidy));
            let (whole, part) = tidy.split_once('.').unwrap_or((&tidy, "0"));
            let part = format!("{part:0<2}");
            prop_assert_eq!((whole.parse::<u64>(), part.parse::<u64>()), (Ok(units), Ok(cents)));
        }
    }
}
