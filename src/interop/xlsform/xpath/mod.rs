//! The expressions of `XLSForm`: a subset of `XPath` 1.0 with the functions of ODK, and what of it rules can say.
//!
//! Both directions are rules over one tree: [`parse`] and `Display` for the text, [`to_logic`] and [`from_logic`] for
//! `JSONLogic`. An answer that is not there is nought to `JSONLogic` and no number to `XPath`; comparisons are translated
//! so that they come out the same, sums are not: there it counts as nought from then on.

mod compare;
mod from_logic;
mod lists;
mod literal;
mod parse;
mod print;
mod to_logic;
mod token;

pub(in crate::interop) use compare::{Frame, hidden_blanks, kind_of, literal, var};
pub(super) use from_logic::from_logic;
pub(super) use parse::parse;
pub(super) use to_logic::{Sense, to_logic};

/// An expression is no longer, and nests no deeper.
const LONGEST: usize = 4 * 1024;
const DEEPEST: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
}

impl Operator {
    const ALL: [Operator; 13] = [
        Operator::Or,
        Operator::And,
        Operator::Equal,
        Operator::Unequal,
        Operator::Less,
        Operator::AtMost,
        Operator::More,
        Operator::AtLeast,
        Operator::Plus,
        Operator::Minus,
        Operator::Times,
        Operator::Over,
        Operator::Modulo,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Equal => "=",
            Operator::Unequal => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::More => ">",
            Operator::AtLeast => ">=",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Over => "div",
            Operator::Modulo => "mod",
        }
    }

    /// The same in `JSONLogic`.
    fn logic(self) -> &'static str {
        match self {
            Operator::Equal => "==",
            Operator::Over => "/",
            Operator::Modulo => "%",
            other => other.as_str(),
        }
    }

    fn of_logic(logic: &str) -> Option<Self> {
        let logic = match logic {
            "===" => "==",
            "!==" => "!=",
            other => other,
        };
        Self::ALL.into_iter().find(|it| it.logic() == logic)
    }

    /// How tightly it binds, from 1.
    fn level(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Equal | Operator::Unequal => 3,
            Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => 4,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Over | Operator::Modulo => 6,
        }
    }

    /// Whether `a + b + c` is one sum of three.
    fn gathers(self) -> bool {
        matches!(
            self,
            Operator::Or | Operator::And | Operator::Plus | Operator::Times
        )
    }

    /// Whether it makes numbers.
    pub fn is_counting(self) -> bool {
        self.level() > 4
    }

    fn is_order(self) -> bool {
        self.level() == 4
    }
}

/// What binds tighter than any operator.
const TIGHTEST: u8 = 7;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Text(String),
    Number(f64),
    /// `${name}`
    Question(String),
    /// `.`
    This,
    /// `..`
    Parent,
    /// A name inside a condition on items: `closed`, `home.ward`.
    Part(String),
    /// `${list}[…]`
    Those(String, Box<Expression>),
    Call(String, Vec<Expression>),
    Operation(Operator, Vec<Expression>),
    Negative(Box<Expression>),
}

impl Expression {
    pub fn call(name: &str, operands: impl Into<Vec<Expression>>) -> Self {
        Self::Call(name.to_owned(), operands.into())
    }

    fn two(operator: Operator, left: Expression, right: Expression) -> Self {
        Self::Operation(operator, vec![left, right])
    }
}

/// Why an expression has no counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::interop) enum Puzzle {
    /// Not an expression of this subset; where it stops being one.
    Syntax(String),
    TooLong,
    /// A function of `XPath`, or an operator of `JSONLogic`, that the other side has not.
    Function(String),
    /// There is no such question, or it was not carried over.
    Question(String),
    /// Rules cannot look at it from where they stand, or `XLSForm` cannot name it.
    OutOfReach(String),
}

#[cfg(test)]
mod tests;
