//! Parses the tokens of an expression into its abstract syntax tree: recursive descent, with precedence climbing for
//! binary operators.

use super::ast::{Expr, ExprKind, MAX_DEPTH, Operator};
use super::lex::{SyntaxError, Token, TokenKind, tokens};

/// Parses an expression.
///
/// # Errors
/// With a message in Chinese that names the character at which the text is no expression.
pub(super) fn parse(text: &str) -> Result<Expr<'_>, String> {
    let whole = tokens(text).and_then(|tokens| {
        let mut parser = Parser { text, tokens, next: 0, depth: 0 };
        let whole = parser.expression(0)?;
        match parser.peek() {
            TokenKind::End => Ok(whole),
            _ => Err(parser.unexpected("前面缺少运算符，或者多余")),
        }
    });
    whole.map_err(|SyntaxError { offset, message }| {
        let place = text.get(..offset).map_or(0, |before| before.chars().count()) + 1;
        format!("表达式写法不对：第 {place} 个字处{message}（{text}）")
    })
}

type Parsed<'t> = Result<Expr<'t>, SyntaxError>;

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    /// The index of the next token.
    next: usize,
    /// The number of operands around it.
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> &TokenKind<'t> {
        self.tokens.get(self.next).map_or(&TokenKind::End, |token| &token.kind)
    }

    /// The byte offset of the next token.
    fn offset(&self) -> usize {
        self.tokens.get(self.next).map_or(self.text.len(), |token| token.start)
    }

    /// Consumes the next token when it is `symbol`.
    fn eat(&mut self, symbol: &str) -> bool {
        let matches = matches!(self.peek(), TokenKind::Symbol(found) if *found == symbol);
        self.next += usize::from(matches);
        matches
    }

    /// Consumes the next token when it is the word `word`.
    fn eat_word(&mut self, word: &str) -> bool {
        let matches = matches!(self.peek(), TokenKind::Word(found) if *found == word);
        self.next += usize::from(matches);
        matches
    }

    fn expect(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(&format!("不对，应是“{symbol}”"))) }
    }

    fn name(&mut self) -> Result<&'t str, SyntaxError> {
        match self.peek() {
            TokenKind::Word(name) => {
                let name = *name;
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.unexpected("不对，应是名称")),
        }
    }

    /// The text of a token by its index.
    fn token_text(&self, index: usize) -> Option<&'t str> {
        self.tokens.get(index).and_then(|token| self.text.get(token.start..token.end))
    }

    /// The error of the next token; `why` follows its text.
    fn unexpected(&self, why: &str) -> SyntaxError {
        let offset = self.offset();
        let before = self.next.checked_sub(1);
        let before_offset = before.and_then(|at| self.tokens.get(at)).map_or(offset, |token| token.start);
        let misspelt = |offset, found, right| SyntaxError::new(offset, format!("的“{found}”应写“{right}”"));
        match (before.and_then(|at| self.token_text(at)), self.token_text(self.next).unwrap_or_default()) {
            (Some(word @ ("NOT" | "Not" | "不" | "非")), _) => misspelt(before_offset, word, "not"),
            (Some("<"), ">") => misspelt(before_offset, "<>", "!="),
            (_, "") => SyntaxError::new(offset, "没有写完"),
            (_, found) => match written_elsewhere(found) {
                Some(right) => misspelt(offset, found, right),
                None => SyntaxError::new(offset, format!("的“{found}”{why}")),
            },
        }
    }

    /// The expression from byte `start` up to the last token consumed.
    fn node(&self, start: usize, kind: ExprKind<'t>) -> Parsed<'t> {
        let end = self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        let depth = kind.depth() + 1;
        if depth > MAX_DEPTH {
            return Err(too_deep(start));
        }
        Ok(Expr { text: self.text.get(start..end).unwrap_or_default(), kind, depth })
    }

    /// Operands between operators of a precedence above `lowest`; operators of one precedence associate to the left.
    fn expression(&mut self, lowest: u8) -> Parsed<'t> {
        let start = self.offset();
        let mut left = self.operand()?;
        while let TokenKind::Symbol(sign) | TokenKind::Word(sign) = self.peek() {
            let Some((operator, precedence)) = Operator::from_sign(sign).filter(|(_, precedence)| *precedence > lowest)
            else {
                break;
            };
            self.next += 1;
            let right = self.expression(precedence)?;
            left = self.node(start, ExprKind::Binary(operator, Box::new([left, right])))?;
        }
        Ok(left)
    }

    /// An operand with its prefix operators, properties and method calls. All recursion of the parser goes through
    /// here.
    fn operand(&mut self) -> Parsed<'t> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep(self.offset()));
        }
        self.depth += 1;
        let start = self.offset();
        let operand = if self.eat_word("not") {
            self.expression(Operator::AND_PRECEDENCE)
                .and_then(|operand| self.node(start, ExprKind::Not(Box::new(operand))))
        } else if self.eat("!") {
            self.operand().and_then(|operand| self.node(start, ExprKind::Not(Box::new(operand))))
        } else if self.eat("-") {
            self.operand().and_then(|operand| self.node(start, ExprKind::Negate(Box::new(operand))))
        } else {
            self.primary().and_then(|first| self.postfix(start, first))
        };
        self.depth -= 1;
        operand
    }

    /// `.name` and `.name(…)` after an operand.
    fn postfix(&mut self, start: usize, mut operand: Expr<'t>) -> Parsed<'t> {
        while self.eat(".") {
            let name = self.name()?;
            let kind = if self.eat("(") {
                ExprKind::Call(name, self.arguments(vec![operand], ")")?)
            } else {
                ExprKind::Property(Box::new(operand), name)
            };
            operand = self.node(start, kind)?;
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Parsed<'t> {
        let start = self.offset();
        let kind = match self.peek().clone() {
            TokenKind::Number(number) => ExprKind::Number(number),
            TokenKind::Text(text) => ExprKind::Text(text),
            TokenKind::Word("true") => ExprKind::Flag(true),
            TokenKind::Word("false") => ExprKind::Flag(false),
            TokenKind::Word(name) => {
                self.next += 1;
                let called = self.eat("(");
                let kind =
                    if called { ExprKind::Call(name, self.arguments(Vec::new(), ")")?) } else { ExprKind::Name(name) };
                return self.node(start, kind);
            }
            TokenKind::Symbol("[") => {
                self.next += 1;
                let kind = ExprKind::List(self.arguments(Vec::new(), "]")?);
                return self.node(start, kind);
            }
            TokenKind::Symbol("(") => {
                self.next += 1;
                let inside = self.expression(0)?;
                self.expect(")")?;
                return Ok(inside);
            }
            _ => return Err(self.unexpected("不对，应是数字、文字、名称或括号")),
        };
        self.next += 1;
        self.node(start, kind)
    }

    /// The arguments up to the closing bracket, appended to `arguments`.
    fn arguments(&mut self, mut arguments: Vec<Expr<'t>>, closing: &str) -> Result<Vec<Expr<'t>>, SyntaxError> {
        if self.eat(closing) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument()?);
            if !self.eat(",") {
                self.expect(closing)?;
                return Ok(arguments);
            }
        }
    }

    fn argument(&mut self) -> Parsed<'t> {
        let start = self.offset();
        if !self.eat("|") {
            return self.expression(0);
        }
        let mut parameters = vec![self.name()?];
        while self.eat(",") {
            parameters.push(self.name()?);
        }
        self.expect("|")?;
        let body = self.expression(0)?;
        self.node(start, ExprKind::Closure(parameters, Box::new(body)))
    }
}

/// The operator for a word that other languages, or people, use for it.
fn written_elsewhere(word: &str) -> Option<&'static str> {
    Some(match word {
        "AND" | "And" | "且" | "并且" | "和" => "and",
        "OR" | "Or" | "或" | "或者" => "or",
        "等于" | "是" | "is" => "==",
        "不等于" => "!=",
        "大于" | "晚于" => ">",
        "小于" | "早于" => "<",
        "大于等于" | "大于或等于" | "不小于" | "不少于" | "不早于" => ">=",
        "小于等于" | "小于或等于" | "不大于" | "不超过" | "不晚于" => "<=",
        _ => return None,
    })
}

fn too_deep(offset: usize) -> SyntaxError {
    SyntaxError::new(offset, format!("嵌套太深，最多 {MAX_DEPTH} 层"))
}

#[cfg(test)]
mod tests {
    use super::super::ast::{Expr, ExprKind, MAX_DEPTH};
    use super::parse;

    /// The tree with all its brackets.
    fn shape(expr: &Expr<'_>) -> String {
        let all = |parts: &[Expr<'_>]| parts.iter().map(shape).collect::<Vec<_>>().join(" ");
        match &expr.kind {
            ExprKind::Number(number) => number.to_string(),
            ExprKind::Text(text) => format!("{text:?}"),
            ExprKind::Flag(flag) => flag.to_string(),
            ExprKind::Name(name) => (*name).to_owned(),
            ExprKind::List(parts) => format!("[{}]", all(parts)),
            ExprKind::Property(of, name) => format!("{}.{name}", shape(of)),
            ExprKind::Call(name, parts) => format!("{name}({})", all(parts)),
            ExprKind::Closure(names, body) => format!("|{}| {}", names.join(" "), shape(body)),
            ExprKind::Not(of) => format!("(Not {})", shape(of)),
            ExprKind::Negate(of) => format!("(Negate {})", shape(of)),
            ExprKind::Binary(operator, parts) => format!("({operator:?} {})", all(&parts[..])),
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
            ("a or b and c || d", "(Or (Or a (And b c)) d)"),
            ("not a == b and not c", "(And (Not (Equal a b)) (Not c))"),
            ("not not a", "(Not (Not a))"),
            ("or(a, 0) or or(b, 0)", "(Or or(a 0) or(b 0))"),
            ("a.or(0) + 1", "(Plus or(a 0) 1)"),
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
        let Ok(Expr { kind: ExprKind::Binary(_, parts), .. }) = parse(" max(a, 2) + b . c ") else { panic!("a sum") };
        assert_eq!(parts.map(|part| part.text), ["max(a, 2)", "b . c"]);
    }

    #[test]
    fn what_is_no_expression_is_refused_with_its_place() {
        for (text, expected) in [
            ("", "第 1 个字处没有写完"),
            ("team.len(", "第 10 个字处没有写完（team.len(）"),
            ("甲 + )", "第 5 个字处的“)”不对"),
            ("a b", "第 3 个字处的“b”前面缺少运算符"),
            ("r.done 小于 r.required", "第 8 个字处的“小于”应写“<”"),
            ("a 不晚于 b", "“不晚于”应写“<=”"),
            ("a AND b", "第 3 个字处的“AND”应写“and”"),
            ("a 或者 b", "第 3 个字处的“或者”应写“or”"),
            ("非 a", "“非”应写“not”"),
            ("and b", "第 5 个字处的“b”前面缺少运算符"),
            ("a not b", "“not”前面缺少运算符"),
            ("a and", "第 6 个字处没有写完"),
            ("r.state <> 1", "“<>”应写“!=”"),
            ("a in b", "“in”前面缺少运算符"),
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
            assert!(said.starts_with("表达式写法不对：") && said.contains(expected), "{text}: {said}");
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
