//! The functions of the expression language, in one table: the type checker, messages and the manual read it.

/// A function; each may also be called as a method of its first argument: `len(list)` is `list.len()`.
#[derive(Debug)]
pub(crate) struct Function {
    /// The name, as expressions write it.
    pub name: &'static str,
    /// What each argument must be, in order. All arguments are required.
    pub parameters: &'static [Shape],
    /// What a call results in.
    pub result: Shape,
}

/// What an argument or a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An exact number.
    Number,
    /// A metric, by its name.
    Metric,
    /// A day.
    Date,
    /// Yes or no.
    Flag,
    /// One value of any type.
    Value,
    /// One value of any type, or a list.
    Any,
    /// A list of any values: a ledger's rows, fixed days, branches, `[1, 2]`.
    List,
    /// A list of numbers.
    Numbers,
    /// `|item| …` that gives yes or no for each value of the list.
    Condition,
    /// `|item| …` that gives any value for each value of the list.
    Mapping,
}

impl Shape {
    /// What users call it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Number => "数字",
            Self::Metric => "指标",
            Self::Date => "日期",
            Self::Flag => "是或否",
            Self::Value => "任何值",
            Self::Any => "任何值或列表",
            Self::List => "列表",
            Self::Numbers => "数字的列表",
            Self::Condition => "条件 |r| …",
            Self::Mapping => "|r| …",
        }
    }
}

/// All functions, in the order in which messages list them.
pub(crate) static FUNCTIONS: [Function; 19] = [
    Function { name: "all", parameters: &[Shape::List, Shape::Condition], result: Shape::Flag },
    Function { name: "change", parameters: &[Shape::Metric], result: Shape::Number },
    Function { name: "count", parameters: &[Shape::List, Shape::Condition], result: Shape::Number },
    Function { name: "days_between", parameters: &[Shape::Date, Shape::Date], result: Shape::Number },
    Function { name: "filter", parameters: &[Shape::List, Shape::Condition], result: Shape::List },
    Function { name: "floor", parameters: &[Shape::Number], result: Shape::Number },
    Function { name: "has", parameters: &[Shape::Any], result: Shape::Flag },
    Function { name: "if", parameters: &[Shape::Flag, Shape::Value, Shape::Value], result: Shape::Value },
    Function { name: "len", parameters: &[Shape::List], result: Shape::Number },
    Function { name: "map", parameters: &[Shape::List, Shape::Mapping], result: Shape::List },
    Function { name: "max", parameters: &[Shape::Number, Shape::Number], result: Shape::Number },
    Function { name: "mean", parameters: &[Shape::Numbers], result: Shape::Number },
    Function { name: "min", parameters: &[Shape::Number, Shape::Number], result: Shape::Number },
    Function { name: "only", parameters: &[Shape::List], result: Shape::Any },
    Function { name: "or", parameters: &[Shape::Value, Shape::Value], result: Shape::Value },
    Function { name: "ratio", parameters: &[Shape::Number, Shape::Number], result: Shape::Number },
    Function { name: "some", parameters: &[Shape::List, Shape::Condition], result: Shape::Flag },
    Function { name: "sum", parameters: &[Shape::Numbers], result: Shape::Number },
    Function { name: "is_empty", parameters: &[Shape::List], result: Shape::Flag },
];

/// The function of that name; `None` when the language has none.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}
