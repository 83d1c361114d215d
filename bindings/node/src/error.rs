//! Errors of the core on their way to JavaScript.

use batterypass::{Category, Error, ErrorCode};
use napi::Status;
use serde_json::json;

/// Marks the reason of an error that `lib/errors.cjs` turns into a `BatteryPassError`.
const MARK: &str = "batterypass:";

/// Writes an error of the core so that JavaScript can read its parts.
pub(crate) fn refusal(error: &Error) -> napi::Error {
    let class = match error.code().category() {
        Category::Decode => "DecodeError",
        Category::Verify => "VerifyError",
        Category::Validation => "ValidationError",
        Category::Encryption => "EncryptionError",
        _ => "BatteryPassError",
    };
    let parts = json!({
        "class": class,
        "code": error.code().as_str(),
        "path": error.path(),
        "message": error.to_string(),
    });
    napi::Error::new(Status::GenericFailure, format!("{MARK}{parts}"))
}

/// Refuses an argument.
pub(crate) fn invalid(path: &str, detail: &str) -> napi::Error {
    refusal(&invalid_argument(path, detail))
}

/// An `invalid_argument` of the core's own form.
pub(crate) fn invalid_argument(path: &str, detail: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument)
        .at(path)
        .because(detail)
}

/// Converts the core's results at the end of a binding function.
pub(crate) trait OrThrow<T> {
    /// Turns the core's error into one that JavaScript throws.
    fn or_throw(self) -> napi::Result<T>;
}

impl<T> OrThrow<T> for batterypass::Result<T> {
    fn or_throw(self) -> napi::Result<T> {
        self.map_err(|error| refusal(&error))
    }
}
