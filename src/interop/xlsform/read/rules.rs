//! The expressions of `survey` as the rules of fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::loss::{LossCode, Losses};
use super::super::names::{Kind, Names, Scope};
use super::super::xpath::{Expression, Operator, Puzzle, Sense, parse, to_logic};
use super::Words;
use super::constraint::Limits;
use super::tree::{Asked, What};

/// What a constraint says that comes without words of its own.
const REFUSED: [(&str, &str); 3] = [
    ("en", "This answer is not accepted."),
    ("fr", "Cette réponse n’est pas acceptée."),
    ("sw", "Jibu hili halikubaliki."),
];

/// What the expressions of one field come to.
#[derive(Debug, Default)]
pub(super) struct OfField {
    visible: Option<Value>,
    required: Option<Value>,
    computed: Option<Value>,
    check: Option<Value>,
    /// Limits that the schema has keywords for.
    pub keywords: Map<String, Value>,
    /// Whether it must be answered, whatever the other answers.
    pub is_required: bool,
}

/// By the paths of the fields.
#[derive(Debug, Default)]
pub(super) struct Rules(BTreeMap<String, OfField>);

impl Rules {
    pub fn of(&self, path: &str) -> Option<&OfField> {
        self.0.get(path)
    }

    /// As a definition has them.
    pub fn written(&self) -> Value {
        let mut all = Map::new();
        for (path, of) in &self.0 {
            let mut rules = Map::new();
            let parts = [
                ("visible", &of.visible),
                ("required", &of.required),
                ("computed", &of.computed),
            ];
            for (key, rule) in parts {
                rules.extend(rule.clone().map(|rule| (key.to_owned(), rule)));
            }
            if let Some(check) = &of.check {
                rules.insert("checks".to_owned(), json!([check]));
            }
            if !rules.is_empty() {
                all.insert(path.clone(), Value::Object(rules));
            }
        }
        Value::Object(all)
    }
}

pub(super) fn read(
    tree: &[Asked<'_>],
    names: &Names,
    words: &Words<'_>,
    losses: &mut Losses,
) -> Rules {
    let mut reading = Reading {
        names,
        words,
        losses,
        rules: Rules::default(),
    };
    reading.all(tree);
    reading.rules
}

struct Reading<'r, 'b> {
    names: &'r Names,
    words: &'r Words<'b>,
    losses: &'r mut Losses,
    rules: Rules,
}

impl Reading<'_, '_> {
    fn all(&mut self, tree: &[Asked<'_>]) {
        for asked in tree {
            if asked.is_field() {
                let of = self.field(asked);
                self.rules.0.insert(asked.path.clone(), of);
            } else {
                self.without_rules(asked);
            }
            self.all(&asked.inside);
        }
    }

    fn cell<'c>(&self, asked: &'c Asked<'_>, column: &str) -> Option<&'c str> {
        self.words.book.survey.get(asked.row, column)
    }

    /// Notes and groups of the layout are shown always.
    fn without_rules(&mut self, asked: &Asked<'_>) {
        for column in [
            "relevant",
            "constraint",
            "required",
            "calculation",
            "default",
        ] {
            if let Some(content) = self.cell(asked, column) {
                let spot = asked.spot(column);
                self.losses.note(spot, LossCode::NotCarriedOver, content);
            }
        }
    }

    /// An expression as a rule of a field; told when it cannot be one.
    fn rule(&mut self, asked: &Asked<'_>, column: &str, sense: Sense) -> Option<Value> {
        let written = self.cell(asked, column)?;
        let rule = parse(written).and_then(|it| to_logic(&it, self.scope(asked)?, sense));
        rule.map_err(|puzzle| {
            let spot = asked.spot(column);
            self.losses.puzzled(spot, &puzzle, written);
        })
        .ok()
    }

    fn scope(&self, asked: &Asked<'_>) -> Result<Scope<'_>, Puzzle> {
        let owner = self.names.at(&asked.path);
        let owner = owner.ok_or_else(|| Puzzle::Question(asked.path.clone()))?;
        Ok(Scope {
            names: self.names,
            owner,
        })
    }

    fn field(&mut self, asked: &Asked<'_>) -> OfField {
        let mut of = OfField::default();
        let is_conditional = self.cell(asked, "relevant").is_some();
        of.visible = self.rule(asked, "relevant", Sense::Truth);
        self.requirement(asked, is_conditional, &mut of);
        if asked.inside.is_empty() {
            of.computed = self.rule(asked, "calculation", Sense::Value);
        } else if let Some(content) = self.cell(asked, "calculation") {
            let spot = asked.spot("calculation");
            self.losses.note(spot, LossCode::NotCarriedOver, content);
        }
        if let (Some(content), None) = (self.cell(asked, "readonly"), &of.computed)
            && yes_or_no(content) != Some(false)
        {
            let spot = asked.spot("readonly");
            self.losses.note(spot, LossCode::NotCarriedOver, content);
        }
        if of.computed.is_none() && matches!(asked.what, What::Calculated(_)) {
            // Nobody is asked, and nothing works it out: it stays empty, and whoever mends the rule finds its place.
            of.is_required = false;
            of.required = None;
        }
        self.constraint(asked, &mut of);
        of
    }

    /// What is not asked is not demanded: under a condition, `required` is that condition.
    fn requirement(&mut self, asked: &Asked<'_>, is_conditional: bool, of: &mut OfField) {
        let Some(written) = self.cell(asked, "required") else {
            return;
        };
        match (yes_or_no(written), &of.visible) {
            (Some(false), _) => {}
            (Some(true), None) if is_conditional => {
                let spot = asked.spot("required");
                self.losses.note(spot, LossCode::NotCarriedOver, written);
            }
            (Some(true), None) => of.is_required = true,
            (Some(true), Some(visible)) => of.required = Some(visible.clone()),
            (None, _) => of.required = self.rule(asked, "required", Sense::Truth),
        }
    }

    fn constraint(&mut self, asked: &Asked<'_>, of: &mut OfField) {
        let survey = &self.words.book.survey;
        let message = self.words.texts(survey, asked.row, "constraint_message");
        let Some(written) = self.cell(asked, "constraint") else {
            if !message.is_empty() {
                let spot = asked.spot("constraint_message");
                self.losses.note(spot, LossCode::MessageDropped, "");
            }
            return;
        };
        let spot = asked.spot("constraint");
        let parsed = match parse(written) {
            Ok(parsed) => parsed,
            Err(puzzle) => return self.losses.puzzled(spot, &puzzle, written),
        };
        let Limits {
            mut keywords,
            mut rest,
            sayable,
        } = Limits::of(parsed, asked.what.kind());
        // Limits with words of their own are a check that says them.
        if rest.is_empty() && !message.is_empty() && sayable.len() == keywords.len() {
            keywords.clear();
            rest = sayable;
        }
        if matches!(asked.what, What::Calculated(Kind::Choice | Kind::Choices)) {
            keywords.clear();
        }
        of.keywords = keywords;
        if rest.is_empty() {
            if !message.is_empty() {
                let spot = asked.spot("constraint_message");
                self.losses.note(spot, LossCode::MessageDropped, "");
            }
            return;
        }
        let rest = match rest.len() {
            1 => rest.remove(0),
            _ => Expression::Operation(Operator::And, rest),
        };
        let rule = self
            .scope(asked)
            .and_then(|scope| to_logic(&rest, scope, Sense::Truth));
        match rule {
            Err(puzzle) => self.losses.puzzled(spot, &puzzle, written),
            Ok(rule) => {
                let message = if message.is_empty() {
                    self.losses.note(spot, LossCode::GeneralMessage, written);
                    self.general()
                } else {
                    json!(message)
                };
                of.check = Some(json!({ "rule": rule, "message": message }));
            }
        }
    }

    fn general(&self) -> Value {
        let known = REFUSED
            .into_iter()
            .filter(|(language, _)| self.words.languages.iter().any(|it| it == language));
        let known: BTreeMap<&str, &str> = known.collect();
        if known.is_empty() {
            return json!({ "en": REFUSED[0].1 });
        }
        json!(known)
    }
}

/// What people write for yes and no.
fn yes_or_no(written: &str) -> Option<bool> {
    let word = written.to_lowercase();
    match word.as_str() {
        "yes" | "true" | "true()" | "1" => Some(true),
        "no" | "false" | "false()" | "0" => Some(false),
        _ => None,
    }
}
