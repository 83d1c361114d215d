use serde_json::Value;

use crate::data_integrity;
use crate::error::{Error, ErrorCode, Result};
use crate::json_ld::Contexts;

/// Derives from a credential that was issued as `ecdsa-sd-2023` one that shows a part of it, and still
/// verifies. The issued one is for its holder alone: it holds what makes it possible to show all.
///
/// `selective` are JSON Pointers (RFC 6901) into the credential. What the issuer marked as mandatory, the issuer,
/// times, status, schema and terms of use, the contexts, and the ids and types on the way to each member are shown as well.
///
/// ```
/// use batterypass::SigningKey;
/// use batterypass::credential::{Securing, SignOptions, VerifyOptions, derive, sign, verify};
/// use serde_json::json;
///
/// let issuer = SigningKey::random()?;
/// let credential = json!({
///     "type": "ExampleCredential",
///     "credentialSubject": { "id": "urn:example:1", "stateOfHealth": 91.5, "owner": "Example" },
/// });
/// let options = SignOptions::securing(Securing::EcdsaSd2023);
/// let issued = sign(credential, &issuer, &options)?.into_json()?;
///
/// let shown = derive(&issued, &["/credentialSubject/stateOfHealth"], None)?;
/// assert!(shown["credentialSubject"].get("owner").is_none());
/// let report = verify(&shown, &VerifyOptions::at("2027-02-18T00:00:00Z".parse()?))?;
/// assert!(report.ok, "{:?}", report.findings);
/// # Ok::<(), batterypass::Error>(())
/// ```
///
/// # Errors
/// `wrong_type` when the credential is no object; `missing_member` without a proof of the suite;
/// `invalid_member` when it was derived already; `invalid_argument` for a pointer to nothing or to a
/// part of a statement, and when nothing would be shown; `malformed_base64` and `malformed_cbor` for a
/// proof that cannot be read; `signature_invalid` when it has not one signature for each statement;
/// `unknown_context`, `invalid_context`, `too_complex`, `too_many_values`.
pub fn derive(secured: &Value, selective: &[&str], contexts: Option<&Contexts>) -> Result<Value> {
    let Value::Object(document) = secured else {
        return Err(Error::new(ErrorCode::WrongType).because("expected an object"));
    };
    data_integrity::derive(document.clone(), selective, contexts).map(Value::Object)
}
