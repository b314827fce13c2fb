//! Bounds what filling the templates of one report may cost: a loop that never ends soon and a text that doubles are
//! findings of that report.
//!
//! tera counts nothing itself. [`with_guards`] writes a call of [`FUNCTION`] behind every `for`, which counts the rounds,
//! and behind every `set`, which counts the value: only a value that a loop keeps from round to round can grow beyond a
//! multiple of the template. [`BoundedText`] ends what is printed. The counts do not depend on the machine, so that the
//! same input gives the same findings; 10 million units are reached in less than two seconds.

use std::cell::Cell;
use std::io::{self, Write};

use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::conditions::MarkedText;
use super::scan::scan;

/// The function that guards call; it prints nothing.
const FUNCTION: &str = "zicha_guard";
/// Units that the templates of one report may spend.
const MAX_WORK: u64 = 10_000_000;
/// Units of a round of a loop; an element of a value that `set` takes costs one.
const ROUND: u64 = 10;
/// Bytes of the texts in a value that `set` takes.
const MAX_VALUE: usize = 8 << 20;
/// Levels of lists and tables in a value that `set` takes; a notice's values have three.
const MAX_DEPTH: usize = 64;

thread_local! {
    /// Units spent on the report that this thread fills; tera's functions get nothing else that lasts as long.
    static WORK: Cell<u64> = const { Cell::new(0) };
}

/// Begins to count for another report.
pub(super) fn begin_report() {
    WORK.set(0);
}

pub(super) fn register(tera: &mut Tera) {
    tera.register_function(FUNCTION, |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        spend(ROUND)?;
        if let Some(value) = kwargs.get::<&Value>("value")? {
            measure(value, &mut 0, MAX_DEPTH)?;
        }
        Ok(String::new())
    });
}

fn spend(units: u64) -> TeraResult<()> {
    let spent = WORK.get() + units;
    WORK.set(spent);
    if spent <= MAX_WORK {
        return Ok(());
    }
    Err(tera::Error::message("循环的次数太多，一份报告最多约一百万次：看看循环的范围写得对不对，有没有循环套循环"))
}

/// Counts a value's elements, and its texts' bytes into `bytes`. It may nest to `depth`: tera and this function call
/// themselves for every level, and a stack ends.
fn measure(value: &Value, bytes: &mut usize, depth: usize) -> TeraResult<()> {
    spend(1)?;
    let Some(depth) = depth.checked_sub(1) else {
        return Err(tera::Error::message("一个值一层套一层，太深了：看看 set 是不是在循环里一再套上自己"));
    };
    *bytes += value.as_str().map_or(0, str::len);
    if *bytes > MAX_VALUE {
        return Err(tera::Error::message("一个值的文字太长：看看 set 是不是在循环里一再接上自己"));
    }
    value.as_array().into_iter().flatten().try_for_each(|item| measure(item, bytes, depth))?;
    value.as_map().into_iter().flat_map(|map| map.values()).try_for_each(|item| measure(item, bytes, depth))
}

/// The template with a guard in every loop and behind every `set`.
pub(super) fn with_guards(source: &str) -> String {
    let scanned = scan(source);
    let mut guarded = MarkedText::new(source);
    // The name that the open `set` without a value takes its text into.
    let mut captured = None;
    for tag in scanned.tags.iter().filter(|tag| tag.is_statement) {
        let (keyword, rest) = tag.content.split_once(char::is_whitespace).unwrap_or((tag.content, ""));
        let name = |text: &str| text.trim().to_owned();
        match keyword {
            "for" => guarded.insert_after(tag, &format!("{{{{ {FUNCTION}() }}}}")),
            "set" | "set_global" => match rest.split_once('=') {
                Some((target, _)) => guarded.insert_after(tag, &guard_of(&name(target))),
                None => captured = Some(name(rest.split('|').next().unwrap_or_default())),
            },
            "endset" => {
                if let Some(target) = captured.take() {
                    guarded.insert_after(tag, &guard_of(&target));
                }
            }
            _ => {}
        }
    }
    guarded.finish()
}

fn guard_of(name: &str) -> String {
    format!("{{{{ {FUNCTION}(value={name}) }}}}")
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

#[cfg(test)]
mod tests {
    use super::{begin_report, register, with_guards};
    use tera::{Context, Tera};

    fn filled(source: &str) -> Result<String, String> {
        let mut tera = Tera::default();
        register(&mut tera);
        tera.add_raw_template("t", &with_guards(source)).expect("a template");
        begin_report();
        let mut context = Context::new();
        context.insert("rows", &["甲", "乙"]);
        tera.render("t", &context).map_err(|error| error.to_string())
    }

    #[test]
    fn guards_print_nothing() {
        for (source, text) in [
            ("{% for r in rows -%}  {{ r }}{% endfor %}。", "甲乙。"),
            ("{% for r in rows %} {%- if true %}{{ r }}{% endif %}{% else %}无{% endfor %}", "甲乙"),
            ("{% set n = 0 %}{% for r in rows %}{% set_global n = n + 1 %}{% endfor %}{{ n }}", "2"),
            ("{% set t %}甲{{ rows[1] }}{% endset -%} {{ t }}", "甲乙"),
            ("{% set big = [r for r in rows if r == \"甲\"] %}{{ big | length }}", "1"),
            ("{% raw %}{% for r in rows %}{% endraw %}", "{% for r in rows %}"),
        ] {
            assert_eq!(filled(source).as_deref(), Ok(text), "{source}");
        }
    }

    #[test]
    fn a_loop_without_an_end_in_sight_is_refused() {
        let range = "{% for i in range(end=100000) %}";
        let nested = format!("{range}{range}{range}{}", "{% endfor %}".repeat(3));
        assert!(filled(&nested).is_err_and(|said| said.contains("循环的次数太多")));
        // Long tables are not.
        assert_eq!(filled(&format!("{range}{{% endfor %}}好")).as_deref(), Ok("好"));
    }

    #[test]
    fn a_text_that_doubles_is_refused() {
        for grow in [
            "{% set_global s = s ~ s %}",
            "{% set_global s %}{{ s }}{{ s }}{% endset %}",
            "{% set_global l = [l[0] ~ l[0]] %}",
        ] {
            let source =
                format!("{{% set s = \"甲\" %}}{{% set l = [s] %}}{{% for i in range(end=100) %}}{grow}{{% endfor %}}");
            assert!(filled(&source).is_err_and(|said| said.contains("一个值的文字太长")), "{grow}");
        }
    }
    #[test]
    fn a_value_that_nests_deeper_each_round_is_refused() {
        let source = "{% set l = [1] %}{% for i in range(end=100000) %}{% set_global l = [l] %}{% endfor %}";
        assert!(filled(source).is_err_and(|said| said.contains("一层套一层")));
    }
}
