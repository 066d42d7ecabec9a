//! What holds of any expression.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

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
