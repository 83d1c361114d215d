//! The list itself: its bits, its text form, its limits.

use std::io::{Read, Write};

use base64ct::{Base64UrlUnpadded, Encoding};
use batterypass::ErrorCode;
use batterypass::status::{MAX_LIST_LEN, MIN_ENTRIES, StatusList, random_index};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use crate::common::Prepared;

pub(crate) fn encoded(bits: &[u8]) -> String {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bits).unwrap();
    text_of(&gzip.finish().unwrap())
}

fn text_of(gzip: &[u8]) -> String {
    format!("u{}", Base64UrlUnpadded::encode_string(gzip))
}

fn gzip_of(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text.strip_prefix('u').unwrap()).unwrap()
}

fn refusal(text: &str) -> ErrorCode {
    StatusList::decode(text, 1).unwrap_err().code()
}

#[test]
fn another_gzip_reads_ours_and_we_read_its() {
    let mut list = StatusList::new(MIN_ENTRIES, 1).unwrap();
    list.set(1, 1).unwrap();
    list.set(94_567, 1).unwrap();
    let mut bits = Vec::new();
    GzDecoder::new(&gzip_of(&list.encode())[..])
        .read_to_end(&mut bits)
        .unwrap();
    assert_eq!(bits.len(), 16_384);
    // 94,567 is the last bit of byte 11,820.
    assert_eq!((bits[0], bits[11_820]), (0x40, 0x01));
    assert_eq!(bits.iter().map(|b| b.count_ones()).sum::<u32>(), 2);
    assert_eq!(StatusList::decode(&encoded(&bits), 1).unwrap(), list);
    assert_eq!(format!("{list:?}"), "StatusList(131072 entries, size 1)");
}

#[test]
fn the_text_is_always_the_same() {
    let list = StatusList::new(MIN_ENTRIES, 1).unwrap();
    let text = list.encode();
    assert_eq!(text, list.clone().encode());
    // gzip without a time: 1f 8b 08, no flags, time 0.
    assert_eq!(gzip_of(&text)[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
}

#[test]
fn sizes_and_numbers_have_bounds() {
    for (entries, size, code) in [
        (MIN_ENTRIES - 1, 1, ErrorCode::StatusListTooShort),
        (0, 1, ErrorCode::StatusListTooShort),
        (MIN_ENTRIES, 0, ErrorCode::InvalidArgument),
        (MIN_ENTRIES, 9, ErrorCode::InvalidArgument),
        (MAX_LIST_LEN * 8 + 1, 1, ErrorCode::StatusListTooLarge),
        (usize::MAX, 8, ErrorCode::StatusListTooLarge),
    ] {
        let refused = StatusList::new(entries, size).unwrap_err();
        assert_eq!(refused.code(), code, "{entries} {size}");
    }
    let largest = StatusList::new(MAX_LIST_LEN * 8, 1).unwrap();
    assert_eq!(StatusList::decode(&largest.encode(), 1).unwrap(), largest);

    let mut list = StatusList::new(MIN_ENTRIES + 1, 2).unwrap();
    // What is left of the last byte are entries as well.
    assert_eq!((list.len(), list.size()), (MIN_ENTRIES + 4, 2));
    let end = list.len();
    assert_eq!(
        list.get(end).unwrap_err().code(),
        ErrorCode::StatusOutOfRange
    );
    for index in [end, usize::MAX] {
        let refused = list.set(index, 1).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::StatusOutOfRange);
    }
    let refused = list.set(0, 4).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidArgument);
    assert_eq!(list.get(0).unwrap(), 0);
}

#[test]
fn other_texts_are_refused() {
    let good = StatusList::new(MIN_ENTRIES, 1).unwrap().encode();
    let gzip = gzip_of(&good);
    let changed = |at: usize| {
        let mut gzip = gzip.clone();
        gzip[at] ^= 1;
        text_of(&gzip)
    };
    let end = gzip.len();
    for (text, code) in [
        (String::new(), ErrorCode::MalformedBase64),
        // Without the multibase prefix, with another one, with padding, in the other alphabet.
        (good[1..].into(), ErrorCode::MalformedBase64),
        (good.replacen('u', "z", 1), ErrorCode::MalformedBase64),
        (format!("{good}="), ErrorCode::MalformedBase64),
        (good.replace('-', "+"), ErrorCode::MalformedBase64),
        ("u".into(), ErrorCode::Truncated),
        (text_of(&gzip[..end - 1]), ErrorCode::Truncated),
        (changed(0), ErrorCode::MalformedStatusList),
        (changed(end - 8), ErrorCode::StatusListChecksum),
        (changed(end - 1), ErrorCode::StatusListChecksum),
        (
            text_of(&[&gzip[..], &[0]].concat()),
            ErrorCode::TrailingBytes,
        ),
        (
            text_of(&[&gzip[..], &gzip].concat()),
            ErrorCode::TrailingBytes,
        ),
        (encoded(&[0; 16_383]), ErrorCode::StatusListTooShort),
        (encoded(&[]), ErrorCode::StatusListTooShort),
    ] {
        assert!(good.contains('-'), "the alphabets differ in it");
        assert_eq!(refusal(&text), code, "{text}");
    }
}

#[test]
fn bombs_are_refused() {
    let limit = vec![0; MAX_LIST_LEN];
    assert_eq!(
        StatusList::decode(&encoded(&limit), 1).unwrap().len(),
        1 << 24
    );
    for more in [1, 14 << 20] {
        let text = encoded(&vec![0; MAX_LIST_LEN + more]);
        assert_eq!(refusal(&text), ErrorCode::StatusListTooLarge, "{more}");
    }
    // Too long to be looked at.
    let text = "u".to_string() + &"A".repeat(2 * MAX_LIST_LEN);
    assert_eq!(refusal(&text), ErrorCode::StatusListTooLarge);
}

#[test]
fn incompressible_lists_survive() {
    // A xorshift, so that nothing repeats.
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let bits: Vec<u8> = (0..MAX_LIST_LEN / 8).flat_map(|_| random()).collect();
    let list = StatusList::decode(&encoded(&bits), 1).unwrap();
    assert_eq!(StatusList::decode(&list.encode(), 1).unwrap(), list);
}

#[test]
fn positions_are_random_and_free() {
    let drawn = |numbers: &[u64], entries, taken: &[usize]| {
        let mut rng = Prepared(numbers.iter().flat_map(|n| n.to_le_bytes()).collect());
        random_index(entries, |index| taken.contains(&index), &mut rng).map_err(|e| e.code())
    };
    assert_eq!(drawn(&[5], 8, &[]), Ok(5));
    assert_eq!(drawn(&[8 + 3], 8, &[]), Ok(3));
    assert_eq!(drawn(&[5, 13, 2], 8, &[5]), Ok(2));
    // 2^64 - 1 is a multiple of 3 and of 5, so that one number is drawn again.
    assert_eq!(drawn(&[u64::MAX, 4], 5, &[]), Ok(4));
    // After 32 draws in vain one of the free ones is drawn.
    let mut numbers = vec![0; 32];
    numbers.push(1);
    assert_eq!(drawn(&numbers, 8, &[0, 1, 2, 4, 5, 7]), Ok(6));
    assert_eq!(drawn(&[0; 33], 2, &[0, 1]), Err(ErrorCode::StatusListFull));
    assert_eq!(drawn(&[0], 0, &[]), Err(ErrorCode::StatusListFull));
    assert_eq!(drawn(&[], 8, &[]), Err(ErrorCode::RandomnessFailed));
    assert_eq!(
        drawn(&[u64::MAX; 200], 5, &[]),
        Err(ErrorCode::RandomnessFailed)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What was set last is read, everything else is 0, through the text form as well; all sizes.
    #[test]
    fn lists_survive(
        size in 1..=8_u8,
        entries in MIN_ENTRIES..MIN_ENTRIES + 100,
        values in prop::collection::btree_map(0..MIN_ENTRIES, any::<u8>(), 0..200),
    ) {
        let mut list = StatusList::new(entries, size).unwrap();
        let mask = u8::try_from((1_u16 << size) - 1).unwrap();
        for (index, value) in &values {
            list.set(*index, mask).unwrap();
            list.set(*index, value & mask).unwrap();
        }
        let again = StatusList::decode(&list.encode(), size).unwrap();
        prop_assert_eq!(&again, &list);
        for index in 0..again.len() {
            let expected = values.get(&index).map_or(0, |value| value & mask);
            prop_assert_eq!(again.get(index).unwrap(), expected, "{}", index);
        }
    }

    #[test]
    fn any_text_is_answered(text in "u[A-Za-z0-9_-]{0,80}|\\PC{0,20}") {
        prop_assert!(StatusList::decode(&text, 1).is_err());
    }
}
