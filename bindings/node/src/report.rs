//! Reports as JSON.

use batterypass::credential::{PresentationReport, VerifyReport};
use batterypass::report::Finding;
use batterypass::trust;
use serde_json::{Value, json};

fn findings(found: &[Finding]) -> Value {
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

/// A report of nothing but findings.
pub(crate) fn of(ok: bool, found: &[Finding]) -> Value {
    json!({ "ok": ok, "findings": findings(found) })
}

/// A report, and its claims as text: JavaScript reads them when somebody asks.
pub(crate) fn verification(report: VerifyReport) -> (Value, String) {
    let about = json!({
        "ok": report.ok,
        "findings": findings(&report.findings),
        "issuer": report.issuer,
        "securing": report.securing.as_str(),
        "chain": report.chain.iter().map(link).collect::<Value>(),
    });
    let claims = report.claims.text().map(ToOwned::to_owned);
    (
        about,
        claims.unwrap_or_else(|| report.claims.into_value().to_string()),
    )
}

/// A report on a presentation with its credentials, each with its claims as text, and its own claims.
pub(crate) fn presentation(report: PresentationReport) -> (Value, String) {
    let credentials = report.credentials.into_iter().map(|credential| {
        let (report, claims) = verification(credential);
        json!({ "report": report, "claims": claims })
    });
    let about = json!({
        "ok": report.ok,
        "findings": findings(&report.findings),
        "holder": report.holder,
        "securing": report.securing.as_str(),
        "credentials": credentials.collect::<Value>(),
    });
    (about, report.claims.to_string())
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
