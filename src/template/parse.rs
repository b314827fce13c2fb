//! Parses a template's expression into a tree, with tera 2's grammar and precedence. Only `lint` uses the tree; tera
//! parses templates itself, and refuses what is no expression with a message of its own.

use super::ast::{Argument, Comprehension, Expr, ExprKind, FilterCall, Operator};
use super::lex::{PlacedToken, Token, tokens};
use super::top_names::CHANGE;

/// Parses an expression; `None` when the text is none.
pub(super) fn parse(text: &str) -> Option<Expr<'_>> {
    let mut parser = Parser { text, tokens: tokens(text).ok()?, next: 0, depth: 0, operations: 0 };
    let whole = parser.expression(0)?;
    (parser.next == parser.tokens.len()).then_some(whole)
}

/// The greatest depth of recursion: tera allows 40.
const MAX_DEPTH: usize = 50;
/// The greatest number of operations, each of which nests the ones before it.
const MAX_OPERATIONS: usize = 400;

/// The precedences of tera 2: an operator binds its right operand with the second number.
const CONDITIONAL: u8 = 0;
const NOT: u8 = 5;
const IS: u8 = 5;
const NEGATE: u8 = 20;
const FILTER: u8 = 17;

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<PlacedToken<'t>>,
    /// The index of the next token.
    next: usize,
    depth: usize,
    operations: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let matches = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.next += usize::from(matches);
        matches
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let matches = matches!(self.peek(), Some(Token::Word(found)) if *found == word);
        self.next += usize::from(matches);
        matches
    }

    fn word(&mut self) -> Option<&'t str> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let word = *word;
        self.next += 1;
        Some(word)
    }

    fn offset(&self) -> usize {
        self.tokens.get(self.next).map_or(self.text.len(), |placed| placed.start)
    }

    /// The expression from byte `start` to the last token consumed.
    fn node(&self, start: usize, kind: ExprKind<'t>) -> Expr<'t> {
        let end = self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |placed| placed.end);
        Expr { text: self.text.get(start..end).unwrap_or_default(), kind }
    }

    /// Operands between operators of a precedence of at least `lowest`.
    fn expression(&mut self, lowest: u8) -> Option<Expr<'t>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let start = self.offset();
        let mut left = self.operand()?;
        while self.has_operation(lowest) {
            self.operations += 1;
            if self.operations > MAX_OPERATIONS {
                return None;
            }
            left = self.operation(start, left)?;
        }
        self.depth -= 1;
        Some(left)
    }

    /// Whether an operation of a precedence of at least `lowest` follows.
    fn has_operation(&self, lowest: u8) -> bool {
        match self.peek() {
            Some(Token::Word("if")) => lowest == CONDITIONAL,
            Some(Token::Word("is" | "not")) => lowest <= IS,
            Some(Token::Sign("|")) => lowest <= FILTER,
            Some(Token::Sign("[" | "?[")) => true,
            Some(token) => Precedence::of(token).is_some_and(|precedence| precedence.left >= lowest),
            None => false,
        }
    }

    /// `left` with the operation behind it.
    fn operation(&mut self, start: usize, left: Expr<'t>) -> Option<Expr<'t>> {
        let sign = self.peek()?.clone();
        self.next += 1;
        let kind = match sign {
            Token::Word("if") => {
                let condition = self.expression(0)?;
                if !self.eat_word("else") {
                    return None;
                }
                ExprKind::Conditional(Box::new([left, condition, self.expression(0)?]))
            }
            Token::Word("is") => {
                let negated = self.eat_word("not");
                let test = ExprKind::Test(Box::new(left), self.called()?);
                if negated { ExprKind::Not(Box::new(self.node(start, test))) } else { test }
            }
            Token::Word("not") => {
                if !self.eat_word("in") {
                    return None;
                }
                let right = self.expression(IS + 1)?;
                let inside = self.node(start, ExprKind::Binary(Operator::In, Box::new([left, right])));
                ExprKind::Not(Box::new(inside))
            }
            Token::Sign("|") => ExprKind::Filter(Box::new(left), self.called()?),
            Token::Sign("[" | "?[") => self.subscript(left)?,
            sign => {
                let Precedence { operator, right, .. } = Precedence::of(&sign)?;
                let right = self.expression(right)?;
                ExprKind::Binary(operator, Box::new([left, right]))
            }
        };
        Some(self.node(start, kind))
    }

    fn operand(&mut self) -> Option<Expr<'t>> {
        let start = self.offset();
        let token = self.peek()?.clone();
        self.next += 1;
        let kind = match token {
            Token::Text(text) => ExprKind::Text(text),
            Token::Number => ExprKind::Number,
            Token::Word("true" | "True" | "false" | "False") => ExprKind::Flag,
            Token::Word("none" | "None" | "null") => ExprKind::None,
            Token::Word("not") => ExprKind::Not(Box::new(self.expression(NOT)?)),
            Token::Sign("-") => ExprKind::Negate(Box::new(self.expression(NEGATE)?)),
            Token::Word(name) => return self.name(start, name),
            Token::Sign("(") => {
                let inside = self.expression(0)?;
                return self.eat_sign(")").then_some(inside);
            }
            Token::Sign("[") => self.array()?,
            Token::Sign("{") => self.map()?,
            Token::Sign(_) => return None,
        };
        Some(self.node(start, kind))
    }

    /// A name with its fields and subscripts, or a call.
    fn name(&mut self, start: usize, name: &'t str) -> Option<Expr<'t>> {
        if self.eat_sign("(") {
            // `change(metric)` is no call of tera's: see `change`.
            let arguments = if name == CHANGE { self.only_argument()? } else { self.arguments()? };
            return Some(self.node(start, ExprKind::Call(name, arguments)));
        }
        let mut path = self.node(start, ExprKind::Name(name));
        loop {
            let kind = if self.eat_sign(".") || self.eat_sign("?.") {
                ExprKind::Field(Box::new(path), self.word()?)
            } else if self.eat_sign("[") || self.eat_sign("?[") {
                self.subscript(path)?
            } else {
                return Some(path);
            };
            path = self.node(start, kind);
        }
    }

    /// What follows an opening square bracket behind `of`.
    fn subscript(&mut self, of: Expr<'t>) -> Option<ExprKind<'t>> {
        let mut bounds = Vec::new();
        let mut is_slice = false;
        loop {
            if self.eat_sign("]") {
                break;
            }
            if self.eat_sign(":") {
                is_slice = true;
                continue;
            }
            bounds.push(self.expression(0)?);
        }
        match (is_slice, bounds.len()) {
            (true, _) => Some(ExprKind::Slice(Box::new(of), bounds)),
            (false, 1) => Some(ExprKind::Index(Box::new([of, bounds.pop()?]))),
            (false, _) => None,
        }
    }

    /// The name of a filter or a test with its arguments.
    fn called(&mut self) -> Option<FilterCall<'t>> {
        let name = self.word()?;
        let arguments = if self.eat_sign("(") { self.arguments()? } else { Vec::new() };
        Some(FilterCall { name, arguments })
    }

    /// The arguments up to the closing bracket.
    fn arguments(&mut self) -> Option<Vec<Argument<'t>>> {
        let mut arguments = Vec::new();
        while !self.eat_sign(")") {
            if !arguments.is_empty() && !self.eat_sign(",") {
                return None;
            }
            if self.eat_sign(")") {
                break;
            }
            let name = self.word()?;
            if !self.eat_sign("=") {
                return None;
            }
            arguments.push(Argument { name, value: self.expression(0)? });
        }
        Some(arguments)
    }

    /// One argument without a name, and the closing bracket.
    fn only_argument(&mut self) -> Option<Vec<Argument<'t>>> {
        let value = self.expression(0)?;
        self.eat_sign(")").then(|| vec![Argument { name: "", value }])
    }

    fn array(&mut self) -> Option<ExprKind<'t>> {
        let mut items = Vec::new();
        while !self.eat_sign("]") {
            if !items.is_empty() && !self.eat_sign(",") {
                return None;
            }
            if self.eat_sign("]") {
                break;
            }
            let _is_spread = self.eat_sign("...");
            let item = self.expression(0)?;
            if items.is_empty() && self.eat_word("for") {
                return self.comprehension(item);
            }
            items.push(item);
        }
        Some(ExprKind::Array(items))
    }

    /// What follows the `for` of a list comprehension.
    fn comprehension(&mut self, value: Expr<'t>) -> Option<ExprKind<'t>> {
        let mut names = vec![self.word()?];
        while self.eat_sign(",") {
            names.push(self.word()?);
        }
        if !self.eat_word("in") {
            return None;
        }
        let list = self.expression(CONDITIONAL + 1)?;
        let condition = if self.eat_word("if") { Some(self.expression(CONDITIONAL + 1)?) } else { None };
        let comprehension = Comprehension { value, names, list, condition };
        self.eat_sign("]").then(|| ExprKind::Comprehension(Box::new(comprehension)))
    }

    fn map(&mut self) -> Option<ExprKind<'t>> {
        let mut values = Vec::new();
        while !self.eat_sign("}") {
            if !values.is_empty() && !self.eat_sign(",") {
                return None;
            }
            if self.eat_sign("}") {
                break;
            }
            if !self.eat_sign("...") {
                self.next += 1;
                if !self.eat_sign(":") {
                    return None;
                }
            }
            values.push(self.expression(0)?);
        }
        Some(ExprKind::Map(values))
    }
}

/// A binary operator with its precedences.
struct Precedence {
    operator: Operator,
    left: u8,
    right: u8,
}

impl Precedence {
    fn of(token: &Token<'_>) -> Option<Self> {
        let (operator, left, right) = match token {
            Token::Word("or") => (Operator::Logical, 1, 2),
            Token::Word("and") => (Operator::Logical, 3, 4),
            Token::Word("in") => (Operator::In, IS, IS + 1),
            Token::Sign("==" | "!=" | "<" | "<=" | ">" | ">=") => (Operator::Comparison, 7, 8),
            Token::Sign("+" | "-") => (Operator::Arithmetic, 11, 12),
            Token::Sign("*" | "/" | "//" | "%") => (Operator::Arithmetic, 13, 14),
            Token::Sign("~") => (Operator::Concatenation, 13, 14),
            Token::Sign("**") => (Operator::Arithmetic, 16, 15),
            _ => return None,
        };
        Some(Self { operator, left, right })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ast::{Argument, Expr, ExprKind};
    use super::parse;

    /// The tree with all its brackets.
    fn shape(expr: &Expr<'_>) -> String {
        let all = |parts: &[Expr<'_>]| parts.iter().map(shape).collect::<Vec<_>>().join(" ");
        let arguments = |arguments: &[Argument<'_>]| {
            arguments.iter().map(|a| format!(" {}={}", a.name, shape(&a.value))).collect::<String>()
        };
        match &expr.kind {
            ExprKind::Text(text) => format!("{text:?}"),
            ExprKind::Number | ExprKind::Flag | ExprKind::None => expr.text.to_owned(),
            ExprKind::Name(name) => (*name).to_owned(),
            ExprKind::Field(of, name) => format!("{}.{name}", shape(of)),
            ExprKind::Index(parts) => format!("(index {})", all(&parts[..])),
            ExprKind::Slice(of, bounds) => format!("(slice {} {})", shape(of), all(bounds)),
            ExprKind::Array(items) => format!("[{}]", all(items)),
            ExprKind::Map(values) => format!("{{{}}}", all(values)),
            ExprKind::Call(name, given) => format!("({name}{})", arguments(given)),
            ExprKind::Filter(of, word) => format!("({} | {}{})", shape(of), word.name, arguments(&word.arguments)),
            ExprKind::Test(of, word) => format!("({} is {}{})", shape(of), word.name, arguments(&word.arguments)),
            ExprKind::Not(of) => format!("(not {})", shape(of)),
            ExprKind::Negate(of) => format!("(- {})", shape(of)),
            ExprKind::Binary(operator, parts) => format!("({operator:?} {})", all(&parts[..])),
            ExprKind::Conditional(parts) => format!("(if {})", all(&parts[..])),
            ExprKind::Comprehension(inner) => format!("(for {} {})", shape(&inner.value), shape(&inner.list)),
        }
    }

    #[test]
    fn operators_bind_as_in_tera() {
        for (text, tree) in [
            ("a and not b == 1", "(Logical a (not (Comparison b 1)))"),
            ("a | length > 3 or b", "(Logical (Comparison (a | length) 3) b)"),
            ("1 + a.n.b | round(precision=2)", "(Arithmetic 1 (a.n.b | round precision=2))"),
            ("x is not none and x in [\"甲\", 'x']", "(Logical (not (x is none)) (In x [\"甲\" \"x\"]))"),
            ("a[0].b[\"c\"] if n.x > 1 else \"无\"", "(if (index (index a 0).b \"c\") (Comparison n.x 1) \"无\")"),
            ("x not in rows[1:2] | reverse", "(not (In x ((slice rows 1 2) | reverse)))"),
            ("[r.x for r in rows if r.n.y]", "(for r.x rows)"),
            ("{\"甲\": 1, ...b} | keys", "({1 b} | keys)"),
            ("-a ~ gap(what=\"x\")", "(Concatenation (- a) (gap what=\"x\"))"),
            ("(a | where(x=\"}\"))[0]", "(index (a | where x=\"}\") 0)"),
        ] {
            assert_eq!(parse(text).map(|expr| shape(&expr)).as_deref(), Some(tree), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_written_brings_the_parser_down(text in "[a-c0-9 .,:|()\\[\\]{}!=<>+*~\"'\\\\\n甲-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
