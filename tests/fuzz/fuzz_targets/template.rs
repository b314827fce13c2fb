//! A template: loaded or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| zicha::fuzzing::template(text));
