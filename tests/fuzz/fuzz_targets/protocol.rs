//! What a reader process answers or is asked: understood or not, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| zicha::fuzzing::protocol(bytes));
