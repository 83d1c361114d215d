//! RDF datasets (RDF 1.1 Concepts): quads, their canonical N-Quads text, and its canonicalisation.

pub(crate) mod canonical;

use alloc::sync::Arc;

use crate::prelude::*;

pub(crate) const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
pub(crate) const RDF_FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
pub(crate) const RDF_REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
pub(crate) const RDF_NIL: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";
pub(crate) const RDF_JSON: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
pub(crate) const XSD_BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
pub(crate) const XSD_DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";
pub(crate) const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
pub(crate) const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";

/// One position of a quad.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Term {
    Iri(Arc<str>),
    /// A blank node by its label, without `_:`.
    Blank(Arc<str>),
    Literal(Arc<Literal>),
}

#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Literal {
    pub(crate) value: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// The IRI of a datatype.
    Typed(String),
    /// A language tag; the datatype is `rdf:langString`.
    Language(String),
}

impl Term {
    pub(crate) fn iri(iri: &str) -> Self {
        Self::Iri(iri.into())
    }

    pub(crate) fn typed(value: impl Into<String>, datatype: &str) -> Self {
        Self::Literal(Arc::new(Literal {
            value: value.into(),
            kind: Kind::Typed(datatype.into()),
        }))
    }

    pub(crate) fn language(value: &str, tag: &str) -> Self {
        Self::Literal(Arc::new(Literal {
            value: value.into(),
            kind: Kind::Language(tag.into()),
        }))
    }

    pub(crate) fn blank(&self) -> Option<&Arc<str>> {
        match self {
            Self::Blank(label) => Some(label),
            _ => None,
        }
    }

    /// Writes the term, with blank nodes as `label` says.
    fn write(&self, out: &mut String, label: &impl Fn(&Arc<str>) -> Arc<str>) {
        match self {
            Self::Iri(iri) => {
                out.push('<');
                out.push_str(iri);
                out.push('>');
            }
            Self::Blank(name) => {
                out.push_str("_:");
                out.push_str(&label(name));
            }
            Self::Literal(literal) => {
                out.push('"');
                escape(&literal.value, out);
                out.push('"');
                match &literal.kind {
                    Kind::Typed(datatype) if datatype == XSD_STRING => {}
                    Kind::Typed(datatype) => {
                        out.push_str("^^<");
                        out.push_str(datatype);
                        out.push('>');
                    }
                    Kind::Language(tag) => {
                        out.push('@');
                        out.push_str(tag);
                    }
                }
            }
        }
    }
}

/// A statement, in the default graph or in a named one.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Quad {
    pub(crate) subject: Term,
    pub(crate) predicate: Arc<str>,
    pub(crate) object: Term,
    pub(crate) graph: Option<Term>,
}

impl Quad {
    /// The statement as one line of canonical N-Quads (RDF 1.2 N-Quads, canonical form), which ends in
    /// a line feed, with blank nodes renamed by `label`.
    pub(crate) fn line(&self, label: &impl Fn(&Arc<str>) -> Arc<str>) -> String {
        let mut out = String::with_capacity(128);
        self.subject.write(&mut out, label);
        out.push_str(" <");
        out.push_str(&self.predicate);
        out.push_str("> ");
        self.object.write(&mut out, label);
        out.push(' ');
        if let Some(graph) = &self.graph {
            graph.write(&mut out, label);
            out.push(' ');
        }
        out.push_str(".\n");
        out
    }

    /// The positions that can hold a blank node, with the letters that RDFC-1.0 gives them.
    pub(crate) fn positions(&self) -> impl Iterator<Item = (char, &Term)> {
        let graph = self.graph.as_ref().map(|graph| ('g', graph));
        [('s', &self.subject), ('o', &self.object)]
            .into_iter()
            .chain(graph)
    }
}

/// Escapes a literal's text as canonical N-Quads does.
fn escape(text: &str, out: &mut String) {
    use core::fmt::Write;
    for c in text.chars() {
        let short = match c {
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            '"' | '\\' => c,
            '\0'..' ' | '\u{7f}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
                continue;
            }
            c => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_lines() {
        let quad = Quad {
            subject: Term::Blank("b0".into()),
            predicate: "urn:p".into(),
            object: Term::language("a\"\\\n\u{1}\u{7f}\u{e9}", "en"),
            graph: Some(Term::iri("urn:g")),
        };
        assert_eq!(
            quad.line(&|_| "x".into()),
            "_:x <urn:p> \"a\\\"\\\\\\n\\u0001\\u007F\u{e9}\"@en <urn:g> .\n"
        );
    }
}
