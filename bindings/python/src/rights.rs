//! The credentials that chains of trust are made of, as dicts to be signed.

use batterypass::Result;
use batterypass::attribute;
use batterypass::trust::{
    AccessGrant, BatteryStatusRecord, BmsProduction, OperatorAccreditation, ProcessorAuthorisation,
    ResponsibilityTransfer, Scope,
};
use pyo3::prelude::*;
use serde_json::Value;

use crate::arguments::Time;
use crate::bridge;
use crate::error::OrRaise;
use crate::key::PublicKey;
use crate::record;
use crate::trust::{find_point, words};

fn to_python(py: Python<'_>, credential: Result<Value>) -> PyResult<Bound<'_, PyAny>> {
    bridge::to_python(py, &credential.or_raise(py)?)
}

/// Make an authority's word that an organisation is an operator, or an authority below it.
#[pyfunction]
#[pyo3(signature = (operator, operator_id, *, roles, categories, name = None, valid_from = None,
                    valid_until = None))]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn operator_accreditation<'py>(
    py: Python<'py>,
    operator: &str,
    operator_id: &str,
    roles: Vec<String>,
    categories: Vec<String>,
    name: Option<String>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
) -> PyResult<Bound<'py, PyAny>> {
    let roles = words(py, &roles, "/roles")?;
    let categories = words(py, &categories, "/categories")?;
    let mut made = OperatorAccreditation::new(operator, operator_id, &roles, &categories);
    made.name = name;
    made.valid_from = valid_from.map(|time| time.0);
    made.valid_until = valid_until.map(|time| time.0);
    to_python(py, made.to_credential())
}

/// Make an operator's word that a key is that of the BMS of a battery.
#[pyfunction]
#[pyo3(signature = (key, passport_id, *, serial_number = None, model = None, valid_from = None,
                    valid_until = None))]
pub(crate) fn bms_production<'py>(
    py: Python<'py>,
    key: &Bound<'py, PublicKey>,
    passport_id: &str,
    serial_number: Option<String>,
    model: Option<String>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut made = BmsProduction::new(&key.get().0, passport_id);
    made.serial_number = serial_number;
    made.model = model;
    made.valid_from = valid_from.map(|time| time.0);
    made.valid_until = valid_until.map(|time| time.0);
    to_python(py, made.to_credential())
}

fn scope(all: bool, passports: Vec<String>, models: Vec<String>) -> Scope {
    let mut scope = Scope::default();
    scope.all = all;
    scope.passports = passports;
    scope.models = models;
    scope
}

/// Make an operator's authorisation of another to act for it, Art. 77(4) and 78(c).
#[pyfunction]
#[pyo3(
    signature = (delegate, *, actions, valid_until, passports = Vec::new(), models = Vec::new(),
                 all_passports = false, valid_from = None),
    text_signature = "(delegate, *, actions, valid_until, passports=(), models=(), \
                      all_passports=False, valid_from=None)"
)]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn processor_authorisation<'py>(
    py: Python<'py>,
    delegate: &str,
    actions: Vec<String>,
    valid_until: Time,
    passports: Vec<String>,
    models: Vec<String>,
    all_passports: bool,
    valid_from: Option<Time>,
) -> PyResult<Bound<'py, PyAny>> {
    let actions = words(py, &actions, "/actions")?;
    let scope = scope(all_passports, passports, models);
    let mut made = ProcessorAuthorisation::new(delegate, &actions, scope, valid_until.0);
    made.valid_from = valid_from.map(|time| time.0);
    to_python(py, made.to_credential())
}

/// Make a grant of access for a person with a legitimate interest, Art. 77(2).
#[pyfunction]
#[pyo3(
    signature = (reader, purpose, *, valid_until, passports = Vec::new(), models = Vec::new(),
                 points = None, valid_from = None),
    text_signature = "(reader, purpose, *, valid_until, passports=(), models=(), points=None, \
                      valid_from=None)"
)]
#[expect(clippy::too_many_arguments, reason = "they are keyword arguments")]
pub(crate) fn access_grant<'py>(
    py: Python<'py>,
    reader: &str,
    purpose: &str,
    valid_until: Time,
    passports: Vec<String>,
    models: Vec<String>,
    points: Option<Vec<u8>>,
    valid_from: Option<Time>,
) -> PyResult<Bound<'py, PyAny>> {
    let purpose = attribute::purpose(purpose).or_raise(py)?;
    let mut made = AccessGrant::new(
        reader,
        purpose,
        scope(false, passports, models),
        valid_until.0,
    );
    if let Some(points) = points {
        made.points = points
            .into_iter()
            .map(|number| find_point(py, number))
            .collect::<PyResult<_>>()?;
    }
    made.valid_from = valid_from.map(|time| time.0);
    to_python(py, made.to_credential())
}

/// Make the transfer of responsibility for passports, Art. 77(7). Both operators sign it.
#[pyfunction]
#[pyo3(signature = (previous, next, *, passports, effective))]
pub(crate) fn responsibility_transfer<'py>(
    py: Python<'py>,
    previous: (String, String),
    next: (String, String),
    passports: Vec<String>,
    effective: Time,
) -> PyResult<Bound<'py, PyAny>> {
    let passports: Vec<_> = passports.iter().map(String::as_str).collect();
    let made = ResponsibilityTransfer::new(
        (&previous.0, &previous.1),
        (&next.0, &next.1),
        &passports,
        effective.0,
    );
    to_python(py, made.to_credential())
}

/// Make the credential of what a BMS measured, which the BMS signs.
#[pyfunction]
#[pyo3(signature = (passport_id, record, *, valid_from = None, valid_until = None))]
pub(crate) fn battery_status_record<'py>(
    py: Python<'py>,
    passport_id: &str,
    record: &Bound<'py, PyAny>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut made = BatteryStatusRecord::new(passport_id, record::to_core(record)?);
    made.valid_from = valid_from.map(|time| time.0);
    made.valid_until = valid_until.map(|time| time.0);
    to_python(py, made.to_credential())
}
