//! `disclose`: what a reader may see of a `vc+sd-jwt`, and the holder's signature over it.

use batterypass::ErrorCode;
use batterypass::access::Reader;
use batterypass::sd_jwt::{Decoys, KeyBinding, Plan, SdJwt};
use batterypass::time::Timestamp;
use pyo3::prelude::*;

use crate::arguments::Time;
use crate::error::{OrRaise, refuse};
use crate::key::SigningKey;
use crate::verification;

/// What `sign` hides: nothing of a plan of its own where no pointers are given.
pub(crate) fn plan(hide: Option<Vec<String>>, decoys: Decoys) -> Option<Plan> {
    let hidden = hide?.into_iter();
    Some(hidden.fold(Plan::new().with_decoys(decoys), Plan::hide))
}

pub(crate) const fn decoys(wanted: bool) -> Decoys {
    if wanted {
        Decoys::PowerOfTwo
    } else {
        Decoys::None
    }
}

/// Keep the part of a `vc+sd-jwt` that a reader may see. The part still verifies.
#[pyfunction]
#[pyo3(signature = (sd_jwt, *, audience = None, purpose = None, paths = None, holder_key = None,
                    nonce = None, aud = None, at = None))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn disclose(
    py: Python<'_>,
    sd_jwt: &str,
    audience: Option<&str>,
    purpose: Option<&str>,
    paths: Option<Vec<String>>,
    holder_key: Option<&Bound<'_, SigningKey>>,
    nonce: Option<&str>,
    aud: Option<&str>,
    at: Option<Time>,
) -> PyResult<String> {
    let part = match (audience, paths) {
        (Some(_), Some(_)) => {
            let detail = "an audience and paths exclude each other";
            return Err(refuse(py, ErrorCode::InvalidArgument, "/paths", detail));
        }
        (None, _) if purpose.is_some() => {
            let detail = "a purpose needs the audience legitimate_interest";
            return Err(refuse(py, ErrorCode::InvalidArgument, "/purpose", detail));
        }
        (Some(audience), None) => Part::Reader(Reader::named(audience, purpose).or_raise(py)?),
        (None, Some(paths)) => Part::Paths(paths),
        (None, None) => Part::Whole,
    };
    let binding = binding(py, holder_key.is_some(), nonce, aud, at)?;
    let holder = holder_key.map(|key| &key.get().0);
    let shown = py.detach(|| {
        let shown = part.of(&sd_jwt.parse()?)?;
        match (holder, &binding) {
            (Some(holder), Some(binding)) => shown.bind(holder, binding),
            _ => Ok(shown),
        }
    });
    shown.map(|shown| shown.to_string()).or_raise(py)
}

/// What is kept.
enum Part {
    Reader(Reader),
    Paths(Vec<String>),
    Whole,
}

impl Part {
    fn of(&self, token: &SdJwt) -> batterypass::Result<SdJwt> {
        match self {
            Self::Reader(reader) => token.disclose(*reader),
            Self::Paths(paths) => {
                let paths: Vec<_> = paths.iter().map(String::as_str).collect();
                token.disclose_paths(&paths)
            }
            Self::Whole => token.present(|_| true),
        }
    }
}

/// The holder signs for someone who asked; all three belong together.
fn binding<'a>(
    py: Python<'_>,
    wanted: bool,
    nonce: Option<&'a str>,
    aud: Option<&'a str>,
    at: Option<Time>,
) -> PyResult<Option<KeyBinding<'a>>> {
    let path = match (wanted, nonce, aud, &at) {
        (false, None, None, None) => return Ok(None),
        (true, Some(nonce), Some(audience), _) => {
            let issued_at: Timestamp = verification::time(py, at)?;
            return Ok(Some(KeyBinding {
                audience,
                nonce,
                issued_at,
            }));
        }
        (true, None, ..) => "/nonce",
        (true, ..) => "/aud",
        (false, ..) => "/holderKey",
    };
    let detail = "holder_key, nonce and aud belong together";
    Err(refuse(py, ErrorCode::InvalidArgument, path, detail))
}
