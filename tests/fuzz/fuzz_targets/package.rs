//! A zip that claims to be a package: verified and unpacked within its folder, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| zicha::fuzzing::package(bytes));
