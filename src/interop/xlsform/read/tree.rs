//! The rows of `survey` as a tree of questions, and what they are called from then on.

use std::collections::{BTreeSet, HashMap};

use super::super::book::Row;
use super::super::loss::{LossCode, Losses, Spot};
use super::super::names::{Kind, Known, Names};
use super::super::xpath::{Expression, parse};
use super::choices::Lists;
use super::{NotAForm, OF_XLSFORM, Words};

pub(super) const SHEET: &str = "survey";

/// Groups in groups; a definition has fewer levels.
const DEEPEST: usize = 12;

/// What a row asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Text,
    Date,
    Number {
        whole: bool,
    },
    Boolean,
    Choice(Source),
    Choices(Source),
    File {
        is_picture: bool,
    },
    /// Worked out, and not asked at all.
    Calculated(Kind),
    Group,
    Repeat,
    /// A group of the layout alone, by its type there.
    Layout(String),
    Note,
}

/// Where options come from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    List(String),
    CodeList(String),
    Cadres,
}

impl What {
    pub fn kind(&self) -> Kind {
        match self {
            What::Text | What::File { .. } | What::Layout(_) | What::Note => Kind::Text,
            What::Date => Kind::Date,
            What::Number { .. } => Kind::Number,
            What::Boolean => Kind::Boolean,
            What::Choice(_) => Kind::Choice,
            What::Choices(_) => Kind::Choices,
            What::Calculated(kind) => *kind,
            What::Group => Kind::Group,
            What::Repeat => Kind::Repeat,
        }
    }
}

#[derive(Debug)]
pub(super) struct Asked<'b> {
    pub row: &'b Row,
    pub what: What,
    /// The name in expressions, and the one that its field has.
    called: String,
    pub name: String,
    pub path: String,
    pub inside: Vec<Asked<'b>>,
}

impl Asked<'_> {
    /// What has a place in answers: no note, no group of the layout.
    pub fn is_field(&self) -> bool {
        !matches!(self.what, What::Layout(_) | What::Note)
    }

    pub fn spot(&self, column: &str) -> Spot {
        Spot {
            field: Some(self.path.clone()),
            ..Spot::at(SHEET, self.row.number, column)
        }
    }
}

/// The questions, their names, and the lists of options that they have.
pub(super) struct Tree<'b> {
    pub asked: Vec<Asked<'b>>,
    pub names: Names,
    pub lists: BTreeSet<String>,
}

/// The questions of the sheet, without those that no form can ask.
pub(super) fn read<'b>(
    words: &Words<'b>,
    lists: &Lists<'_>,
    losses: &mut Losses,
) -> Result<Tree<'b>, NotAForm> {
    let mut planting = Planting {
        words,
        lists,
        losses,
        open: Vec::new(),
        done: Vec::new(),
        kinds: HashMap::new(),
        used: BTreeSet::new(),
    };
    for row in &words.book.survey.rows {
        planting.row(row)?;
    }
    if let Some(group) = planting.open.first() {
        return Err(NotAForm::Unbalanced(group.row.number));
    }
    let (mut tree, used) = (planting.done, planting.used);
    let mut names = Vec::new();
    settle(
        &mut tree,
        ("", None),
        &mut BTreeSet::new(),
        losses,
        &mut names,
    );
    Ok(Tree {
        asked: tree,
        names: names.into_iter().collect(),
        lists: used,
    })
}

struct Planting<'p, 'b> {
    words: &'p Words<'b>,
    lists: &'p Lists<'p>,
    losses: &'p mut Losses,
    open: Vec<Asked<'b>>,
    done: Vec<Asked<'b>>,
    /// Of the questions so far, for calculations.
    kinds: HashMap<String, Kind>,
    used: BTreeSet<String>,
}

impl<'b> Planting<'_, 'b> {
    fn get(&self, row: &'b Row, column: &str) -> Option<&'b str> {
        self.words.book.survey.get(row, column)
    }

    fn row(&mut self, row: &'b Row) -> Result<(), NotAForm> {
        let Some(written) = self.get(row, "type") else {
            if self.words.book.survey.cells(row).next().is_some() {
                let spot = Spot::at(SHEET, row.number, "type");
                self.losses.note(spot, LossCode::UnknownQuestionType, "");
            }
            return Ok(());
        };
        let kind = written.to_lowercase().replace(['_', '-'], " ");
        let kind: Vec<&str> = kind.split_whitespace().collect();
        match kind[..] {
            ["begin", "group"] => {
                let layout = self.get(row, "x-layout").map(str::to_owned);
                self.open(row, layout.map_or(What::Group, What::Layout))?;
            }
            ["begin", "repeat"] => self.open(row, What::Repeat)?,
            ["end", "group" | "repeat"] => {
                let group = self.open.pop().ok_or(NotAForm::Unbalanced(row.number))?;
                let is_repeat = group.what == What::Repeat;
                if is_repeat != (kind[1] == "repeat") {
                    return Err(NotAForm::Unbalanced(row.number));
                }
                let is_empty = !group.inside.iter().any(Asked::is_field_inside);
                if is_empty && group.is_field() {
                    let spot = Spot::at(SHEET, group.row.number, "type");
                    self.losses.note(spot, LossCode::EmptyGroup, &group.called);
                } else {
                    self.plant(group);
                }
            }
            _ => {
                if let Some(what) = self.question(row, written) {
                    self.unread(row);
                    let asked = self.asked(row, what);
                    self.kinds.insert(asked.called.clone(), asked.what.kind());
                    self.plant(asked);
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, row: &'b Row, what: What) -> Result<(), NotAForm> {
        if self.open.len() == DEEPEST {
            return Err(NotAForm::TooDeep(row.number));
        }
        self.unread(row);
        let group = self.asked(row, what);
        self.kinds.insert(group.called.clone(), group.what.kind());
        self.open.push(group);
        Ok(())
    }

    fn plant(&mut self, asked: Asked<'b>) {
        match self.open.last_mut() {
            Some(group) => group.inside.push(asked),
            None => self.done.push(asked),
        }
    }

    fn asked(&self, row: &'b Row, what: What) -> Asked<'b> {
        Asked {
            row,
            what,
            called: self.get(row, "name").unwrap_or_default().to_owned(),
            name: String::new(),
            path: String::new(),
            inside: Vec::new(),
        }
    }

    /// Cells of a question in columns that forms have nothing for.
    fn unread(&mut self, row: &'b Row) {
        for (column, content) in self.words.book.survey.cells(row) {
            if OF_XLSFORM.contains(&column.name.as_str()) {
                let spot = Spot::at(SHEET, row.number, &column.header);
                self.losses.note(spot, LossCode::NotCarriedOver, content);
            }
        }
    }

    /// What a question asks for; told when no form can.
    fn question(&mut self, row: &'b Row, written: &str) -> Option<What> {
        let (first, rest) = written
            .split_once(char::is_whitespace)
            .unwrap_or((written, ""));
        let spot = Spot::at(SHEET, row.number, "type");
        let what = match (first.to_lowercase().replace('-', "_").as_str(), rest.trim()) {
            ("text" | "string", "") => What::Text,
            ("integer" | "int", "") => What::Number { whole: true },
            ("decimal", "") => What::Number { whole: false },
            ("date", "") => What::Date,
            ("image" | "photo", "") => What::File { is_picture: true },
            ("file", "") => What::File { is_picture: false },
            ("note", "") => What::Note,
            ("calculate", "") => {
                let calculation = self.get(row, "calculation").unwrap_or_default();
                let kind = parse(calculation).map_or(Kind::Text, |it| self.kind_of(&it));
                What::Calculated(kind)
            }
            ("select_one" | "select_multiple", list) if !list.is_empty() => {
                let is_one = first.eq_ignore_ascii_case("select_one");
                return self.select(row, is_one, list);
            }
            _ => {
                self.losses
                    .note(spot, LossCode::UnknownQuestionType, written);
                return None;
            }
        };
        Some(what)
    }

    fn select(&mut self, row: &'b Row, is_one: bool, list: &str) -> Option<What> {
        let spot = Spot::at(SHEET, row.number, "type");
        let (list, other) = match list.split_once(char::is_whitespace) {
            Some((list, other)) => (list, Some(other)),
            None => (list, None),
        };
        self.used.insert(list.to_owned());
        if let Some(other) = other {
            self.losses
                .note(spot.clone(), LossCode::NotCarriedOver, other);
        }
        let named = self.get(row, "x-options");
        let source = match (named, named.and_then(|it| it.strip_prefix("code-list:"))) {
            (Some("cadres"), _) => Source::Cadres,
            (_, Some(list)) => Source::CodeList(list.trim().to_owned()),
            _ => Source::List(list.to_owned()),
        };
        if let (Some(named), Source::List(_)) = (named, &source) {
            let spot = Spot::at(SHEET, row.number, "x-options");
            self.losses.note(spot, LossCode::NotCarriedOver, named);
        }
        if let Source::List(list) = &source {
            if !self.lists.has(list) {
                self.losses.note(spot, LossCode::NoChoices, list);
                return None;
            }
            if is_one && self.lists.is_yes_or_no(list) {
                self.lists.tell_yes_and_no(list, self.words, self.losses);
                return Some(What::Boolean);
            }
        }
        Some(if is_one {
            What::Choice(source)
        } else {
            What::Choices(source)
        })
    }

    /// What a calculation comes to.
    fn kind_of(&self, expression: &Expression) -> Kind {
        match expression {
            Expression::Number(_) | Expression::Negative(_) => Kind::Number,
            Expression::Operation(operator, _) if operator.is_counting() => Kind::Number,
            Expression::Operation(..) => Kind::Boolean,
            Expression::Question(called) => match self.kinds.get(called) {
                Some(kind @ (Kind::Number | Kind::Date | Kind::Boolean)) => *kind,
                _ => Kind::Text,
            },
            Expression::Call(name, operands) => match (name.as_str(), &operands[..]) {
                ("if", [_, then, _]) | ("coalesce", [then, _]) => self.kind_of(then),
                ("today" | "date", _) => Kind::Date,
                ("not" | "true" | "false" | "selected" | "boolean" | "boolean-from-string", _) => {
                    Kind::Boolean
                }
                ("concat" | "string" | "substr", _) => Kind::Text,
                _ => Kind::Number,
            },
            _ => Kind::Text,
        }
    }
}

impl Asked<'_> {
    fn is_field_inside(&self) -> bool {
        match self.what {
            What::Layout(_) => self.inside.iter().any(Self::is_field_inside),
            What::Note => false,
            _ => true,
        }
    }
}

/// Gives every field a name that forms can have, which no other beside it has.
fn settle(
    tree: &mut Vec<Asked<'_>>,
    (above, repeat): (&str, Option<&str>),
    taken: &mut BTreeSet<String>,
    losses: &mut Losses,
    names: &mut Vec<Known>,
) {
    tree.retain_mut(|asked| {
        if !asked.is_field() {
            settle(&mut asked.inside, (above, repeat), taken, losses, names);
            return true;
        }
        asked.name = field_name(&asked.called);
        let spot = || Spot::at(SHEET, asked.row.number, "name");
        if asked.name.is_empty() || !taken.insert(asked.name.clone()) {
            losses.note(spot(), LossCode::SameName, &asked.called);
            return false;
        }
        if asked.name != asked.called {
            losses.note(
                spot(),
                LossCode::Renamed,
                &format!("{} → {}", asked.called, asked.name),
            );
        }
        asked.path = match above {
            "" => asked.name.clone(),
            above => format!("{above}.{}", asked.name),
        };
        names.push(Known {
            called: asked.called.clone(),
            path: asked.path.clone(),
            kind: asked.what.kind(),
            whole: asked.what == (What::Number { whole: true }),
            repeat: repeat.map(str::to_owned),
        });
        let path = asked.path.clone();
        let repeat = match asked.what {
            What::Repeat => Some(path.as_str()),
            _ => repeat,
        };
        settle(
            &mut asked.inside,
            (&path, repeat),
            &mut BTreeSet::new(),
            losses,
            names,
        );
        true
    });
}

/// Letters, digits and `_`, a letter first.
fn field_name(called: &str) -> String {
    let plain = called.chars().map(|it| match it {
        it if it.is_ascii_alphanumeric() => it,
        _ => '_',
    });
    let plain: String = plain.take(60).collect();
    let plain = plain.trim_start_matches('_');
    match plain.chars().next() {
        Some(first) if first.is_ascii_digit() => format!("q_{plain}"),
        _ => plain.to_owned(),
    }
}
