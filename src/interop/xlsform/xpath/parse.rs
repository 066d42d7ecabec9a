//! Reading an expression, by how tightly its operators bind.

use super::token::{Token, tokens};
use super::{DEEPEST, Expression, LONGEST, Operator, Puzzle, TIGHTEST};

/// Reads an expression.
///
/// # Errors
/// When it is none, is too long, or nests too deep.
pub(in super::super) fn parse(text: &str) -> Result<Expression, Puzzle> {
    if text.len() > LONGEST {
        return Err(Puzzle::TooLong);
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    let expression = parser.expression()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.stuck()),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'t Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn takes(&mut self, symbol: &'static str) -> bool {
        let is_there = self.peek() == Some(&Token::Symbol(symbol));
        self.at += usize::from(is_there);
        is_there
    }

    fn expects(&mut self, symbol: &'static str) -> Result<(), Puzzle> {
        if self.takes(symbol) {
            Ok(())
        } else {
            Err(self.stuck())
        }
    }

    fn stuck(&self) -> Puzzle {
        Puzzle::Syntax(match self.peek() {
            None => String::new(),
            Some(Token::Number(number)) => number.to_string(),
            Some(Token::Text(text) | Token::Question(text) | Token::Name(text)) => {
                text.chars().take(40).collect()
            }
            Some(Token::Symbol(symbol)) => (*symbol).to_owned(),
        })
    }

    fn expression(&mut self) -> Result<Expression, Puzzle> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Puzzle::TooLong);
        }
        let expression = self.operation(1);
        self.depth -= 1;
        expression
    }

    fn operation(&mut self, level: u8) -> Result<Expression, Puzzle> {
        if level == TIGHTEST {
            return self.operand();
        }
        let mut left = self.operation(level + 1)?;
        // What stands in parentheses is an operand, whatever is inside.
        let mut is_open = false;
        while let Some(operator) = self.operator(level) {
            self.at += 1;
            let right = self.operation(level + 1)?;
            left = match left {
                Expression::Operation(same, mut operands)
                    if is_open && same == operator && operator.gathers() =>
                {
                    operands.push(right);
                    Expression::Operation(same, operands)
                }
                left => Expression::two(operator, left, right),
            };
            is_open = true;
        }
        Ok(left)
    }

    fn operator(&self, level: u8) -> Option<Operator> {
        let word = match self.peek()? {
            Token::Name(name) => name.as_str(),
            Token::Symbol(symbol) => symbol,
            _ => return None,
        };
        let mut operators = Operator::ALL.into_iter();
        operators.find(|it| it.level() == level && it.as_str() == word)
    }

    fn operand(&mut self) -> Result<Expression, Puzzle> {
        let stuck = self.stuck();
        match self.next() {
            Some(Token::Number(number)) => Ok(Expression::Number(*number)),
            Some(Token::Text(text)) => Ok(Expression::Text(text.clone())),
            Some(Token::Question(name)) if self.takes("[") => {
                let condition = self.expression()?;
                self.expects("]")?;
                Ok(Expression::Those(name.clone(), Box::new(condition)))
            }
            Some(Token::Question(name)) => Ok(Expression::Question(name.clone())),
            Some(Token::Name(name)) if self.takes("(") => {
                let mut operands = Vec::new();
                while !self.takes(")") {
                    if !operands.is_empty() {
                        self.expects(",")?;
                    }
                    operands.push(self.expression()?);
                }
                Ok(Expression::Call(name.clone(), operands))
            }
            Some(Token::Name(name)) => self.part(name),
            Some(Token::Symbol("..")) => Ok(Expression::Parent),
            Some(Token::Symbol(".")) if self.takes("/") => match self.next() {
                Some(Token::Name(name)) => self.part(name),
                _ => Err(stuck),
            },
            Some(Token::Symbol(".")) => Ok(Expression::This),
            Some(Token::Symbol("(")) => {
                let inside = self.expression()?;
                self.expects(")")?;
                Ok(inside)
            }
            Some(Token::Symbol("-")) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(Puzzle::TooLong);
                }
                let inside = self.operand();
                self.depth -= 1;
                Ok(Expression::Negative(Box::new(inside?)))
            }
            _ => Err(stuck),
        }
    }

    /// `closed`, `home/ward`
    fn part(&mut self, first: &str) -> Result<Expression, Puzzle> {
        let mut path = first.to_owned();
        while self.takes("/") {
            let Some(Token::Name(name)) = self.next() else {
                return Err(Puzzle::Syntax(path));
            };
            path = format!("{path}.{name}");
        }
        Ok(Expression::Part(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_expression_is_a_puzzle() {
        for text in [
            "", "1 +", "(1", "a b", "not(", "f(1,)", "1 = = 2", "${a}[", "${a}[b", "/data/a", "a/",
            "../a", "* 1", "a | b", ")", "1 1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = format!("{}1{}", "(".repeat(1_000), ")".repeat(1_000));
        assert_eq!(parse(&deep), Err(Puzzle::TooLong));
        assert_eq!(parse(&"-".repeat(2_000)), Err(Puzzle::TooLong));
        assert_eq!(parse(&"1 + ".repeat(2_000)), Err(Puzzle::TooLong));
    }

    #[test]
    fn an_expression_is_printed_as_it_was_read() {
        for text in [
            "${a} + ${b} + ${c}",
            "${a} - ${b} + ${c}",
            "${a} - (${b} + ${c})",
            "(${a} + ${b}) + ${c}",
            "(${a} + ${b}) * -${c}",
            "${a} or ${b} and not(${c})",
            "(${a} or ${b}) and ${c}",
            "count(${cases}[closed = '' and home/ward != \"it's\"])",
            "if(. >= 1.5, 'x', position(..) - 1)",
            "${a} div 2 mod 3 = 1",
            "(${a} = ${b}) < 3",
        ] {
            assert_eq!(parse(text).expect(text).to_string(), text);
        }
    }
}
