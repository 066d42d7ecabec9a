//! The words of an expression.

use super::Puzzle;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    /// `${name}`
    Question(String),
    Name(String),
    Symbol(&'static str),
}

/// Longer ones first.
const SYMBOLS: [&str; 18] = [
    "!=", "<=", ">=", "..", "=", "<", ">", "+", "-", "*", "/", ".", "(", ")", "[", "]", ",", "|",
];

/// Quotation marks and what closes them; word processors turn straight ones into the others.
const QUOTES: [(char, char); 4] = [('\'', '\''), ('"', '"'), ('‘', '’'), ('“', '”')];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Puzzle> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = token(rest, first)?;
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn token(rest: &str, first: char) -> Result<(Token, &str), Puzzle> {
    let stuck = || Puzzle::Syntax(rest.chars().take(40).collect());
    if let Some((_, closing)) = QUOTES.iter().find(|(opening, _)| *opening == first) {
        let inside = &rest[first.len_utf8()..];
        let (text, after) = inside.split_once(*closing).ok_or_else(stuck)?;
        return Ok((Token::Text(text.to_owned()), after));
    }
    if let Some(inside) = rest.strip_prefix("${") {
        let (name, after) = inside.split_once('}').ok_or_else(stuck)?;
        let name = name.trim();
        let is_name = !name.is_empty() && name.chars().all(is_name_part);
        return is_name
            .then(|| (Token::Question(name.to_owned()), after))
            .ok_or_else(stuck);
    }
    let is_number =
        |it: &str| it.starts_with(|c: char| c.is_ascii_digit()) && !it.starts_with("..");
    if is_number(rest) || rest.strip_prefix('.').is_some_and(is_number) {
        let digits =
            |it: &str| it.len() - it.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut end = digits(rest);
        if rest[end..].starts_with('.') && !rest[end..].starts_with("..") {
            end += 1 + digits(&rest[end + 1..]);
        }
        let number = rest[..end].parse().map_err(|_| stuck())?;
        return Ok((Token::Number(number), &rest[end..]));
    }
    if first.is_alphabetic() || first == '_' {
        let end = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches('.');
        return Ok((Token::Name(name.to_owned()), &rest[name.len()..]));
    }
    let symbol = SYMBOLS.into_iter().find(|it| rest.starts_with(it));
    let symbol = symbol.ok_or_else(stuck)?;
    Ok((Token::Symbol(symbol), &rest[symbol.len()..]))
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let name = |it: &str| Token::Name(it.to_owned());
        let question = |it: &str| Token::Question(it.to_owned());
        for (text, wanted) in [
            ("", vec![]),
            (
                "${ age }>=18.5",
                vec![question("age"), Token::Symbol(">="), Token::Number(18.5)],
            ),
            (
                "count-selected(.)",
                vec![
                    name("count-selected"),
                    Token::Symbol("("),
                    Token::Symbol("."),
                    Token::Symbol(")"),
                ],
            ),
            (
                ".5 .. ‘oui’",
                vec![
                    Token::Number(0.5),
                    Token::Symbol(".."),
                    Token::Text("oui".to_owned()),
                ],
            ),
            ("jr:choice-name", vec![name("jr:choice-name")]),
        ] {
            assert_eq!(tokens(text), Ok(wanted), "{text}");
        }
        for text in ["${age", "'a", "#", "${}", "${a b}", "a ? b", "\u{0}"] {
            assert!(tokens(text).is_err(), "{text}");
        }
    }
}
