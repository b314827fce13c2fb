//! An expression in settings: compiled or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| zicha::fuzzing::expression(text));
