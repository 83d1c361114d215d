//! Random and awkward scalars, coordinates and points.

use batterypass::crypto::{COMPRESSED_LEN, Crypto, KEY_LEN, POINT_LEN, Portable};
use proptest::prelude::*;

use super::common;

pub type Key = [u8; KEY_LEN];
pub type Point = [u8; POINT_LEN];

/// The field's prime and the order of the group (SP 800-186 section 3.2.1.3).
pub const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
pub const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

pub fn number(hex: &str) -> Key {
    common::hex(&serde_json::json!({ "number": hex }), "number")
        .try_into()
        .unwrap()
}

/// A number and `offset`, which may be negative, modulo 2^256.
pub fn near(number: Key, offset: i8) -> Key {
    let mut carry = i16::from(offset);
    let mut out = number;
    for byte in out.iter_mut().rev() {
        let sum = i16::from(*byte) + carry;
        *byte = sum.rem_euclid(256) as u8;
        carry = sum.div_euclid(256);
    }
    out
}

/// `n - number`, for a number below `n`.
pub fn negated(number: &Key) -> Key {
    let mut borrow = 0;
    let mut out = self::number(N);
    for (byte, other) in out.iter_mut().zip(number).rev() {
        let difference = i16::from(*byte) - i16::from(*other) - borrow;
        *byte = difference.rem_euclid(256) as u8;
        borrow = i16::from(difference < 0);
    }
    out
}

/// Numbers of 256 bits: any, and those at the edges of the field and of the group.
pub fn numbers() -> impl Strategy<Value = Key> {
    let edges = [[0; KEY_LEN], number(P), number(N)];
    let near = (prop::sample::select(edges.to_vec()), -3..=3_i8);
    prop_oneof![
        3 => any::<Key>(),
        2 => near.prop_map(|(number, offset)| self::near(number, offset)),
        1 => Just(number(N)).prop_map(|mut half| {
            half[0] = 0x7f;
            half
        }),
    ]
}

pub fn scalars() -> impl Strategy<Value = Key> {
    numbers().prop_filter("a scalar", |number| {
        Portable.p256_private_key(number).is_ok()
    })
}

pub fn point_of(scalar: &Key) -> Point {
    Portable
        .p256_public_key(&Portable.p256_private_key(scalar).unwrap())
        .unwrap()
}

/// The two points with `x = 0`, and the same with `x` written as `p`: two names of one point.
pub fn zero_points() -> Vec<Point> {
    let mut out = Vec::new();
    for tag in [2, 3] {
        let mut compressed = [0; COMPRESSED_LEN];
        compressed[0] = tag;
        let point = Portable.p256_decompress(&compressed).unwrap();
        let mut renamed = point;
        renamed[1..=KEY_LEN].copy_from_slice(&number(P));
        out.extend([point, renamed]);
    }
    out
}

/// Points on the curve, beside it, and in forms that only other software reads.
pub fn points() -> impl Strategy<Value = Point> {
    let on_curve = scalars().prop_map(|scalar| point_of(&scalar));
    let coordinates = (any::<u8>(), numbers(), numbers()).prop_map(|(tag, x, y)| {
        let mut point = [tag % 8; POINT_LEN];
        point[1..=KEY_LEN].copy_from_slice(&x);
        point[KEY_LEN + 1..].copy_from_slice(&y);
        point
    });
    let on_curve_changed = (scalars(), 0..POINT_LEN, any::<u8>()).prop_map(|(scalar, at, by)| {
        let mut point = point_of(&scalar);
        point[at] ^= by;
        point
    });
    // The hybrid form of X9.62: 06 or 07 by the parity of y, then both coordinates.
    let hybrid = scalars().prop_map(|scalar| {
        let mut point = point_of(&scalar);
        point[0] = 6 | (point[POINT_LEN - 1] & 1);
        point
    });
    prop_oneof![
        4 => on_curve,
        2 => on_curve_changed,
        1 => coordinates,
        1 => hybrid,
        1 => prop::sample::select(zero_points()),
        1 => Just([0; POINT_LEN]),
    ]
}
