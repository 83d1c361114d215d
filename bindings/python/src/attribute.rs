//! `attributes` and `purposes`.

use batterypass::attribute::{self, Attribute, Category};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Return the table of the 93 attributes, in the order of their numbers.
#[pyfunction]
pub(crate) fn attributes(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let table = PyList::empty(py);
    for attribute in attribute::all() {
        table.append(to_dict(py, attribute)?)?;
    }
    Ok(table)
}

/// Return the purposes of legitimate interest, Art. 77(2), and the points that serve each.
#[pyfunction]
pub(crate) fn purposes(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let list = PyList::empty(py);
    for purpose in attribute::purposes() {
        let dict = PyDict::new(py);
        dict.set_item("name", purpose.name)?;
        dict.set_item("about", purpose.about)?;
        let points = purpose.points.iter().map(|point| *point as u8);
        dict.set_item("points", points.map(u16::from).collect::<Vec<_>>())?;
        dict.set_item("reference", purpose.reference)?;
        list.append(dict)?;
    }
    Ok(list)
}

fn to_dict<'py>(py: Python<'py>, attribute: &Attribute) -> PyResult<Bound<'py, PyDict>> {
    let obligation = PyDict::new(py);
    let guidance = PyDict::new(py);
    for category in Category::ALL {
        let rule = attribute.guidance(category);
        obligation.set_item(category.as_str(), attribute.obligation(category).as_str())?;
        guidance.set_item(category.as_str(), rule.map(attribute::Guidance::as_str))?;
    }
    let dict = PyDict::new(py);
    dict.set_item("number", attribute.number)?;
    dict.set_item("clause", attribute.clause)?;
    dict.set_item("name", attribute.name)?;
    dict.set_item("paths", PyList::new(py, attribute.paths)?)?;
    dict.set_item("leaves", PyList::new(py, attribute.leaves)?)?;
    dict.set_item("point", attribute.point as u8)?;
    dict.set_item("obligation", obligation)?;
    dict.set_item("guidance", guidance)?;
    dict.set_item("applies_from", attribute.from)?;
    dict.set_item("dynamic", attribute.dynamic)?;
    dict.set_item("update", attribute.update.as_str())?;
    dict.set_item("granularity", attribute.granularity.as_str())?;
    dict.set_item("unit", attribute.unit)?;
    dict.set_item("wire_unit", attribute.wire_unit)?;
    dict.set_item("reference", attribute.reference)?;
    dict.set_item("note", attribute.note)?;
    Ok(dict)
}
