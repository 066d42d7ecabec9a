//! The tokens of a document, counted without building anything of them.
//!
//! The parser has no lexer of its own to ask, and follows brackets down the stack; so this reads the tokens of the
//! GraphQL grammar first. A property test holds it to what the parser makes of the same text.

use super::{Exceeded, NAME_LENGTH, Refused, Rule, nesting, within};
use crate::platform::config::Limits;

/// What was counted; every count is at most its limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub tokens: usize,
    pub aliases: usize,
    pub directives: usize,
}

/// Counts tokens, aliases and directives, and bounds nesting and the lengths of names and lists.
///
/// # Errors
/// The first rule that is broken, or the first byte that cannot be GraphQL, having read no further.
pub fn scan(text: &str, limits: &Limits) -> Result<Counts, Refused> {
    let mut reader = Reader {
        text: text.as_bytes(),
        at: 0,
    };
    let mut counter = Counter {
        counts: Counts::default(),
        open: Vec::new(),
        limits,
    };
    while let Some(token) = reader.next()? {
        counter
            .count(token)
            .map_err(|fault| fault.unwrap_or(reader.unreadable("this bracket closes nothing")))?;
    }
    Ok(counter.counts)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Name(usize),
    /// A number or a string.
    Literal,
    Punctuator(u8),
}

/// What a bracket holds: only in a selection set is `name:` an alias, only in a list is a value an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Selections,
    Parentheses,
    Object,
    List(usize),
}

struct Counter<'a> {
    counts: Counts,
    open: Vec<Open>,
    limits: &'a Limits,
}

impl Counter<'_> {
    /// `Err(None)` for a bracket that does not match.
    fn count(&mut self, token: Token) -> Result<(), Option<Refused>> {
        let Self {
            counts,
            open,
            limits,
        } = self;
        let exceeded = |fault: Exceeded| Some(Refused::from(fault));
        counts.tokens += 1;
        within(Rule::Tokens, counts.tokens, limits.tokens).map_err(exceeded)?;
        let begins_value = match token {
            Token::Name(length) => {
                within(Rule::NameLength, length, NAME_LENGTH).map_err(exceeded)?;
                true
            }
            Token::Literal => true,
            Token::Punctuator(byte) => matches!(byte, b'[' | b'{'),
        };
        if begins_value && let Some(Open::List(items)) = open.last_mut() {
            *items += 1;
            within(Rule::ListItems, *items, limits.list_items).map_err(exceeded)?;
        }
        let Token::Punctuator(byte) = token else {
            return Ok(());
        };
        let top = open.last().copied();
        match byte {
            b'@' => {
                counts.directives += 1;
                within(Rule::Directives, counts.directives, limits.directives).map_err(exceeded)
            }
            b':' if top == Some(Open::Selections) => {
                counts.aliases += 1;
                within(Rule::Aliases, counts.aliases, limits.aliases).map_err(exceeded)
            }
            b'(' | b'[' | b'{' => {
                open.push(match byte {
                    b'(' => Open::Parentheses,
                    b'[' => Open::List(0),
                    _ if matches!(top, None | Some(Open::Selections)) => Open::Selections,
                    _ => Open::Object,
                });
                within(Rule::Depth, open.len(), nesting(limits)).map_err(exceeded)
            }
            b')' | b']' | b'}' => match (byte, open.pop()) {
                (b')', Some(Open::Parentheses))
                | (b']', Some(Open::List(_)))
                | (b'}', Some(Open::Selections | Open::Object)) => Ok(()),
                _ => Err(None),
            },
            _ => Ok(()),
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<Token>, Refused> {
        self.skip_ignored();
        let Some(&byte) = self.text.get(self.at) else {
            return Ok(None);
        };
        let token = match byte {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                Token::Name(self.skip(|b| b == b'_' || b.is_ascii_alphanumeric()))
            }
            b'-' | b'0'..=b'9' => {
                self.at += 1;
                self.skip(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
                Token::Literal
            }
            b'"' => {
                self.string()?;
                Token::Literal
            }
            b'.' if self.rest().starts_with(b"...") => {
                self.at += 3;
                Token::Punctuator(b'.')
            }
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|'
            | b'}' => {
                self.at += 1;
                Token::Punctuator(byte)
            }
            _ => return Err(self.unreadable("unexpected character")),
        };
        Ok(Some(token))
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unreadable(&self, reason: &'static str) -> Refused {
        Refused::Unreadable {
            at: self.at,
            reason,
        }
    }

    fn skip(&mut self, belongs: impl Fn(u8) -> bool) -> usize {
        let length = self
            .rest()
            .iter()
            .take_while(|byte| belongs(**byte))
            .count();
        self.at += length;
        length
    }

    fn skip_ignored(&mut self) {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        loop {
            match self.rest() {
                [b' ' | b'\t' | b'\r' | b'\n' | b',', ..] => self.at += 1,
                [b'#', ..] => {
                    self.skip(|b| !matches!(b, b'\r' | b'\n'));
                }
                rest if rest.starts_with(BYTE_ORDER_MARK) => self.at += BYTE_ORDER_MARK.len(),
                _ => return,
            }
        }
    }

    fn string(&mut self) -> Result<(), Refused> {
        if self.rest().starts_with(b"\"\"\"") {
            self.at += 3;
            loop {
                match self.rest() {
                    [] => return Err(self.unreadable("this string does not end")),
                    [b'\\', b'"', b'"', b'"', ..] => self.at += 4,
                    [b'"', b'"', b'"', ..] => {
                        self.at += 3;
                        return Ok(());
                    }
                    _ => self.at += 1,
                }
            }
        }
        self.at += 1;
        loop {
            match self.rest() {
                [] | [b'\r' | b'\n', ..] | [b'\\'] => {
                    return Err(self.unreadable("this string does not end"));
                }
                [b'"', ..] => {
                    self.at += 1;
                    return Ok(());
                }
                [b'\\', _, ..] => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::{Selection, SelectionSet};
    use proptest::prelude::*;

    use super::*;
    use crate::platform::config::Config;

    fn limits() -> Limits {
        Config::defaults().graphql.limits
    }

    fn broken(text: &str) -> Option<Rule> {
        match scan(text, &limits()) {
            Err(Refused::Exceeded(exceeded)) => Some(exceeded.rule),
            _ => None,
        }
    }

    #[test]
    fn every_count_stops_at_its_limit() {
        for (text, rule) in [
            ("{".repeat(100_000), Rule::Depth),
            (format!("{{a(b:{}", "[".repeat(100_000)), Rule::Depth),
            (format!("{{a(b:{}", "{c:".repeat(100_000)), Rule::Depth),
            (format!("query($a:{}", "[".repeat(100_000)), Rule::Depth),
            (format!("{{a{}", "(".repeat(100_000)), Rule::Depth),
            ("{a ".repeat(1000), Rule::Depth),
            (
                format!("{{{}", "a:__typename ".repeat(10_000)),
                Rule::Aliases,
            ),
            (format!("{{a{}}}", "@x".repeat(100_000)), Rule::Directives),
            (format!("{{{}}}", "a ".repeat(500_000)), Rule::Tokens),
            (format!("{{a(b:[{}])}}", "1 ".repeat(501)), Rule::ListItems),
            (format!("{{{}}}", "a".repeat(1_000_000)), Rule::NameLength),
        ] {
            assert_eq!(broken(&text), Some(rule), "{}", &text[..20]);
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_handed_to_the_parser() {
        let texts = r#"{a}} {a) {a(b:[)} {a(b:" {a(b:"""x"")} % é ..  {a(b:"x\"#;
        for text in texts.split_whitespace().chain(["{a(b:\"\n\")}", "{a}\0"]) {
            assert!(
                matches!(scan(text, &limits()), Err(Refused::Unreadable { .. })),
                "{text}"
            );
        }
    }

    fn name() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["a", "b", "on1", "query", "_x", "null1", "e5"])
    }

    fn value() -> impl Strategy<Value = String> {
        let leaves =
            r#"1,-2.5e+3,true,null,RED,$v,"","{:@#","\"[","""{ \""" @ ""","\u00e9","\\",[],{}"#;
        let leaves: Vec<&str> = leaves.split(',').collect();
        let leaf = prop::sample::select(leaves).prop_map(str::to_owned);
        leaf.prop_recursive(4, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|v| format!("[{}]", v.join(","))),
                prop::collection::vec((name(), inner), 0..4).prop_map(|v| {
                    let fields = v.into_iter().map(|(k, v)| format!("{k}:{v}"));
                    format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
                }),
            ]
        })
    }

    fn selections() -> impl Strategy<Value = String> {
        let field = (
            prop::option::of(name()),
            name(),
            prop::option::of(value()),
            any::<bool>(),
        )
            .prop_map(|(alias, name, argument, directive)| {
                let alias = alias.map_or(String::new(), |a| format!("{a} :"));
                let argument = argument.map_or(String::new(), |v| format!("(x:{v})"));
                let directive = if directive { "@d(if:true)" } else { "" };
                format!("{alias}{name}{argument}{directive} # {{ \" :@\n")
            });
        field.prop_recursive(4, 24, 4, |inner| {
            (name(), prop::collection::vec(inner, 1..4), any::<bool>()).prop_map(
                |(name, inside, inline)| {
                    let head = if inline { "... on T @i" } else { name };
                    format!("{head}{{{}}}", inside.join("\u{feff},"))
                },
            )
        })
    }

    /// Aliases and directives as the parser found them.
    fn found(set: &SelectionSet) -> (usize, usize) {
        set.items
            .iter()
            .fold((0, 0), |(aliases, directives), item| {
                let (alias, inner) = match &item.node {
                    Selection::Field(field) => (
                        usize::from(field.node.alias.is_some()),
                        found(&field.node.selection_set.node),
                    ),
                    Selection::InlineFragment(inline) => {
                        (0, found(&inline.node.selection_set.node))
                    }
                    Selection::FragmentSpread(_) => (0, (0, 0)),
                };
                (
                    aliases + alias + inner.0,
                    directives + item.node.directives().len() + inner.1,
                )
            })
    }

    fn agrees_with_the_parser(text: &str) -> Result<(), TestCaseError> {
        let limits = Limits {
            aliases: 9999,
            directives: 9999,
            depth: 29,
            ..limits()
        };
        let Ok(document) = parse_query(text) else {
            return Ok(());
        };
        let counts =
            scan(text, &limits).map_err(|refused| TestCaseError::fail(refused.to_string()))?;
        let all = document
            .operations
            .iter()
            .fold((0, 0), |sum, (_, operation)| {
                let (aliases, directives) = found(&operation.node.selection_set.node);
                (
                    sum.0 + aliases,
                    sum.1 + directives + operation.node.directives.len(),
                )
            });
        prop_assert_eq!((counts.aliases, counts.directives), all);
        Ok(())
    }

    proptest! {
        #[test]
        fn what_the_parser_reads_is_counted_as_the_parser_reads_it(inner in selections()) {
            let text = format!("query Q($v: [Int!] = [1 2]) @q {{ {inner} }}");
            prop_assert!(parse_query(&text).is_ok(), "{}", text);
            agrees_with_the_parser(&text)?;
        }

        #[test]
        fn soup_that_happens_to_parse_is_counted_alike(
            pieces in prop::collection::vec(
                prop::sample::select(vec!["{", "}", "a", ":", "(", ")", "x:", "\"", "\\\"", "#", "\n", "@d", "...", "1", "$v", " "]),
                0..24,
            )
        ) {
            agrees_with_the_parser(&format!("{{a{}}}", pieces.concat()))?;
        }
    }
}
