//! A PDF that is bound into a set for the printer: written anew or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| zicha::fuzzing::annex(bytes));
