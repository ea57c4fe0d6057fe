#![no_main]

#[allow(dead_code, reason = "the list of targets is for the replay")]
#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::run("formats", bytes));
