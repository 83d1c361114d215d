//! Values of the model and of parsed JSON alike, borrowed: what walks over a passport (validation, views,
//! attributes) needs no copy of it.

use core::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _};
use serde_json::{Map, Number, Value};

use crate::json;
use crate::prelude::*;

/// One value.
#[derive(Clone, Copy)]
pub(crate) enum Node<'a> {
    Null,
    Flag(bool),
    Number(&'a Number),
    Text(&'a str),
    List(&'a dyn Elements),
    Object(&'a dyn Members),
}

/// An object: a struct of the model or a map.
pub(crate) trait Members {
    /// Returns the member of a name.
    fn member(&self, name: &str) -> Option<Node<'_>>;

    /// Hands over every member in the order in which it is written.
    fn each<'m>(&'m self, visit: &mut dyn FnMut(&'m str, Node<'m>));
}

/// An array.
pub(crate) trait Elements {
    /// Returns the element at an index.
    fn element(&self, index: usize) -> Option<Node<'_>>;
}

/// What can be walked over.
pub(crate) trait AsNode {
    fn node(&self) -> Node<'_>;

    /// Tells whether nothing in it is nested deeper than this. Types of the model are not, what they keep
    /// of unknown members can be.
    fn is_within(&self, depth: usize) -> bool;

    /// Reads it, so that no member stands twice in any object of it.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>
    where
        Self: Deserialize<'de>,
    {
        Self::deserialize(deserializer)
    }
}

/// Calls [`AsNode::read`] where serde would call the type's own reader.
pub(crate) struct Read<T>(PhantomData<T>);

impl<T> Read<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: AsNode + Deserialize<'de>> DeserializeSeed<'de> for Read<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

impl<'a> Node<'a> {
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        match self {
            Self::Object(members) => members.member(name),
            _ => None,
        }
    }

    /// Returns the member at a path of names.
    pub(crate) fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_f64(self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// Returns the elements of an array; of everything else none.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> + Clone {
        (0..).map_while(move |index| match self {
            Self::List(elements) => elements.element(index),
            _ => None,
        })
    }

    /// Copies the value.
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => Value::Bool(flag),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.into()),
            Self::List(_) => self.elements().map(Self::to_value).collect(),
            Self::Object(members) => {
                let mut object = Map::new();
                members.each(&mut |name, node| {
                    object.insert(name.into(), node.to_value());
                });
                Value::Object(object)
            }
        }
    }
}

impl AsNode for Value {
    fn node(&self) -> Node<'_> {
        match self {
            Self::Null => Node::Null,
            Self::Bool(flag) => Node::Flag(*flag),
            Self::Number(number) => Node::Number(number),
            Self::String(text) => Node::Text(text),
            Self::Array(elements) => Node::List(elements),
            Self::Object(members) => Node::Object(members),
        }
    }

    fn is_within(&self, depth: usize) -> bool {
        match self {
            Self::Array(elements) => elements.is_within(depth),
            Self::Object(members) => members.is_within(depth),
            _ => true,
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json::read_strictly(deserializer)
    }
}

impl AsNode for bool {
    fn node(&self) -> Node<'_> {
        Node::Flag(*self)
    }

    fn is_within(&self, _: usize) -> bool {
        true
    }
}

impl AsNode for Number {
    fn node(&self) -> Node<'_> {
        Node::Number(self)
    }

    fn is_within(&self, _: usize) -> bool {
        true
    }
}

impl AsNode for String {
    fn node(&self) -> Node<'_> {
        Node::Text(self)
    }

    fn is_within(&self, _: usize) -> bool {
        true
    }
}

impl<T: AsNode> AsNode for Vec<T> {
    fn node(&self) -> Node<'_> {
        Node::List(self)
    }

    fn is_within(&self, depth: usize) -> bool {
        let inner = depth.checked_sub(1);
        inner.is_some_and(|depth| self.iter().all(|element| element.is_within(depth)))
    }
}

impl<T: AsNode> Elements for Vec<T> {
    fn element(&self, index: usize) -> Option<Node<'_>> {
        self.get(index).map(AsNode::node)
    }
}

impl AsNode for Map<String, Value> {
    fn node(&self) -> Node<'_> {
        Node::Object(self)
    }

    fn is_within(&self, depth: usize) -> bool {
        let inner = depth.checked_sub(1);
        inner.is_some_and(|depth| self.values().all(|member| member.is_within(depth)))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match json::read_strictly(deserializer)? {
            Value::Object(members) => Ok(members),
            _ => Err(D::Error::custom("invalid type, expected a map")),
        }
    }
}

impl Members for Map<String, Value> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        self.get(name).map(AsNode::node)
    }

    fn each<'m>(&'m self, visit: &mut dyn FnMut(&'m str, Node<'m>)) {
        for (name, member) in self {
            visit(name, member.node());
        }
    }
}
