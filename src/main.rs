//! The `zicha` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    zicha::cli::main()
}
