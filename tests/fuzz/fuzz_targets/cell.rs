//! A cell's text in a column of every type gives a value or a finding, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, f64, bool)| zicha::fuzzing::cell(input.0, input.1, input.2));
