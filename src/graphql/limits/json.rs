//! The shape of a JSON body, measured before anything of it is kept.

use super::{Exceeded, Rule, nesting, values, within};
use crate::platform::config::Limits;

/// Bounds nesting, list lengths and the number of values. `batch` says that a list at the top holds operations.
/// Text that is not JSON passes or fails by chance: the JSON parser, which comes next, has the word on that.
///
/// # Errors
/// The first rule that is broken, having read no further.
pub fn scan(text: &[u8], limits: &Limits, batch: bool) -> Result<(), Exceeded> {
    let mut open: Vec<Frame> = Vec::new();
    let mut total = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        let opens_value = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            // What came before was a key.
            b':' => {
                total -= usize::from(total > 0);
                continue;
            }
            b',' => {
                if let Some(frame) = open.last_mut() {
                    frame.expects = true;
                }
                continue;
            }
            b']' | b'}' => {
                open.pop();
                continue;
            }
            b'"' => {
                at = end_of_string(text, at);
                true
            }
            b'[' | b'{' => true,
            _ => {
                at = end_of_word(text, at);
                true
            }
        };
        let top = open.len() == 1;
        if opens_value
            && let Some(frame) = open.last_mut()
            && frame.list
            && std::mem::take(&mut frame.expects)
        {
            frame.items += 1;
            let (rule, allowed) = if top && batch {
                (Rule::Batch, limits.batch)
            } else {
                (Rule::ListItems, limits.list_items)
            };
            within(rule, frame.items, allowed)?;
        }
        total += 1;
        within(Rule::Values, total, values(limits))?;
        if matches!(byte, b'[' | b'{') {
            open.push(Frame::new(byte == b'['));
            within(Rule::Depth, open.len(), nesting(limits))?;
        }
    }
    Ok(())
}

struct Frame {
    list: bool,
    items: usize,
    /// A comma or the bracket itself came last, so that the next value is a further item.
    expects: bool,
}

impl Frame {
    fn new(list: bool) -> Self {
        Self {
            list,
            items: 0,
            expects: true,
        }
    }
}

fn end_of_string(text: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

fn end_of_word(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| !matches!(byte, b',' | b':' | b'[' | b']' | b'{' | b'}' | b'"'))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Config;

    fn verdict(text: &str) -> Option<Rule> {
        let limits = Config::defaults().graphql.limits;
        scan(text.as_bytes(), &limits, true)
            .err()
            .map(|exceeded| exceeded.rule)
    }

    #[test]
    fn shapes_are_bounded() {
        let list = |n: usize| format!("{{\"variables\":{{\"l\":[{}]}}}}", vec!["1"; n].join(","));
        assert_eq!(verdict(&list(500)), None);
        assert_eq!(verdict(&list(501)), Some(Rule::ListItems));
        assert_eq!(verdict(&"[".repeat(100_000)), Some(Rule::Depth));
        assert_eq!(verdict(&"{\"a\":".repeat(100_000)), Some(Rule::Depth));
        assert_eq!(
            verdict(&format!("[{}]", vec!["{}"; 1000].join(","))),
            Some(Rule::Batch)
        );
        assert_eq!(verdict(&format!("[{}]", ["{}"; 10].join(","))), None);
        let object = (0..20_001).map(|n| format!("\"k{n}\":1"));
        assert_eq!(
            verdict(&format!("{{{}}}", object.collect::<Vec<_>>().join(","))),
            Some(Rule::Values)
        );
    }

    #[test]
    fn brackets_and_commas_inside_strings_are_text() {
        let text = format!("[\"{}\\\"{}\\\\\"]", "[{,".repeat(2000), "]},".repeat(2000));
        assert_eq!(verdict(&text), None);
        for broken in ["", "]", "}}]", "\"", "\"\\", "[,,,", "nonsense"] {
            assert_eq!(verdict(broken), None, "{broken}");
        }
    }
}
