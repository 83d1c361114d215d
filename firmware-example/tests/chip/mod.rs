//! Runs a binary for the chip in QEMU.

#![allow(dead_code, reason = "each test uses a part")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The backends that the Makefile builds the binaries with.
pub const BACKENDS: [&str; 2] = ["portable", "cortex-m4"];

/// The file of a binary; `None`, said aloud, where the Makefile did not build it for this run.
pub fn binary(name: &str, backend: &str) -> Option<PathBuf> {
    let Some(folder) = env::var_os("BMS_CHIP") else {
        eprintln!("NOT RUN: `make test` builds the binaries for the chip");
        return None;
    };
    Some(Path::new(&folder).join(format!("{name}.{backend}")))
}

/// Runs a binary in a folder for it and this `name`, which holds `requests`, and returns the file that
/// it wrote.
pub fn run(
    binary: &Path,
    name: &str,
    requests: &[u8],
    answers: &str,
    arguments: &[&str],
) -> Vec<u8> {
    let file = binary.file_name().expect("a file");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("requests.bin"), requests).expect("a file");
    let _ = fs::remove_file(folder.join(answers));
    let status = Command::new("qemu-system-arm")
        .args(["-machine", "mps2-an386", "-display", "none"])
        .args(["-monitor", "none", "-serial", "null"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .args(arguments)
        .arg("-kernel")
        .arg(binary)
        .current_dir(&folder)
        .status()
        .expect("install qemu-system-arm");
    // 101 is a panic, 102 a fault.
    assert!(status.success(), "{}: {status}", binary.display());
    fs::read(folder.join(answers)).expect("the chip's answers")
}
