//! The few of GitHub's expressions that titles, names and groups of workflows are made of: contexts, literals, `||`, `&&`,
//! `==`, `!=`, `!` and parentheses. What is not known is empty, as on GitHub. No I/O.

/// Gives the value of `inputs.environment` and the like.
type Contexts<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Puts values in the place of each `${{ … }}`.
pub(super) fn fill(text: &str, contexts: Contexts<'_>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((expression, after)) = after.split_once("}}") else { break };
        filled += before;
        filled += &evaluate(expression, contexts);
        rest = after;
    }
    filled + rest
}

fn evaluate(expression: &str, contexts: Contexts<'_>) -> String {
    let tokens = tokens(expression);
    Parser { tokens: &tokens, contexts }.either()
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Literal(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 7] = ["||", "&&", "==", "!=", "!", "(", ")"];

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else if first == '\'' {
            let length = rest[1..].find('\'').map_or(rest.len(), |end| end + 2);
            tokens.push(Token::Literal(rest[..length].trim_matches('\'').to_owned()));
            length
        } else {
            let is_over = |c: char| c.is_whitespace() || "|&=!()'".contains(c);
            let length = rest.find(is_over).unwrap_or(rest.len()).max(first.len_utf8());
            tokens.push(Token::Name(rest[..length].to_owned()));
            length
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

struct Parser<'a> {
    tokens: &'a [Token],
    contexts: Contexts<'a>,
}

fn is_true(value: &str) -> bool {
    !["", "false", "0"].contains(&value)
}

impl Parser<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Sign(next)) if *next == sign);
        self.tokens = if is_next { &self.tokens[1..] } else { self.tokens };
        is_next
    }

    fn either(&mut self) -> String {
        let mut value = self.both();
        while self.take("||") {
            let other = self.both();
            value = if is_true(&value) { value } else { other };
        }
        value
    }

    fn both(&mut self) -> String {
        let mut value = self.equal();
        while self.take("&&") {
            let other = self.equal();
            value = if is_true(&value) { other } else { value };
        }
        value
    }

    fn equal(&mut self) -> String {
        let value = self.one();
        if self.take("==") {
            return (value == self.one()).to_string();
        }
        if self.take("!=") { (value != self.one()).to_string() } else { value }
    }

    fn one(&mut self) -> String {
        if self.take("!") {
            return (!is_true(&self.one())).to_string();
        }
        if self.take("(") {
            let value = self.either();
            self.take(")");
            return value;
        }
        let Some((first, rest)) = self.tokens.split_first() else { return String::new() };
        self.tokens = rest;
        match first {
            Token::Literal(text) => text.clone(),
            Token::Name(name)
                if name.parse::<i64>().is_ok() || ["true", "false"].contains(&name.as_str()) =>
            {
                name.clone()
            }
            Token::Name(name) => (self.contexts)(name).unwrap_or_default(),
            Token::Sign(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_filled_in() {
        let contexts = |name: &str| {
            let known =
                [("inputs.environment", "production"), ("inputs.id", ""), ("github.event_name", "push")];
            known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        for (text, filled) in [
            ("deploy-${{ inputs.environment }}", "deploy-production"),
            ("${{inputs.none}}|${{ 'a' }}|${{ 7 }}", "|a|7"),
            ("(${{ inputs.id || (github.event_name == 'push' && 'push' || 'by hand') }})", "(push)"),
            ("(${{ inputs.id || (github.event_name != 'push' && 'push' || 'by hand') }})", "(by hand)"),
            ("${{ !inputs.id && inputs.environment }}", "production"),
            ("open ${{ end", "open ${{ end"),
        ] {
            assert_eq!(fill(text, &contexts), filled, "{text}");
        }
    }
}
