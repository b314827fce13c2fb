//! How tests are registered.
//!
//! The harness is `libtest-mimic`, which takes the same arguments as the usual one: with it a test can be counted as
//! not run on a machine that lacks the programs it needs, and cases can be found in folders. A test is a function that
//! panics when it fails, and its name stands in the `tests!` list of its module, under `alone` when it needs nothing
//! but Rust, under `with_tools` when it needs what `tests/run` installs, and under `confined` when it needs a system
//! that can confine processes (Linux with Landlock and seccomp). A function in no list is dead code, which the lints
//! refuse.

use libtest_mimic::Trial;

/// Whether `tests/run`, which sets `ZICHA_TOOLS`, says that the tools are installed.
pub(crate) fn has_tools() -> bool {
    std::env::var_os("ZICHA_TOOLS").is_some()
}

/// A test that needs nothing but Rust.
pub(crate) fn alone(module: &str, name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    let module = module.split_once("::").map_or(module, |(_, module)| module);
    Trial::test(format!("{module}::{name}"), move || {
        test();
        Ok(())
    })
}

/// A test that needs the tools, and is counted as ignored without them.
pub(crate) fn with_tools(module: &str, name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    alone(module, name, test).with_kind("tools").with_ignored_flag(!has_tools())
}

/// A test that needs Landlock and seccomp, and is counted as ignored without them.
pub(crate) fn confined(module: &str, name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    use zicha::sandbox::{Access, Confinement, confine};
    let can_confine = std::thread::spawn(|| confine(Access::Nothing)).join();
    let has_both = can_confine.is_ok_and(|found| found == Confinement { files: true, calls: true });
    alone(module, name, test).with_kind("Landlock, seccomp").with_ignored_flag(!has_both)
}

/// Lists the tests of a module.
macro_rules! tests {
    ($(alone: [$($alone:ident),* $(,)?])? $(with_tools: [$($tool:ident),* $(,)?])?
        $(confined: [$($confined:ident),* $(,)?])?) => {
        /// The tests of this module.
        pub(crate) fn tests() -> Vec<libtest_mimic::Trial> {
            vec![
                $($(crate::harness::alone(module_path!(), stringify!($alone), $alone),)*)?
                $($(crate::harness::with_tools(module_path!(), stringify!($tool), $tool),)*)?
                $($(crate::harness::confined(module_path!(), stringify!($confined), $confined),)*)?
            ]
        }
    };
}
pub(crate) use tests;
