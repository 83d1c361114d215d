//! What the firmware and each operation cost on the chip, against the limits, and the table of the
//! documentation. Instructions are counted, not timed: two runs give the same numbers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chip;

use core::fmt::Write;
use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

/// A signed record for two recipients.
const RECORD: &str = "sign-and-seal-2";
/// Instructions for that, by backend.
const MOST_INSTRUCTIONS: [(&str, u32); 2] = [("portable", 36_000_000), ("cortex-m4", 3_300_000)];
const MOST_STACK: u32 = 8 * 1024;
const MOST_FLASH: usize = 60 * 1024;

/// The operations in the order of the table, as in `chip/cost.rs`.
const OPERATIONS: [(&str, &str); 15] = [
    ("load-key", "load a private key"),
    ("sign-record", "sign a record"),
    ("verify-record", "verify a record"),
    ("seal-1", "seal it to 1 recipient"),
    ("seal-2", "seal it to 2"),
    ("seal-8", "seal it to 8"),
    (RECORD, "sign and seal to 2"),
    ("open", "open an envelope"),
    ("encode-record", "encode a record"),
    ("decode-record", "decode a record"),
    ("encode-frame", "encode its frame"),
    ("decode-frame", "decode the frame"),
    ("hkdf", "HKDF, 32 bytes"),
    ("aes-256-gcm-256", "AES-256-GCM, 256 bytes"),
    ("sha-256-256", "SHA-256, 256 bytes"),
];

/// Instructions and bytes of stack.
type Cost = (u32, u32);

fn measure(backend: &str) -> Option<BTreeMap<String, Cost>> {
    let binary = chip::binary("bms-cost", backend)?;
    // An instruction a nanosecond: what the counter on the chip relies on.
    let report = chip::run(&binary, "cost", &[], "cost.txt", &["-icount", "shift=0"]);
    let lines = String::from_utf8(report).unwrap();
    let costs = lines.lines().map(|line| {
        let fields: Vec<_> = line.split(' ').collect();
        let [name, instructions, stack] = fields[..] else {
            panic!("{line}");
        };
        let cost = (instructions.parse().unwrap(), stack.parse().unwrap());
        (name.to_owned(), cost)
    });
    Some(costs.collect())
}

/// The bytes that are written to flash: those in the file of every loadable segment (ELF, 32 bits).
fn flash(elf: &[u8]) -> usize {
    let u16_at = |at: usize| usize::from(u16::from_le_bytes(elf[at..at + 2].try_into().unwrap()));
    let u32_at = |at: usize| u32::from_le_bytes(elf[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(&elf[..5], b"\x7fELF\x01");
    let (table, size, count) = (u32_at(28), u16_at(42), u16_at(44));
    (0..count)
        .map(|i| table + i * size)
        .filter(|header| u32_at(*header) == 1)
        .map(|header| u32_at(header + 16))
        .sum()
}

#[test]
fn within_the_limits() {
    let mut columns = Vec::new();
    for (backend, most) in MOST_INSTRUCTIONS {
        let Some(costs) = measure(backend) else {
            return;
        };
        let firmware = chip::binary("bms-firmware", backend).unwrap();
        let size = flash(&fs::read(firmware).unwrap());
        let (instructions, stack) = costs[RECORD];
        println!("{backend}: {instructions} instructions, {stack} bytes of stack, {size} of flash");
        assert!(
            instructions <= most,
            "{backend}: {instructions} instructions"
        );
        assert!(size <= MOST_FLASH, "{backend}: {size} bytes of flash");
        for (name, _) in OPERATIONS {
            let (instructions, stack) = costs[name];
            assert!(
                instructions > 0 && stack <= MOST_STACK,
                "{backend}: {name}, {stack}"
            );
        }
        assert_eq!(
            costs.len(),
            OPERATIONS.len() + 1,
            "and one that does nothing"
        );
        columns.push((costs, size));
    }
    if env::var_os("UPDATE_DOCS").is_some() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/firmware-cost.md");
        let text = fs::read_to_string(&page).unwrap();
        let (before, _) = text.split_once(BEGIN).unwrap();
        let (_, after) = text.split_once(END).unwrap();
        let table = table(&columns);
        fs::write(&page, format!("{before}{BEGIN}\n\n{table}\n{END}{after}")).unwrap();
    }
}

const BEGIN: &str = "<!-- written by `make -C firmware-example cost` -->";
const END: &str = "<!-- end -->";

/// What `make cost` has noted of a binary with one operation.
fn noted_flash(name: &str) -> u32 {
    let folder = env::var("BMS_CHIP").unwrap();
    let text = fs::read_to_string(Path::new(&folder).join(format!("flash.{name}"))).unwrap();
    let digits = text.trim_start_matches("flash used: ");
    digits.split(' ').next().unwrap().parse().unwrap()
}

fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn table(columns: &[(BTreeMap<String, Cost>, usize)]) -> String {
    let [(portable, portable_size), (assembly, assembly_size)] = columns else {
        panic!("two backends");
    };
    let empty = noted_flash("nothing");
    let mut text = String::from(
        "| operation | instructions, portable | `cortex-m4` | stack, portable | `cortex-m4` | flash |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for (name, title) in OPERATIONS {
        let (a, b) = (portable[name], assembly[name]);
        let cells = [a.0, b.0, a.1, b.1, noted_flash(name) - empty].map(thousands);
        writeln!(text, "| {title} | {} |", cells.join(" | ")).unwrap();
    }
    let sizes = [*portable_size, *assembly_size].map(|size| thousands(size.try_into().unwrap()));
    let [portable, assembly] = sizes;
    write!(
        text,
        "\nThe whole firmware takes {portable} bytes of flash with the portable backend and {assembly} \
         with `cortex-m4`.\n"
    )
    .unwrap();
    text
}
