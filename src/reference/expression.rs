//! The words of the expression language: functions, operators and the names that each kind of expression may use.

/// A function of expressions; every one may also be written as a method of its first argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionDoc {
    /// The name, as expressions write it.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it gives, in a sentence.
    pub what: &'static str,
    /// An expression that uses it.
    pub example: &'static str,
    /// What it takes first, under which the manual lists it.
    pub group: Group,
}

/// What a function takes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// A list: a ledger's rows, branches, days, values.
    List,
    /// One value: a number, a day, a text, a condition.
    Value,
}

/// An operator of expressions. Its level is checked against the parser's precedence by a test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OperatorDoc {
    /// The operator as it is written.
    pub sign: &'static str,
    /// How tightly it binds, from 1, the loosest.
    pub level: u8,
    /// What it gives.
    pub what: &'static str,
}

impl OperatorDoc {
    /// Its rank in the order of evaluation, from 1, evaluated first.
    pub(crate) fn rank(&self) -> u8 {
        let tightest = PREFIXES.iter().map(|operator| operator.level).max().unwrap_or_default();
        tightest + 1 - self.level
    }
}

/// A name that expressions may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    /// The name as it is written; what stands for an id is in Chinese.
    pub name: &'static str,
    /// The settings whose expressions may use it.
    pub place: &'static str,
    /// What it stands for.
    pub what: &'static str,
}

const fn function(
    name: &'static str,
    form: &'static str,
    what: &'static str,
    example: &'static str,
    group: Group,
) -> FunctionDoc {
    FunctionDoc { name, form, what, example, group }
}

use Group::{List, Value};

/// The functions, those of lists first.
pub(crate) const FUNCTIONS: &[FunctionDoc] = &[
    function("len", "列表.len()", "有几项。", "study.len()", List),
    function(
        "filter",
        "列表.filter(|r| 条件)",
        "符合条件的各项，仍是列表。",
        "study.filter(|r| r.done < r.required).len()",
        List,
    ),
    function(
        "map",
        "列表.map(|r| 式子)",
        "每项算出一个值，得出这些值的列表。",
        "sum(study.map(|r| max(r.required - r.done, 0)))",
        List,
    ),
    function(
        "sum",
        "sum(数字的列表)",
        "各数之和；一项也没有是 0，按年、季度、月等取某一期而没有那一期的行，就没有结果。",
        "sum(theme.map(|r| r.present))",
        List,
    ),
    function(
        "only",
        "列表.only()",
        "列表里唯一的一项，例如上年数只有一行；一项也没有就没有结果，不当作 0，不止一项算不出来。",
        "council.map(|r| r.present).only()",
        List,
    ),
    function(
        "change",
        "change(指标)",
        "比上一期多多少，就是 指标 - prev.指标；上一期没有数的没有结果。模板里的 change 写成“增加3项”。",
        "change(rectify_overdue)",
        Value,
    ),
    function(
        "count",
        "列表.count(|r| 条件)",
        "符合条件的有几项，与 filter(…).len() 相同；也可以写 count(列表, |r| 条件)。",
        "count(study, |r| r.done < r.required)",
        List,
    ),
    function("mean", "mean(数字的列表)", "平均数；一项也没有就没有结果。", "mean(project.map(|r| r.rate))", List),
    function(
        "some",
        "列表.some(|r| 条件)",
        "是不是至少有一项符合。",
        "calendar.theme.filter(|d| theme.some(|r| r.date == d)).len()",
        List,
    ),
    function(
        "all",
        "列表.all(|r| 条件)",
        "是不是项项符合；一项也没有也算是。",
        "calendar.theme.filter(|d| theme.all(|r| r.date != d)).len()",
        List,
    ),
    function(
        "is_empty",
        "列表.is_empty()",
        "是不是一项也没有。",
        "calendar.theme.filter(|d| theme.filter(|r| r.date == d).is_empty()).len()",
        List,
    ),
    function(
        "ratio",
        "ratio(部分, 总数)",
        "部分除以总数；总数是 0 就没有结果，不算错。",
        "ratio(rectify_done, rectify_total)",
        Value,
    ),
    function("max", "max(甲, 乙)", "两个数里大的一个。", "max(theme_expected - theme_uploaded, 0)", Value),
    function("min", "min(甲, 乙)", "两个数里小的一个。", "sum(study.map(|r| min(r.done, r.required)))", Value),
    function("floor", "floor(数)", "去掉小数，往小取整。", "floor(study_gap / 5)", Value),
    function(
        "days_between",
        "days_between(早, 晚)",
        "从前一个日期到后一个日期有几天；后一个更早就是负数。",
        "rectify.filter(|r| r.state != \"已完成\" && days_between(r.due, cutoff) > 30).len()",
        Value,
    ),
    function(
        "if",
        "if(条件, 甲, 乙)",
        "条件成立得甲，不成立得乙；条件没有结果就没有结果。",
        "if(rectify_open == 0, 0, ratio(rectify_overdue, rectify_open))",
        Value,
    ),
    function(
        "or",
        "or(值, 代替的值)",
        "值没有结果时得代替的值。空着的格本来不计，只在确实该当作某个数时用。",
        "sum(team.map(|r| or(r.members, 0)))",
        Value,
    ),
    function(
        "has",
        "has(值)",
        "有没有内容；空着的格只有它能问。写着“无”的也算有内容，不算的写 has(r.x) && r.x != \"无\"。",
        "rectify.filter(|r| has(r.done_on)).len()",
        Value,
    ),
];

const fn operator(sign: &'static str, level: u8, what: &'static str) -> OperatorDoc {
    OperatorDoc { sign, level, what }
}

/// The operators between two values, the loosest first.
pub(crate) const OPERATORS: &[OperatorDoc] = &[
    operator("||", 1, "或者：有一边成立就成立"),
    operator("or", 1, "或者的另一种写法"),
    operator("&&", 2, "并且：两边都成立才成立"),
    operator("and", 2, "并且的另一种写法"),
    operator("==", 4, "相等"),
    operator("!=", 4, "不相等"),
    operator("<", 5, "小于；日期是早于"),
    operator("<=", 5, "小于或等于；日期是不晚于"),
    operator(">", 5, "大于；日期是晚于"),
    operator(">=", 5, "大于或等于；日期是不早于"),
    operator("+", 6, "加"),
    operator("-", 6, "减"),
    operator("*", 7, "乘"),
    operator("/", 7, "除；除以 0 算不出来"),
    operator("%", 7, "除下来的余数"),
];

/// The operators before a value; all but `not` bind tighter than those between two.
pub(crate) const PREFIXES: &[OperatorDoc] = &[
    operator("!", 8, "不：成立变不成立，只管紧跟着的一项"),
    operator("-", 8, "负数"),
    operator("not", 3, "不：成立变不成立，管到后面的 `and`、`or` 为止"),
];

const fn name(name: &'static str, place: &'static str, what: &'static str) -> Name {
    Name { name, place, what }
}

/// The names that expressions may use.
pub(crate) const NAMES: &[Name] = &[
    name("vars.名称", "各处", "[vars] 里的值：文字、数字或日期"),
    name("cutoff", "各处", "数据截止日，[notice] 的 cutoff"),
    name("deadline", "各处", "报送截止日期，[notice] 的 deadline"),
    name("calendar.固定日", "各处", "到数据截止日为止的固定日，日期的列表"),
    name("台账名", "[metric]", "这个单位在这个台账里的各行；|r| 后面写 r.列名"),
    name("前面的指标名", "[metric]", "写在前面的指标，四舍五入以前的数"),
    name("prev.指标名", "[metric]、[summary.metric]", "上一期的这个指标；没有的和空着的格一样，没有结果"),
    name("row", "[[check]]、[[annex]]、[[summary.sheet]]", "正在核对或要列的这一行，row.列名 是它的一格"),
    name("b", "[summary.list]", "一个单位：b.name 名称，b.kind 类别，b.指标名 它的指标，b.prev.指标名 它上一期的指标"),
    name("branches", "[summary.metric]", "全部单位；|b| 后面写 b.name、b.kind、b.指标名"),
    name("名单名", "[summary.metric]", "[summary.list] 里这份名单上的单位"),
    name("前面的汇总指标名", "[summary.metric]", "写在前面的汇总指标"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{FUNCTIONS, OPERATORS, PREFIXES};
    use crate::expr::{Expressions, MetricResult};
    use crate::notice::Notice;

    /// The smallest settings: a roster and nothing else.
    const SMALLEST: &str = r#"
        roster = { ledger = "roster", name = "name", kind = "name" }
        ledger.roster = { title = "名册", columns.name = { header = ["名称"], type = "text" } }
        letter = { title = ["报告"], addressee = "甲", opening = "a.md", closing = "a.md", signer = "乙", organisation = "丙", date = 2018-11-02, file_name = "报告" }
        notice = { title = "通知", issuer = "甲", deadline = 2018-11-02, cutoff = 2018-10-25 }
        section = []
    "#;

    /// Settings with one more metric, `probe`, at their end.
    fn compile(settings: &str, expr: &str) -> Result<(Notice, Expressions), String> {
        let text = format!("{settings}\n[metric.probe]\nlabel = \"甲\"\nexpr = '''{expr}'''\n");
        let notice = Notice::parse(Path::new("notice.toml"), text).map_err(|error| error.to_string())?;
        let expressions = Expressions::compile(&notice).map_err(|error| error.to_string())?;
        Ok((notice, expressions))
    }

    /// The value of a metric without ledgers.
    fn number(expr: &str) -> Option<i64> {
        let (notice, expressions) = compile(SMALLEST, expr).ok()?;
        match expressions.combined(notice.metric.len() - 1, |_| None) {
            MetricResult::Number(number) => number.try_into().ok(),
            MetricResult::Missing(_) | MetricResult::Failed(_) => None,
        }
    }

    /// Whether a condition holds.
    fn holds(condition: &str) -> bool {
        number(&format!("[1].filter(|x| {condition}).len()")) == Some(1)
    }

    #[test]
    fn functions_are_those_of_the_compiler() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let shipped = std::fs::read_to_string(&file).expect("the shipped settings");
        let message = compile(&shipped, "nosuch(1)").expect_err("no such function");
        let (_, offered) = message.split_once("这里可用的有：").expect("the names there are");
        let known: BTreeSet<&str> = offered.trim().split('、').collect();
        assert_eq!(FUNCTIONS.iter().map(|function| function.name).collect::<BTreeSet<_>>(), known);
        for function in FUNCTIONS {
            assert!(function.form.contains(function.name) && function.example.contains(function.name));
            if let Err(message) = compile(&shipped, function.example) {
                panic!("{}: {message}", function.name);
            }
        }
    }

    #[test]
    fn operators_are_those_of_the_parser() {
        let punctuation = || (b'!'..=b'~').filter(u8::is_ascii_punctuation).map(char::from);
        let pairs = punctuation().flat_map(|first| punctuation().map(move |second| format!("{first}{second}")));
        let signs: Vec<String> = punctuation().map(String::from).chain(pairs).collect();
        // A pair that ends with a prefix operator is an operator and the beginning of the right side.
        let prefixed = |sign: &str| sign.len() > 1 && PREFIXES.iter().any(|prefix| sign.ends_with(prefix.sign));
        let compiles = |expr: String| compile(SMALLEST, &expr).is_ok();
        let is_operator = |sign: &str| {
            let condition = |value: &str| format!("[1].filter(|x| ({value} {sign} {value})).len()");
            compiles(format!("(1 {sign} 1)")) || compiles(condition("1")) || compiles(condition("true"))
        };
        let accepted: BTreeSet<&str> =
            signs.iter().map(String::as_str).filter(|sign| !prefixed(sign) && is_operator(sign)).collect();
        let words = ["and", "or"];
        assert!(words.iter().all(|word| is_operator(word)));
        let known: BTreeSet<&str> = accepted.into_iter().chain(words).collect();
        assert_eq!(OPERATORS.iter().map(|operator| operator.sign).collect::<BTreeSet<_>>(), known);
        assert!(number("--1") == Some(1) && holds("!!true") && holds("not not true"));
    }

    /// Each sample comes out otherwise when the looser operator binds tighter.
    #[test]
    fn levels_are_those_of_the_parser() {
        let all = || OPERATORS.iter().chain(PREFIXES);
        let level = |sign: &str| all().find(|operator| operator.sign == sign).map(|operator| operator.level);
        for (loose, tight, sample) in [
            ("||", "&&", "true || true && false"),
            ("&&", "==", "!(false && false == false)"),
            ("or", "and", "true or true and false"),
            ("and", "not", "not (not false and false)"),
            ("not", "==", "not 1 == 2"),
            ("not", "<", "not 2 < 1"),
            ("==", "<", "true == 1 < 2"),
            ("!=", ">=", "true != 1 >= 2"),
            ("<", "+", "1 < 1 + 1"),
            ("<=", "-", "0 <= 1 - 1"),
            (">", "+", "3 > 1 + 1"),
            ("+", "*", "1 + 2 * 3 == 7"),
            ("-", "/", "6 - 4 / 2 == 4"),
            ("+", "%", "1 + 5 % 3 == 3"),
        ] {
            assert!(level(loose) < level(tight) && holds(sample), "{sample}");
        }
        assert!(holds("7 - 4 - 2 == 1") && holds("-2 * 3 + 10 == 4") && holds("8 / 2 % 3 == 1"));
    }
}
