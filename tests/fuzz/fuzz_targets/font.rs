//! A font file: passed over or used, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| zicha::fuzzing::font(bytes));
