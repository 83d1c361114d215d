//! URIs, RFC 3986.

/// Tells whether a text is a URI (RFC 3986, not a relative reference).
pub(in crate::validate) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.bytes();
    if !letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        || !letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match hierarchy.strip_prefix("//") {
        None => hierarchy,
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !is_authority(authority) {
                return false;
            }
            path
        }
    };
    made_of(path, b":@/") && made_of(query, b":@/?") && made_of(fragment, b":@/?")
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match host.strip_prefix('[') {
        Some(literal) => {
            let Some((address, port)) = literal.split_once(']') else {
                return false;
            };
            if address.parse::<core::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("", port)
        }
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    made_of(user, b":") && made_of(host, b"") && port.bytes().all(|b| b.is_ascii_digit())
}

/// Unreserved characters, sub-delimiters, percent-encoded bytes and some others, RFC 3986 section 2.
fn made_of(text: &str, others: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let right = match byte {
            b'%' => {
                let mut hex = || bytes.next().is_some_and(|b| b.is_ascii_hexdigit());
                hex() && hex()
            }
            _ => {
                byte.is_ascii_alphanumeric()
                    || matches!(
                        byte,
                        b'-' | b'.'
                            | b'_'
                            | b'~'
                            | b'!'
                            | b'$'
                            | b'&'
                            | b'\''
                            | b'('
                            | b')'
                            | b'*'
                            | b'+'
                            | b','
                            | b';'
                            | b'='
                    )
                    || others.contains(&byte)
            }
        };
        if !right {
            return false;
        }
    }
    true
}

/// Tells whether a URI leads somewhere that a browser can go.
pub(in crate::validate) fn is_web_link(uri: &str) -> bool {
    let host = uri.strip_prefix("https://").or(uri.strip_prefix("http://"));
    host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        for text in [
            "https://example.com/a?b=c#d",
            "http://user:pass@example.com:8080/%41",
            "https://[2001:db8::1]:443/",
            "urn:uuid:8c4b6a0e-5d0f-4c58-9a7e-2f1b3c6d7e90",
            "did:web:example.com",
            "telnet://192.0.2.16:80/",
            "mailto:a@b.example",
            "urn:",
            "http://",
        ] {
            assert!(is_uri(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "/path",
            "1http://x",
            ":x",
            "http://a b",
            "http://a/%4",
            "http://a/%zz",
            "http://a/ü",
            "http://[::1/",
            "http://[x]/",
            "http://a:b/",
            "a:b#c#d",
            "a:[b]",
        ] {
            assert!(!is_uri(text), "{text}");
        }
        assert!(
            is_web_link("https://example.com")
                && !is_web_link("telnet://x")
                && !is_web_link("http://")
        );
    }
}
