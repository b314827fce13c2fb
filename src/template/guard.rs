//! Bounds what filling the templates of one report may cost: a loop that never ends soon, a text that doubles and a
//! filter that makes a long text of short ones are findings of that report.
//!
//! tera counts nothing itself. `instrument` writes calls of the function and the filters below into templates; they
//! count rounds of loops and bytes of texts. [`BoundedText`] ends what is printed. The counts do not depend on the
//! machine, so that the same input gives the same findings; 10 million units are reached in less than two seconds.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::expr::StopSignal;

/// The function that counts: a round of a loop, the elements and texts of `value`, the bytes of `text`. It prints
/// nothing.
pub(super) const FUNCTION: &str = "zicha_guard";
/// The filter that counts the bytes of a text, or the elements of a list, and gives it again.
pub(super) const MADE: &str = "zicha_made";
/// The filter that counts a round for each element of a list, and gives it again.
pub(super) const ROUNDS: &str = "zicha_rounds";
/// Filters of tera that make texts, or lists of texts. Each is registered a second time, with [`PREFIX`], and counts.
pub(crate) const MAKERS: [&str; 18] = [
    "capitalize",
    "escape",
    "escape_html",
    "escape_xml",
    "indent",
    "join",
    "lower",
    "newlines_to_br",
    "pluralize",
    "replace",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "upper",
];
/// What stands before the name of a filter that counts.
pub(super) const PREFIX: &str = "zicha_";

/// Units that the templates of one report may spend.
const MAX_WORK: u64 = 10_000_000;
/// The steps of expressions that take as long as a unit.
const STEPS_OF_UNIT: u64 = 4;
/// Units of a round of a loop; an element of a value costs one.
const ROUND: u64 = 10;
/// Texts that are counted may have so many times the bytes of a report together: most are made on the way to one.
const MAX_TEXTS: usize = 8;
/// Levels of lists and tables in a value; a notice's values have three.
const MAX_DEPTH: usize = 64;
/// Bytes of an element of a list.
const ELEMENT: usize = 32;
/// Bytes of a report where no limit is set.
const DEFAULT_LIMIT: usize = 8 << 20;

/// What was spent on a report.
#[derive(Clone, Copy)]
struct Spent {
    work: u64,
    /// Bytes of counted texts.
    texts: usize,
    /// Bytes that the report may have, and each text and value.
    limit: usize,
}

thread_local! {
    /// Ends the report that this thread fills, from outside.
    static STOP: RefCell<StopSignal> = RefCell::default();

    /// For the report that this thread fills; tera's functions get nothing else that lasts as long.
    static SPENT: Cell<Spent> = const { Cell::new(Spent { work: 0, texts: 0, limit: DEFAULT_LIMIT }) };
}

/// Begins to count for another report, whose texts may have `limit` bytes.
pub(super) fn begin_report(limit: usize) {
    SPENT.set(Spent { work: 0, texts: 0, limit });
}

/// Has `stop` end the report that this thread fills.
pub(super) fn stopped_by(stop: &StopSignal) {
    STOP.set(stop.clone());
}

/// The steps of the run that the templates of the report took so far.
pub(super) fn steps_of_report() -> u64 {
    SPENT.get().work.min(MAX_WORK).saturating_mul(STEPS_OF_UNIT)
}

pub(super) fn register(tera: &mut Tera) {
    tera.register_function(FUNCTION, |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        spend(ROUND)?;
        if let Some(value) = kwargs.get::<&Value>("value")? {
            measure(value)?;
        }
        if let Some(bytes) = kwargs.get::<usize>("text")? {
            count_text(bytes)?;
        }
        Ok(String::new())
    });
    tera.register_filter(MADE, |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        count_made(&value)?;
        Ok(value)
    });
    tera.register_filter(ROUNDS, |value: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        let elements = value.as_array().map_or(0, <[Value]>::len).max(value.as_str().map_or(0, str::len));
        spend(ROUND.saturating_mul(elements as u64))?;
        Ok(value)
    });
    for name in MAKERS {
        let counted = move |value: &Value, kwargs: Kwargs, state: &State| -> TeraResult<Value> {
            allow(size_before(name, value, &kwargs)?)?;
            let made = state.call_filter(name, value, kwargs)?;
            count_made(&made)?;
            Ok(made)
        };
        tera.register_filter(format!("{PREFIX}{name}"), counted);
    }
}

fn spend(units: u64) -> TeraResult<()> {
    let mut spent = SPENT.get();
    spent.work = spent.work.saturating_add(units);
    SPENT.set(spent);
    if STOP.with_borrow(StopSignal::is_stopped) {
        return Err(tera::Error::message("没有做完就停下了"));
    }
    if spent.work <= MAX_WORK {
        return Ok(());
    }
    let rounds = MAX_WORK / ROUND / 10_000;
    Err(tera::Error::message(format!(
        "循环的次数太多，一份报告最多约 {rounds} 万次：看看循环的范围写得对不对，有没有循环套循环"
    )))
}

/// Counts bytes of text that filters and captures make; fails beyond the report's limit.
fn count_text(bytes: usize) -> TeraResult<()> {
    allow(bytes)?;
    let mut spent = SPENT.get();
    spent.texts = spent.texts.saturating_add(bytes);
    SPENT.set(spent);
    if spent.texts <= spent.limit.saturating_mul(MAX_TEXTS) {
        return Ok(());
    }
    let mib = spent.limit.saturating_mul(MAX_TEXTS) >> 20;
    Err(tera::Error::message(format!(
        "过滤器和 set 做出的文字合起来超过 {mib} MiB：看看有没有在循环里一再接长、一再替换；确需放宽的，改 notice.toml 里 [limits] 的 report_mib"
    )))
}

/// Refuses a text of more bytes than a report may have.
fn allow(bytes: usize) -> TeraResult<()> {
    let limit = SPENT.get().limit;
    if bytes <= limit {
        return Ok(());
    }
    let mib = limit >> 20;
    Err(tera::Error::message(format!(
        "过滤器做出的一段文字超过一份报告能排的 {mib} MiB：看看有没有一再接长、一再替换；确需放宽的，改 notice.toml 里 [limits] 的 report_mib"
    )))
}

/// Counts a text that was made, or the elements of a list.
fn count_made(value: &Value) -> TeraResult<()> {
    let of_list = value.as_array().map_or(0, |list| list.len().saturating_mul(ELEMENT));
    count_text(value.as_str().map_or(of_list, str::len))
}

/// Bytes that a filter would make, where they may be many times those of its input; 0 for other filters.
fn size_before(name: &str, value: &Value, kwargs: &Kwargs) -> TeraResult<usize> {
    let text = value.as_str().unwrap_or_default();
    // An argument of another type is refused by the filter.
    let argument = |name| kwargs.get::<&str>(name).unwrap_or_default().unwrap_or_default();
    Ok(match name {
        "replace" => {
            let (from, to) = (argument("from"), argument("to"));
            text.matches(from).count().saturating_mul(to.len()).saturating_add(text.len())
        }
        "split" => (text.matches(argument("pat")).count() + 1).saturating_mul(ELEMENT).saturating_add(text.len()),
        "indent" => {
            let width = kwargs.get::<usize>("width").unwrap_or_default().unwrap_or(4).min(1_000);
            text.lines().count().saturating_mul(4 * width).saturating_add(text.len())
        }
        "join" => {
            let between = value.as_array().map_or(0, <[Value]>::len).saturating_mul(argument("sep").len());
            measure(value)?.saturating_add(between)
        }
        "str" => measure(value)?,
        _ => 0,
    })
}

/// Counts a value's elements; the bytes of its texts.
fn measure(value: &Value) -> TeraResult<usize> {
    let mut bytes = 0;
    measure_into(value, &mut bytes, MAX_DEPTH)?;
    Ok(bytes)
}

/// Counts a value's elements, and its texts' bytes into `bytes`. It may nest to `depth`: tera and this function call
/// themselves for every level, and a stack ends.
fn measure_into(value: &Value, bytes: &mut usize, depth: usize) -> TeraResult<()> {
    spend(1)?;
    let Some(depth) = depth.checked_sub(1) else {
        return Err(tera::Error::message("一个值一层套一层，太深了：看看 set 是不是在循环里一再套上自己"));
    };
    *bytes += value.as_str().map_or(0, str::len);
    if *bytes > SPENT.get().limit {
        return Err(tera::Error::message("一个值的文字太长：看看 set 是不是在循环里一再接上自己"));
    }
    value.as_array().into_iter().flatten().try_for_each(|item| measure_into(item, bytes, depth))?;
    value.as_map().into_iter().flat_map(|map| map.values()).try_for_each(|item| measure_into(item, bytes, depth))
}

/// A text that refuses to grow beyond a limit.
pub(super) struct BoundedText {
    bytes: Vec<u8>,
    limit: usize,
    pub is_full: bool,
}

impl BoundedText {
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, is_full: false }
    }

    /// The text; tera writes whole characters.
    pub(super) fn into_text(self) -> String {
        String::from_utf8(self.bytes).unwrap_or_default()
    }
}

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
