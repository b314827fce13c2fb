//! A name of any script in settings, templates and folders: used or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| zicha::fuzzing::names(text));
