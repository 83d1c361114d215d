//! Reports as JSON.

use batterypass::credential::{PresentationReport, VerifyReport};
use batterypass::report::Finding;
use batterypass::{trust, validate};
use serde_json::{Value, json};

pub(crate) fn findings(found: &[Finding]) -> Value {
    let found = found.iter().map(|finding| {
        json!({
            "code": finding.code.as_str(),
            "severity": finding.severity.as_str(),
            "path": finding.path,
            "detail": finding.detail,
            "reference": finding.reference,
        })
    });
    found.collect()
}

pub(crate) fn validation(report: &validate::Report) -> Value {
    json!({ "ok": report.ok, "findings": findings(&report.findings) })
}

pub(crate) fn verification(report: VerifyReport) -> Value {
    json!({
        "ok": report.ok,
        "findings": findings(&report.findings),
        "issuer": report.issuer,
        "securing": report.securing.as_str(),
        "claims": report.claims,
        "chain": report.chain.iter().map(link).collect::<Value>(),
    })
}

pub(crate) fn presentation(report: PresentationReport) -> Value {
    json!({
        "ok": report.ok,
        "findings": findings(&report.findings),
        "holder": report.holder,
        "securing": report.securing.as_str(),
        "claims": report.claims,
        "credentials": report.credentials.into_iter().map(verification).collect::<Value>(),
    })
}

fn link(link: &trust::Link) -> Value {
    let [from, until] = [link.valid_from, link.valid_until].map(|at| at.map(|at| at.to_string()));
    json!({
        "kind": link.kind,
        "issuer": link.issuer,
        "subject": link.subject,
        "ok": link.ok,
        "findings": findings(&link.findings),
        "validFrom": from,
        "validUntil": until,
    })
}
