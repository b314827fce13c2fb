//! An outline and text tables: refused, or a notice is made of them that can be used; never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| zicha::fuzzing::new_notice(text));
