//! What names look like: keywords, IRIs, compact IRIs.

/// The keywords of JSON-LD 1.1 section 1.7.
const KEYWORDS: [&str; 22] = [
    "@base",
    "@container",
    "@context",
    "@direction",
    "@graph",
    "@id",
    "@import",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@vocab",
];

pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name) || name == "@version"
}

/// Whether a name has the form of a keyword, which JSON-LD keeps free for later.
pub(super) fn looks_like_keyword(name: &str) -> bool {
    name.strip_prefix('@')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Splits at the first colon that is not the first character.
pub(super) fn split_compact(name: &str) -> Option<(&str, &str)> {
    name.split_once(':')
        .filter(|(prefix, _)| !prefix.is_empty())
}

/// Whether a text is an IRI with a scheme and without characters that RFC 3987 forbids.
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut scheme = scheme.bytes();
    let forbidden = |c: char| {
        c <= ' '
            || c == '\u{7f}'
            || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
    };
    scheme.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && scheme.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && !rest.contains(forbidden)
}

/// Whether a text has the form of a language tag (RFC 5646 section 2.1).
pub(super) fn is_language(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(i, part)| {
        (1..=8).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || i > 0 && byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for iri in [
            "urn:a",
            "did:key:z1#z1",
            "https://example.com/\u{e9}?q#f",
            "a+b-c.1:",
        ] {
            assert!(is_absolute(iri), "{iri}");
        }
        for other in [
            "",
            "a",
            ":a",
            "1a:b",
            "_:b0",
            "urn:a b",
            "urn:<",
            "urn:\u{7f}",
            "a_b:c",
        ] {
            assert!(!is_absolute(other), "{other}");
        }
        assert!(is_language("en") && is_language("de-CH-1996"));
        assert!(
            !is_language("") && !is_language("e_n") && !is_language("1n") && !is_language("en-")
        );
        assert!(
            looks_like_keyword("@foo") && !looks_like_keyword("@") && !looks_like_keyword("@a1")
        );
    }
}
