//! All integration tests, in one binary with a harness of its own (see `harness`).
//!
//! `ZICHA_TOOLS`, set by `tests/run`, says that the other programs are installed; without it the tests that need them
//! are counted as ignored. `ZICHA_ACCEPT=1` renews the expected files of the golden cases.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "the harness reports what was not run")]

mod absent_rows;
mod annex_files;
mod annex_layout;
mod annexes;
mod architecture;
mod archive;
mod base;
mod branch_states;
mod cache;
mod cancellation;
mod cases;
mod command_line;
mod computed;
mod consumers;
mod dashboard;
mod department;
mod department_rows;
mod dependencies;
mod diff;
mod harness;
mod hostile_files;
mod hostile_fonts;
mod hostile_scans;
mod hostile_text;
mod includes;
mod init;
mod large_layout;
mod layout;
mod left_out;
mod letter;
mod manual;
mod memory;
mod metrics;
mod names;
mod notice_faults;
mod notices;
mod number_formats;
mod packaging;
mod pdf;
mod pictures;
mod previous_period;
mod print;
mod processes;
mod redraft;
mod regressions;
mod report_code;
mod rerun;
mod rules;
mod safety_notice;
mod scaffold;
mod schema;
mod scoped_checks;
mod second_reading;
mod serve;
mod settings;
mod severities;
mod sources;
mod start;
mod support;
mod units;
mod untidy;
mod vars;
mod watch;
mod workbooks;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let modules = [
        absent_rows::tests(),
        annex_files::tests(),
        annex_layout::tests(),
        annexes::tests(),
        architecture::tests(),
        archive::tests(),
        base::tests(),
        cache::tests(),
        branch_states::tests(),
        cancellation::tests(),
        cases::tests(),
        command_line::tests(),
        computed::tests(),
        consumers::tests(),
        dashboard::tests(),
        department::tests(),
        department_rows::tests(),
        dependencies::tests(),
        diff::tests(),
        hostile_files::tests(),
        hostile_fonts::tests(),
        hostile_scans::tests(),
        hostile_text::tests(),
        includes::tests(),
        init::tests(),
        large_layout::tests(),
        layout::tests(),
        left_out::tests(),
        letter::head::tests(),
        letter::tail::tests(),
        manual::tests(),
        memory::tests(),
        metrics::tests(),
        names::tests(),
        redraft::tests(),
        notice_faults::tests(),
        notices::tests(),
        number_formats::tests(),
        packaging::tests(),
        pdf::tests(),
        pictures::sources::tests(),
        pictures::tests(),
        previous_period::tests(),
        print::tests(),
        processes::tests(),
        regressions::tests(),
        rerun::tests(),
        rules::tests(),
        schema::tests(),
        scaffold::coverage::tests(),
        scaffold::guesses::tests(),
        scaffold::library::tests(),
        scaffold::next::tests(),
        scaffold::terminal::tests(),
        scaffold::wording::tests(),
        safety_notice::tests(),
        scaffold::tests(),
        scoped_checks::tests(),
        second_reading::tests(),
        serve::tests(),
        settings::tests(),
        severities::tests(),
        sources::tests(),
        start::tests(),
        report_code::tests(),
        untidy::tests(),
        untidy::cells::tests(),
        untidy::files::tests(),
        untidy::formats::tests(),
        untidy::strays::tests(),
        untidy::totals::tests(),
        untidy::units::tests(),
        units::tests(),
        vars::tests(),
        watch::tests(),
        workbooks::tests(),
    ];
    let outcome = libtest_mimic::run(&Arguments::from_args(), modules.into_iter().flatten().collect());
    if outcome.num_ignored > 0 && !harness::has_tools() {
        eprintln!("{} tests were not run (“ignored” above): they need what tests/run installs", outcome.num_ignored);
    }
    outcome.exit_code()
}
