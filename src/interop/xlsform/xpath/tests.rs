//! What one language says, the other says.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::*;
use crate::forms::Definition;
use crate::interop::xlsform::names::{Names, Scope};

fn form() -> Definition {
    let date = json!({ "type": "string", "format": "date" });
    let number = json!({ "type": "number" });
    let codes = json!({ "type": "string", "enum": ["a", "b", "1"] });
    let definition = json!({ "schema": { "type": "object", "properties": {
        "name": { "type": "string" }, "born": date, "age": { "type": "integer" }, "dose": number,
        "paid": { "type": "boolean" }, "kind": codes,
        "done": { "type": "array", "uniqueItems": true, "items": codes },
        "home": { "type": "object", "properties": { "ward": { "type": "string" } } },
        "cases": { "type": "array", "items": { "type": "object", "properties": {
            "opened": date, "closed": date, "cost": number, "open": { "type": "boolean" } } } },
    } } });
    Definition::read(&definition).expect("a definition")
}

fn there(text: &str, owner: &str) -> Result<Value, Puzzle> {
    let names = Names::from(&form());
    let owner = names.at(owner).expect("the owner");
    let scope = Scope {
        names: &names,
        owner,
    };
    to_logic(&parse(text)?, scope, Sense::Truth)
}

fn back(rule: &Value, owner: &str) -> Result<String, Puzzle> {
    let names = Names::from(&form());
    let owner = names.at(owner).expect("the owner");
    let scope = Scope {
        names: &names,
        owner,
    };
    from_logic(rule, scope).map(|it| it.to_string())
}

#[test]
fn each_says_what_the_other_does() {
    let cases = [
        (
            "name",
            "${kind} = 'a'",
            json!({ "==": [{ "var": "kind" }, "a"] }),
        ),
        (
            "name",
            "${age} >= 18",
            json!({ ">=": [{ "var": "age" }, 18] }),
        ),
        (
            "name",
            "${age} < 5",
            json!({ "and": [{ "!==": [{ "var": "age" }, null] }, { "<": [{ "var": "age" }, 5] }] }),
        ),
        (
            "name",
            "coalesce(${age}, 0) < 5",
            json!({ "<": [{ "var": "age" }, 5] }),
        ),
        (
            "name",
            "${paid} = 'true'",
            json!({ "==": [{ "var": "paid" }, true] }),
        ),
        (
            "name",
            "boolean-from-string(${paid})",
            json!({ "var": "paid" }),
        ),
        (
            "name",
            "not(boolean-from-string(${paid}))",
            json!({ "!": { "var": "paid" } }),
        ),
        (
            "name",
            "${paid} != ''",
            json!({ "!==": [{ "var": "paid" }, null] }),
        ),
        ("name", "${born} = ''", json!({ "!": { "var": "born" } })),
        ("name", "${kind} != ''", json!({ "!!": { "var": "kind" } })),
        (
            "name",
            "${age} = ''",
            json!({ "===": [{ "var": "age" }, null] }),
        ),
        (
            "name",
            "selected(${done}, 'a')",
            json!({ "in": ["a", { "var": "done" }] }),
        ),
        (
            "name",
            "count-selected(${done}) > 1",
            json!({ ">": [{ "reduce": [{ "var": "done" }, { "+": [{ "var": "accumulator" }, 1] }, 0] }, 1] }),
        ),
        (
            "name",
            "count(${cases}) = 0",
            json!({ "==": [{ "reduce": [{ "var": "cases" }, { "+": [{ "var": "accumulator" }, 1] }, 0] }, 0] }),
        ),
        (
            "age",
            "count(${cases}[closed = ''])",
            json!({ "reduce": [{ "filter": [{ "var": "cases" }, { "!": { "var": "closed" } }] }, { "+": [{ "var": "accumulator" }, 1] }, 0] }),
        ),
        (
            "name",
            "sum(${cost})",
            json!({ "reduce": [{ "var": "cases" }, { "+": [{ "var": "accumulator" }, { "var": "current.cost" }] }, 0] }),
        ),
        (
            "born",
            ". <= today()",
            json!({ "<=": [{ "var": "born" }, { "var": "$today" }] }),
        ),
        (
            "born",
            ". > date('2020-01-31')",
            json!({ ">": [{ "var": "born" }, "2020-01-31"] }),
        ),
        (
            "cases.closed",
            ". >= ${opened}",
            json!({ ">=": [{ "var": "$item.closed" }, { "var": "$item.opened" }] }),
        ),
        (
            "cases.cost",
            "position(..) - 1 = 0",
            json!({ "==": [{ "var": "$index" }, 0] }),
        ),
        (
            "age",
            "if(${paid} = 'true' or ${dose} > 2, 'x', if(${name} = '', '', ${name}))",
            json!({ "if": [{ "or": [{ "==": [{ "var": "paid" }, true] }, { ">": [{ "var": "dose" }, 2] }] }, "x",
                           { "!": { "var": "name" } }, null, { "var": "name" }] }),
        ),
        (
            "name",
            "coalesce(${ward}, 'none')",
            json!({ "if": [{ "!!": { "var": "home.ward" } }, { "var": "home.ward" }, "none"] }),
        ),
        (
            "name",
            "int(${dose} div 2) mod 3",
            json!({ "%": [{ "-": [{ "/": [{ "var": "dose" }, 2] }, { "%": [{ "/": [{ "var": "dose" }, 2] }, 1] }] }, 3] }),
        ),
        (
            "age",
            "concat(${name}, ' ', ${ward})",
            json!({ "cat": [{ "var": "name" }, " ", { "var": "home.ward" }] }),
        ),
        (
            "age",
            "contains(${name}, 'x')",
            json!({ "in": ["x", { "var": "name" }] }),
        ),
        (
            "age",
            "substr(${name}, 0, 3)",
            json!({ "substr": [{ "var": "name" }, 0, 3] }),
        ),
        (
            "age",
            "max(${age}, -1, 2.5)",
            json!({ "max": [{ "var": "age" }, -1, 2.5] }),
        ),
        (
            "name",
            "${age} + 1 + ${dose} * 2",
            json!({ "+": [{ "var": "age" }, 1, { "*": [{ "var": "dose" }, 2] }] }),
        ),
    ];
    for (owner, text, rule) in cases {
        // What is shown is a condition elsewhere: take each by its own sense.
        assert_eq!(there(text, owner).as_ref(), Ok(&rule), "{text}");
        if owner == "age" && text.contains("${age}") {
            continue;
        }
        assert_eq!(back(&rule, owner).as_deref(), Ok(text), "{rule}");
    }
}

#[test]
fn other_words_for_the_same_are_understood() {
    for (owner, text, same) in [
        ("name", "'a' = ${kind}", "'a' = ${kind}"),
        ("name", "selected(${kind}, 'a')", "${kind} = 'a'"),
        ("name", "${kind} = 1", "${kind} = '1'"),
        ("name", "selected(${paid}, 'true')", "${paid} = 'true'"),
        ("name", "${paid}", "${paid} != ''"),
        (
            "name",
            "count-non-empty(${closed}) > 0",
            "count(${cases}[closed != '']) > 0",
        ),
        (
            "name",
            "count(${cases}[${closed} = '']) > 0",
            "count(${cases}[closed = '']) > 0",
        ),
        ("cases.cost", "position(..) = 1", "position(..) = 1"),
        ("born", "date(today()) > .", "today() > ."),
        ("age", "substr(${name}, 2)", "substr(${name}, 2)"),
        (
            "name",
            "(${age} >= 5) and (${age} <= 9)",
            "${age} >= 5 and ${age} <= 9",
        ),
    ] {
        let rule = there(text, owner).unwrap_or_else(|puzzle| panic!("{text}: {puzzle:?}"));
        assert_eq!(back(&rule, owner).as_deref(), Ok(same), "{text}");
    }
    for (rule, text) in [
        (
            json!({ "in": [{ "var": "kind" }, ["a", "b"]] }),
            "${kind} = 'a' or ${kind} = 'b'",
        ),
        (
            json!({ "<": [0, { "var": "age" }, 9] }),
            "0 < ${age} and coalesce(${age}, 0) < 9",
        ),
        (
            json!({ "some": [{ "var": "cases" }, { "var": "open" }] }),
            "count(${cases}[boolean-from-string(open)]) > 0",
        ),
        (
            json!({ "none": [{ "var": "cases" }, { "!": { "var": "closed" } }] }),
            "count(${cases}[closed = '']) = 0",
        ),
        (
            json!({ "all": [{ "var": "cases" }, { "!!": { "var": "closed" } }] }),
            "count(${cases}) > 0 and count(${cases}[not(closed != '')]) = 0",
        ),
        (json!({ "?:": [true, 1, 2] }), "if(true(), 1, 2)"),
        (json!({ "==": [{ "var": ["name"] }, null] }), "${name} = ''"),
        (json!({ "-": [9, 2, 1] }), "9 - 2 - 1"),
    ] {
        assert_eq!(back(&rule, "home").as_deref(), Ok(text), "{rule}");
    }
}

#[test]
fn what_cannot_be_said_is_named() {
    let function = |it: &str| Err(Puzzle::Function(it.to_owned()));
    for (owner, text, why) in [
        ("name", "pulldata('a', 'b', 'c', 'd')", function("pulldata")),
        (
            "name",
            "jr:choice-name(${kind}, '${kind}') = 'A'",
            function("jr:choice-name"),
        ),
        ("name", "string-length(.) > 3", function("string-length")),
        ("name", "now() > today()", function("now")),
        (
            "name",
            "${shoe} = 1",
            Err(Puzzle::Question("shoe".to_owned())),
        ),
        (
            "name",
            "${closed} = ''",
            Err(Puzzle::OutOfReach("closed".to_owned())),
        ),
        (
            "cases.closed",
            "count(${cases}) = 1",
            Err(Puzzle::OutOfReach("cases".to_owned())),
        ),
        (
            "name",
            "${home} = ''",
            Err(Puzzle::OutOfReach("home".to_owned())),
        ),
        (
            "name",
            "count(${cases}[count(${cases}) > 1]) > 1",
            function("count"),
        ),
    ] {
        assert_eq!(there(text, owner), why, "{text}");
    }
    for (rule, why) in [
        (
            json!({ "map": [{ "var": "cases" }, { "var": "cost" }] }),
            "map",
        ),
        (json!({ "merge": [1, 2] }), "merge"),
        (
            json!({ "some": [{ "var": "done" }, { "==": [{ "var": "" }, "a"] }] }),
            "filter",
        ),
        (json!({ "var": ["name", "x"] }), "var"),
        (json!({ "reduce": [{ "var": "cases" }, 1, 0] }), "reduce"),
    ] {
        assert_eq!(
            back(&rule, "home"),
            Err(Puzzle::Function(why.to_owned())),
            "{rule}"
        );
    }
}

/// Doubling what stands twice does not grow without bound.
#[test]
fn an_expression_that_grows_is_stopped() {
    let ints = format!("{}${{dose}}{} > 1", "int(".repeat(30), ")".repeat(30));
    assert_eq!(there(&ints, "name"), Err(Puzzle::TooLong));
    let deep = (0..12).fold("${dose}".to_owned(), |inner, _| format!("(1 - {inner})"));
    assert_eq!(there(&format!("{deep} > 1"), "name"), Err(Puzzle::TooLong));
}

fn values() -> impl Strategy<Value = Expression> {
    let question = |it: &str| Expression::Question(it.to_owned());
    let text = |it: &str| Expression::Text(it.to_owned());
    let leaf = prop_oneof![
        Just(question("age")),
        Just(question("dose")),
        (1u32..100).prop_map(|it| Expression::Number(f64::from(it))),
        (1u32..100).prop_map(|it| Expression::Number(f64::from(it) / 4.0)),
        Just(Expression::call("count-selected", [question("done")])),
        Just(Expression::call("count", [question("cases")])),
        Just(Expression::call("sum", [question("cost")])),
        Just(Expression::call(
            "count",
            [Expression::Those(
                "cases".to_owned(),
                Box::new(Expression::two(
                    Operator::Equal,
                    Expression::Part("closed".to_owned()),
                    text("")
                ))
            )]
        )),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let sum = prop::sample::select(vec![
            Operator::Plus,
            Operator::Minus,
            Operator::Times,
            Operator::Over,
            Operator::Modulo,
        ]);
        prop_oneof![
            (sum, inner.clone(), inner.clone()).prop_map(|(it, a, b)| Expression::two(it, a, b)),
            (inner.clone(), inner).prop_map(|(a, b)| Expression::call("max", [a, b])),
        ]
    })
}

fn conditions() -> impl Strategy<Value = Expression> {
    let question = |it: &str| Expression::Question(it.to_owned());
    let text = |it: &str| Expression::Text(it.to_owned());
    let order = prop::sample::select(vec![
        Operator::Less,
        Operator::AtMost,
        Operator::More,
        Operator::AtLeast,
        Operator::Equal,
        Operator::Unequal,
    ]);
    let equal = prop::sample::select(vec![Operator::Equal, Operator::Unequal]);
    let leaf = prop_oneof![
        (order, values(), values()).prop_map(|(it, a, b)| Expression::two(it, a, b)),
        (
            equal.clone(),
            prop::sample::select(vec!["name", "born", "kind", "ward", "age", "paid"])
        )
            .prop_map(move |(it, name)| Expression::two(it, question(name), text(""))),
        (
            equal,
            prop::sample::select(vec!["a", "b", "it's", "say \"x\""])
        )
            .prop_map(move |(it, code)| Expression::two(it, question("kind"), text(code))),
        prop::sample::select(vec!["a", "b"])
            .prop_map(move |code| Expression::call("selected", [question("done"), text(code)])),
        Just(Expression::two(
            Operator::Equal,
            question("paid"),
            text("true")
        )),
        Just(Expression::call("boolean-from-string", [question("paid")])),
        Just(Expression::two(
            Operator::AtMost,
            question("born"),
            Expression::call("today", [])
        )),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let all = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            (prop::bool::ANY, all).prop_map(|(and, all)| Expression::Operation(
                if and { Operator::And } else { Operator::Or },
                all
            )),
            inner.prop_map(|it| Expression::call("not", [it])),
        ]
    })
}

#[test]
fn a_thousand_expressions_come_back_as_they_were() {
    let config = Config {
        cases: 1_400,
        failure_persistence: None,
        ..Config::default()
    };
    let said = std::cell::Cell::new(0);
    TestRunner::new(config)
        .run(&conditions(), |expression| {
            let text = expression.to_string();
            prop_assert_eq!(&parse(&text).expect("an expression"), &expression);
            let rule = match there(&text, "home") {
                Ok(rule) => rule,
                // There are bounds.
                Err(Puzzle::TooLong) => return Ok(()),
                Err(puzzle) => panic!("{text}: {puzzle:?}"),
            };
            said.set(said.get() + 1);
            let again = back(&rule, "home").expect("words");
            prop_assert_eq!(&again, &text, "by {}", &rule);
            prop_assert_eq!(there(&again, "home").expect("a rule"), rule);
            Ok(())
        })
        .expect("it holds");
    assert!(said.get() > 1_000, "{} were said", said.get());
}

#[test]
fn any_text_is_an_expression_or_a_puzzle() {
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let word = prop_oneof![
        Just("${age}".to_owned()),
        Just("${cases}".to_owned()),
        Just("count(".to_owned()),
        Just(")".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(" and ".to_owned()),
        Just("not(".to_owned()),
        Just("''".to_owned()),
        Just("- ".to_owned()),
        Just("..".to_owned()),
        Just("if(".to_owned()),
        Just(",".to_owned()),
        ".{0,3}",
        "[0-9.]{1,3}",
    ];
    TestRunner::new(config)
        .run(&prop::collection::vec(word, 0..12), |words| {
            let text = words.concat();
            if let Ok(rule) = there(&text, "name") {
                back(&rule, "name").ok();
            }
            Ok(())
        })
        .expect("nothing panics");
}
