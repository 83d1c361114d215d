//! The device link. The messages are dataclasses of `batterypass.types`.

use batterypass::ErrorCode;
use batterypass::frame::{
    self, MAX_FRAME, Message, PROTOCOL, Recipients, RejectCode, State, Status,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyType};

use crate::arguments::Data;
use crate::error::{OrRaise, class, refuse};

static HELLO: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static PROVISION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static RECORD: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static ACK: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static REJECT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Finds messages in a byte stream.
#[pyclass(module = "batterypass")]
pub(crate) struct FrameDecoder {
    decoder: frame::Decoder<MAX_FRAME>,
    /// How many frames were dropped because they could not be read.
    #[pyo3(get)]
    dropped: u64,
}

#[pymethods]
impl FrameDecoder {
    #[new]
    fn new() -> Self {
        Self {
            decoder: frame::Decoder::new(),
            dropped: 0,
        }
    }

    /// Take the next bytes of the stream and return the messages that they complete.
    ///
    /// A frame that cannot be read is counted in `dropped` and left out: the sender repeats what is
    /// not acknowledged.
    fn feed<'py>(&mut self, py: Python<'py>, data: Data) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut messages = Vec::new();
        for byte in data.0 {
            match self.decoder.push(byte) {
                Some(Ok(message)) => messages.push(to_class(py, &message)?),
                Some(Err(_)) => self.dropped += 1,
                None => {}
            }
        }
        Ok(messages)
    }

    fn __repr__(&self) -> String {
        format!("<FrameDecoder {} dropped>", self.dropped)
    }
}

/// Encode one message as a frame.
#[pyfunction]
pub(crate) fn encode_frame<'py>(
    py: Python<'py>,
    message: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let is = |cell: &PyOnceLock<Py<PyType>>, name: &str| {
        class(py, cell, name).and_then(|class| message.is_instance(&class))
    };
    let field = |name: &str| message.getattr(name);
    if is(&HELLO, "Hello")? {
        if field("protocol")?.extract::<u8>()? != PROTOCOL {
            return Err(refuse(
                py,
                ErrorCode::UnsupportedVersion,
                "/protocol",
                "expected 1",
            ));
        }
        let Data(key) = field("public_key")?.extract()?;
        let public_key = key.as_slice().try_into().map_err(|_| {
            refuse(
                py,
                ErrorCode::InvalidKey,
                "/public_key",
                "expected 65 bytes",
            )
        })?;
        encoded(
            py,
            &Message::Hello {
                state: choose(
                    &field("state")?,
                    [(0, State::Unprovisioned), (1, State::Running)],
                )?,
                public_key,
                next_sequence: field("next_sequence")?.extract()?,
            },
        )
    } else if is(&PROVISION, "Provision")? {
        let points: Vec<Data> = field("recipients")?.extract()?;
        let points: Vec<u8> = points.into_iter().flat_map(|point| point.0).collect();
        let passport_id: String = field("passport_id")?.extract()?;
        encoded(
            py,
            &Message::Provision {
                time_s: field("time")?.extract()?,
                period_ms: field("period_ms")?.extract()?,
                passport_id: &passport_id,
                recipients: Recipients::new(&points).or_raise(py)?,
            },
        )
    } else if is(&RECORD, "RecordMessage")? {
        let Data(envelope) = field("envelope")?.extract()?;
        encoded(
            py,
            &Message::Record {
                sequence: field("sequence")?.extract()?,
                envelope: &envelope,
            },
        )
    } else if is(&ACK, "Ack")? {
        encoded(
            py,
            &Message::Ack {
                sequence: field("sequence")?.extract()?,
                status: choose(
                    &field("status")?,
                    [(0, Status::Stored), (1, Status::SeenBefore)],
                )?,
                time_s: field("time")?.extract()?,
            },
        )
    } else if is(&REJECT, "Reject")? {
        encoded(
            py,
            &Message::Reject {
                sequence: field("sequence")?.extract()?,
                code: choose(
                    &field("code")?,
                    [(1, RejectCode::NotAccepted), (2, RejectCode::TryLater)],
                )?,
            },
        )
    } else {
        Err(PyTypeError::new_err(
            "expected a message of the device link",
        ))
    }
}

fn encoded<'py>(py: Python<'py>, message: &Message<'_>) -> PyResult<Bound<'py, PyBytes>> {
    let mut out = [0; MAX_FRAME];
    Ok(PyBytes::new(
        py,
        frame::encode(message, &mut out).or_raise(py)?,
    ))
}

fn choose<T: Copy>(value: &Bound<'_, PyAny>, choices: [(u8, T); 2]) -> PyResult<T> {
    let number: u8 = value.extract()?;
    choices
        .iter()
        .find(|(choice, _)| *choice == number)
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| {
            refuse(
                value.py(),
                ErrorCode::OutOfRange,
                "",
                "not one of the two values",
            )
        })
}

fn to_class<'py>(py: Python<'py>, message: &Message<'_>) -> PyResult<Bound<'py, PyAny>> {
    let bytes = |data: &[u8]| PyBytes::new(py, data);
    match *message {
        Message::Hello {
            state,
            public_key,
            next_sequence,
        } => {
            let arguments = (PROTOCOL, state as u8, bytes(public_key), next_sequence);
            class(py, &HELLO, "Hello")?.call1(arguments)
        }
        Message::Provision {
            time_s,
            period_ms,
            passport_id,
            recipients,
        } => {
            let points: Vec<_> = recipients.iter().map(bytes).collect();
            class(py, &PROVISION, "Provision")?.call1((time_s, period_ms, passport_id, points))
        }
        Message::Record { sequence, envelope } => {
            class(py, &RECORD, "RecordMessage")?.call1((sequence, bytes(envelope)))
        }
        Message::Ack {
            sequence,
            status,
            time_s,
        } => class(py, &ACK, "Ack")?.call1((sequence, status as u8, time_s)),
        Message::Reject { sequence, code } => {
            // The wire counts these from 1.
            class(py, &REJECT, "Reject")?.call1((sequence, code as u8 + 1))
        }
        _ => Err(PyTypeError::new_err(
            "a message that this binding does not know",
        )),
    }
}
