//! Work that runs on the caller's thread or on a thread of the pool, and what comes of it.

use alloc::sync::Arc;

use batterypass::Result;
use batterypass::passport::Passport;
use napi::bindgen_prelude::{AsyncTask, Either, External, ToNapiValue, TypeName, Uint8Array};
use napi::{Env, Status, Task, ValueType, sys};

use crate::error::OrThrow;

/// What a call gives to JavaScript.
pub(crate) enum Answer {
    /// Text, or JSON as text.
    Text(String),
    /// Two texts.
    Texts(String, String),
    /// Bytes, handed over without a copy.
    Bytes(Vec<u8>),
    /// A passport and JSON that belongs to it.
    Passport(Arc<Passport>, String),
}

impl ToNapiValue for Answer {
    unsafe fn to_napi_value(env: sys::napi_env, answer: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: `env` is the one that this call was given, on the thread that it belongs to.
        unsafe {
            match answer {
                Self::Text(text) => String::to_napi_value(env, text),
                Self::Texts(one, other) => ToNapiValue::to_napi_value(env, (one, other)),
                Self::Bytes(bytes) => Uint8Array::to_napi_value(env, bytes.into()),
                Self::Passport(passport, about) => {
                    let handle = External::new(passport);
                    ToNapiValue::to_napi_value(env, (handle, about))
                }
            }
        }
    }
}

impl TypeName for Answer {
    fn type_name() -> &'static str {
        "Answer"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

type Work = Box<dyn FnOnce() -> Result<Answer> + Send>;

/// A call that waits for a thread of the pool.
pub(crate) struct Pending(Option<Work>);

impl Task for Pending {
    type Output = Answer;
    type JsValue = Answer;

    fn compute(&mut self) -> napi::Result<Answer> {
        // Node runs a task once.
        let done = || napi::Error::from_status(Status::Cancelled);
        self.0.take().ok_or_else(done)?().or_throw()
    }

    fn resolve(&mut self, _: Env, answer: Answer) -> napi::Result<Answer> {
        Ok(answer)
    }
}

/// An answer, or the promise of one.
pub(crate) type Reply = Either<Answer, AsyncTask<Pending>>;

/// Does the work now, or `later` on a thread of the pool.
pub(crate) fn reply(
    later: bool,
    work: impl FnOnce() -> Result<Answer> + Send + 'static,
) -> napi::Result<Reply> {
    if later {
        return Ok(Either::B(AsyncTask::new(Pending(Some(Box::new(work))))));
    }
    work().or_throw().map(Either::A)
}
