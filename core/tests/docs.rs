//! The documented list of error codes is generated from the code: `UPDATE_DOCS=1 cargo test`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "std")]

use batterypass::{Category, Error, ErrorCode};
use core::fmt::Write;

fn table() -> String {
    let mut text = String::from(
        "# Error codes\n\n\
         A code never changes its meaning or its text; new ones are added. Every language gives the same\n\
         code and, where the input has a structure, the same path (JSON Pointer, RFC 6901). This page is\n\
         generated from `core/src/error.rs`.\n\n\
         | code | kind | meaning |\n|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        let kind = match code.category() {
            Category::Decode => "decode",
            Category::Verify => "verify",
            Category::Validation => "validation",
            Category::Encryption => "encryption",
            Category::Usage => "usage",
            other => panic!("{other:?} has no name in the documentation"),
        };
        writeln!(
            text,
            "| `{}` | {kind} | {} |",
            code.as_str(),
            Error::new(*code)
        )
        .unwrap();
    }
    text
}

#[test]
fn error_codes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/errors.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, table()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        table(),
        "run UPDATE_DOCS=1 cargo test --test docs"
    );
}
