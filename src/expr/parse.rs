//! An expression's text as a tree of what is written, before anybody asks what its names stand for.

use rust_decimal::Decimal;

use super::lex::{Misplaced, Placed, Token, tokens};

/// How deep a tree may be. Everything that walks one does so by recursion.
pub const MAX_DEPTH: usize = 100;

/// What is written at a place of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr<'t> {
    /// The text itself, for messages.
    pub text: &'t str,
    /// What it is.
    pub kind: Kind<'t>,
    depth: usize,
}

/// What can be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<'t> {
    /// `0.05`
    Number(Decimal),
    /// `"已完成"`
    Text(String),
    /// `true`
    Flag(bool),
    /// `[1, 2]`
    List(Vec<Expr<'t>>),
    /// `study`
    Name(&'t str),
    /// `r.done`
    Property(Box<Expr<'t>>, &'t str),
    /// `ratio(a, b)`; what a method is called on stands first: `a.len()` is `len(a)`.
    Call(&'t str, Vec<Expr<'t>>),
    /// `|r| r.done`; stands nowhere but among arguments.
    Closure(Vec<&'t str>, Box<Expr<'t>>),
    /// `!a`
    Not(Box<Expr<'t>>),
    /// `-a`
    Negate(Box<Expr<'t>>),
    /// `a + b`
    Binary(Operator, Box<[Expr<'t>; 2]>),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
    /// `%`
    Modulo,
}

impl Operator {
    /// The operator that a sign is, and how tightly it binds.
    fn of(sign: &str) -> Option<(Self, u8)> {
        Some(match sign {
            "||" => (Self::Or, 1),
            "&&" => (Self::And, 2),
            "==" => (Self::Equal, 3),
            "!=" => (Self::Unequal, 3),
            "<" => (Self::Less, 4),
            "<=" => (Self::LessOrEqual, 4),
            ">" => (Self::Greater, 4),
            ">=" => (Self::GreaterOrEqual, 4),
            "+" => (Self::Plus, 5),
            "-" => (Self::Minus, 5),
            "*" => (Self::Times, 6),
            "/" => (Self::Over, 6),
            "%" => (Self::Modulo, 6),
            _ => return None,
        })
    }
}

impl<'t> Kind<'t> {
    /// The depth of the deepest part.
    fn depth(&self) -> usize {
        let of_all = |parts: &[Expr<'t>]| parts.iter().map(|part| part.depth).max().unwrap_or_default();
        match self {
            Self::Number(_) | Self::Text(_) | Self::Flag(_) | Self::Name(_) => 0,
            Self::List(parts) | Self::Call(_, parts) => of_all(parts),
            Self::Binary(_, parts) => of_all(&parts[..]),
            Self::Property(part, _) | Self::Closure(_, part) | Self::Not(part) | Self::Negate(part) => part.depth,
        }
    }
}

/// The tree of an expression.
///
/// # Errors
/// With a sentence that names the place at which the text is no expression.
pub fn parse(text: &str) -> Result<Expr<'_>, String> {
    let whole = tokens(text).and_then(|tokens| {
        let mut parser = Parser { text, tokens, at: 0, depth: 0 };
        let whole = parser.expression(0)?;
        match parser.peek() {
            Token::End => Ok(whole),
            _ => Err(parser.unexpected("前面缺少运算符，或者多余")),
        }
    });
    whole.map_err(|Misplaced { at, message }| {
        let place = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
        format!("表达式写法不对：第 {place} 个字处{message}（{text}）")
    })
}

type Parsed<'t> = Result<Expr<'t>, Misplaced>;

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Placed<'t>>,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> &Token<'t> {
        self.tokens.get(self.at).map_or(&Token::End, |placed| &placed.token)
    }

    /// The byte at which the next token begins.
    fn from(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |placed| placed.from)
    }

    /// Passes the next token when it is `sign`.
    fn passes(&mut self, sign: &str) -> bool {
        let passes = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.at += usize::from(passes);
        passes
    }

    fn expect(&mut self, sign: &str) -> Result<(), Misplaced> {
        if self.passes(sign) { Ok(()) } else { Err(self.unexpected(&format!("不对，应是“{sign}”"))) }
    }

    fn name(&mut self) -> Result<&'t str, Misplaced> {
        match self.peek() {
            Token::Word(name) => {
                let name = *name;
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.unexpected("不对，应是名称")),
        }
    }

    /// What is wrong with the next token.
    fn unexpected(&self, why: &str) -> Misplaced {
        let found = self.tokens.get(self.at).and_then(|placed| self.text.get(placed.from..placed.to));
        match found.unwrap_or_default() {
            "" => Misplaced::new(self.from(), "没有写完"),
            found => Misplaced::new(self.from(), format!("的“{found}”{why}")),
        }
    }

    /// What was read from byte `from` up to the last token passed.
    fn node(&self, from: usize, kind: Kind<'t>) -> Parsed<'t> {
        let to = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(from, |placed| placed.to);
        let depth = kind.depth() + 1;
        if depth > MAX_DEPTH {
            return Err(too_deep(from));
        }
        Ok(Expr { text: self.text.get(from..to).unwrap_or_default(), kind, depth })
    }

    /// Operands between operators that bind tighter than `loosest`; those that bind alike from left to right.
    fn expression(&mut self, loosest: u8) -> Parsed<'t> {
        let from = self.from();
        let mut left = self.operand()?;
        while let Token::Sign(sign) = self.peek() {
            let Some((operator, tightness)) = Operator::of(sign).filter(|(_, tightness)| *tightness > loosest) else {
                break;
            };
            self.at += 1;
            let right = self.expression(tightness)?;
            left = self.node(from, Kind::Binary(operator, Box::new([left, right])))?;
        }
        Ok(left)
    }

    /// An operand with what stands before and behind it. All recursion passes here.
    fn operand(&mut self) -> Parsed<'t> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep(self.from()));
        }
        self.depth += 1;
        let from = self.from();
        let operand = if self.passes("!") {
            self.operand().and_then(|of| self.node(from, Kind::Not(Box::new(of))))
        } else if self.passes("-") {
            self.operand().and_then(|of| self.node(from, Kind::Negate(Box::new(of))))
        } else {
            self.primary().and_then(|first| self.linked(from, first))
        };
        self.depth -= 1;
        operand
    }

    /// `.name` and `.name(…)` behind an operand.
    fn linked(&mut self, from: usize, mut of: Expr<'t>) -> Parsed<'t> {
        while self.passes(".") {
            let name = self.name()?;
            let kind = if self.passes("(") {
                Kind::Call(name, self.arguments(vec![of], ")")?)
            } else {
                Kind::Property(Box::new(of), name)
            };
            of = self.node(from, kind)?;
        }
        Ok(of)
    }

    fn primary(&mut self) -> Parsed<'t> {
        let from = self.from();
        let kind = match self.peek().clone() {
            Token::Number(number) => Kind::Number(number),
            Token::Text(text) => Kind::Text(text),
            Token::Word("true") => Kind::Flag(true),
            Token::Word("false") => Kind::Flag(false),
            Token::Word(name) => {
                self.at += 1;
                let called = self.passes("(");
                let kind = if called { Kind::Call(name, self.arguments(Vec::new(), ")")?) } else { Kind::Name(name) };
                return self.node(from, kind);
            }
            Token::Sign("[") => {
                self.at += 1;
                let kind = Kind::List(self.arguments(Vec::new(), "]")?);
                return self.node(from, kind);
            }
            Token::Sign("(") => {
                self.at += 1;
                let inside = self.expression(0)?;
                self.expect(")")?;
                return Ok(inside);
            }
            _ => return Err(self.unexpected("不对，应是数字、文字、名称或括号")),
        };
        self.at += 1;
        self.node(from, kind)
    }

    /// What stands up to the closing bracket, parted by commas, after those `before`.
    fn arguments(&mut self, before: Vec<Expr<'t>>, closing: &str) -> Result<Vec<Expr<'t>>, Misplaced> {
        let mut arguments = before;
        if self.passes(closing) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument()?);
            if !self.passes(",") {
                self.expect(closing)?;
                return Ok(arguments);
            }
        }
    }

    fn argument(&mut self) -> Parsed<'t> {
        let from = self.from();
        if !self.passes("|") {
            return self.expression(0);
        }
        let mut parameters = vec![self.name()?];
        while self.passes(",") {
            parameters.push(self.name()?);
        }
        self.expect("|")?;
        let body = self.expression(0)?;
        self.node(from, Kind::Closure(parameters, Box::new(body)))
    }
}

fn too_deep(at: usize) -> Misplaced {
    Misplaced::new(at, format!("嵌套太深，最多 {MAX_DEPTH} 层"))
}

#[cfg(test)]
mod tests {
    use super::{Expr, Kind, MAX_DEPTH, parse};

    /// The tree with all its brackets.
    fn shape(expr: &Expr<'_>) -> String {
        let all = |parts: &[Expr<'_>]| parts.iter().map(shape).collect::<Vec<_>>().join(" ");
        match &expr.kind {
            Kind::Number(number) => number.to_string(),
            Kind::Text(text) => format!("{text:?}"),
            Kind::Flag(flag) => flag.to_string(),
            Kind::Name(name) => (*name).to_owned(),
            Kind::List(parts) => format!("[{}]", all(parts)),
            Kind::Property(of, name) => format!("{}.{name}", shape(of)),
            Kind::Call(name, parts) => format!("{name}({})", all(parts)),
            Kind::Closure(names, body) => format!("|{}| {}", names.join(" "), shape(body)),
            Kind::Not(of) => format!("(Not {})", shape(of)),
            Kind::Negate(of) => format!("(Negate {})", shape(of)),
            Kind::Binary(operator, parts) => format!("({operator:?} {})", all(&parts[..])),
        }
    }

    fn refusal(text: &str) -> String {
        parse(text).expect_err(text)
    }

    #[test]
    fn operators_bind_as_they_do_elsewhere() {
        for (text, tree) in [
            ("a || b && c", "(Or a (And b c))"),
            ("a && b || c && d", "(Or (And a b) (And c d))"),
            ("a && b == c", "(And a (Equal b c))"),
            ("a == b < c", "(Equal a (Less b c))"),
            ("a < b + c * d", "(Less a (Plus b (Times c d)))"),
            ("a - b - c", "(Minus (Minus a b) c)"),
            ("a / b % c * d", "(Times (Modulo (Over a b) c) d)"),
            ("(a - (b - c))", "(Minus a (Minus b c))"),
            ("-a.b + 2", "(Plus (Negate a.b) 2)"),
            ("- 2 * 3", "(Times (Negate 2) 3)"),
            ("a - -b", "(Minus a (Negate b))"),
            ("!a == b", "(Equal (Not a) b)"),
            ("!!has(r.x) && true", "(And (Not (Not has(r.x))) true)"),
            (
                "study.filter(|r| r.done < 1 || r . x != 'a').len()",
                "len(filter(study |r| (Or (Less r.done 1) (Unequal r.x \"a\"))))",
            ),
            ("sum(study.map(|r, i| i))", "sum(map(study |r i| i))"),
            ("[1, 2.50].len() >= 2", "(GreaterOrEqual len([1 2.50]) 2)"),
        ] {
            assert_eq!(parse(text).map(|expr| shape(&expr)).as_deref(), Ok(tree), "{text}");
        }
    }

    #[test]
    fn parts_keep_their_text() {
        let Ok(Expr { kind: Kind::Binary(_, parts), .. }) = parse(" max(a, 2) + b . c ") else { panic!("a sum") };
        assert_eq!(parts.map(|part| part.text), ["max(a, 2)", "b . c"]);
    }

    #[test]
    fn what_is_no_expression_is_refused_with_its_place() {
        for (text, says) in [
            ("", "第 1 个字处没有写完"),
            ("team.len(", "第 10 个字处没有写完（team.len(）"),
            ("甲 + )", "第 5 个字处的“)”不对"),
            ("a b", "第 3 个字处的“b”前面缺少运算符"),
            ("a.1", "“1”不对，应是名称"),
            ("(a + b", "没有写完"),
            ("[1, 2)", "“)”不对，应是“]”"),
            ("x.map(|| 1)", "“||”不对"),
            ("x.map(|r, 1)", "“1”不对，应是名称"),
            ("|r| r", "“|”不对"),
            ("while true {}", "“{”不能用"),
            ("a; b", "第 2 个字处的“;”不能用"),
        ] {
            let said = refusal(text);
            assert!(said.starts_with("表达式写法不对：") && said.contains(says), "{text}: {said}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let many = 100_000;
        for text in [
            "(".repeat(many),
            "!".repeat(many),
            "[".repeat(many),
            "-".repeat(many),
            "x.map(|r| ".repeat(many),
            "max(".repeat(many),
            format!("a{}", " + a".repeat(many)),
            format!("a{}", ".len()".repeat(many)),
            format!("{}a{}", "(".repeat(80), format!("{})", " + a".repeat(80)).repeat(80)),
        ] {
            assert!(refusal(&text).contains("嵌套太深"), "{}", &text[..20]);
        }
        let deepest = format!("{}a{}", "(".repeat(MAX_DEPTH - 1), ")".repeat(MAX_DEPTH - 1));
        assert!(parse(&deepest).is_ok() && parse(&format!("({deepest})")).is_err());
        assert!(parse(&format!("a{}", " + a".repeat(MAX_DEPTH - 1))).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn nothing_written_brings_the_parser_down(text in "\\PC{0,60}", code in "[a-c0-9 .,|()\\[\\]!=<>&+*/%\"'\\\\\n-]{0,60}") {
            let _ = parse(&text);
            let _ = parse(&code);
        }
    }
}
