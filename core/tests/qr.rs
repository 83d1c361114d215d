//! QR codes as other people's decoders see them.
#![cfg(feature = "alloc")]

use batterypass::ErrorCode;
use batterypass::qr::{self, Matrix, QUIET_ZONE};

const LINK: &str = "https://id.example.com/01/09520123456788/21/EX-0001?k=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Decodes with rqrr: text and the error correction level's two bits.
fn decode(side: usize, is_dark: impl Fn(usize, usize) -> bool) -> (String, u16) {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        if is_dark(x, y) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one symbol in the picture");
    let (meta, text) = grids[0].decode().expect("decodes");
    (text, meta.ecc_level)
}

fn read_png(bytes: &[u8]) -> (usize, Vec<bool>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .expect("a PNG");
    let info = reader.info();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    assert_eq!(info.bit_depth, png::BitDepth::One);
    assert_eq!(info.width, info.height);
    let side = info.width as usize;
    let mut rows = vec![0; reader.output_buffer_size().expect("fits")];
    reader
        .next_frame(&mut rows)
        .expect("rows with valid checksums");
    let stride = side.div_ceil(8);
    let dark = (0..side * side)
        .map(|i| rows[i / side * stride + i % side / 8] >> (7 - i % side % 8) & 1 == 0);
    (side, dark.collect())
}

#[test]
fn the_png_decodes_at_every_scale() {
    for scale in [1, 2, 3, 8, 13] {
        let png = qr::png(LINK, scale).expect("fits");
        let (side, dark) = read_png(&png);
        let matrix = Matrix::encode(LINK).expect("fits");
        assert_eq!(side, (matrix.size() + 2 * QUIET_ZONE) * scale);
        if scale > 1 {
            assert_eq!(decode(side, |x, y| dark[y * side + x]).0, LINK);
        }
        for (i, dark) in dark.iter().enumerate() {
            let (x, y) = (i % side / scale, i / side / scale);
            let expected = x >= QUIET_ZONE
                && y >= QUIET_ZONE
                && matrix.is_dark(x - QUIET_ZONE, y - QUIET_ZONE);
            assert_eq!(*dark, expected, "pixel {i} at scale {scale}");
        }
    }
}

/// Paints the path of our own SVG into modules.
fn paint(svg: &str) -> (usize, Vec<bool>) {
    let between = |start: &str, end: &str| {
        let rest = &svg[svg.find(start).expect(start) + start.len()..];
        &rest[..rest.find(end).expect(end)]
    };
    let side: usize = between("viewBox=\"0 0 ", " ").parse().expect("a number");
    let mut dark = vec![false; side * side];
    for run in between("d=\"M", "z\"").split("zM") {
        let (at, run) = run.split_once('h').expect("a run");
        let (x, y) = at.split_once(' ').expect("a point");
        let (x, y): (usize, usize) = (x.parse().expect("x"), y.parse().expect("y"));
        let (width, back) = run.split_once("v1h-").expect("one module high");
        assert_eq!(width, back);
        let width: usize = width.parse().expect("width");
        dark[y * side + x..][..width].fill(true);
    }
    (side, dark)
}

#[test]
fn the_svg_decodes() {
    let svg = qr::svg(LINK).expect("fits");
    assert_eq!(svg.matches("<path").count(), 1);
    let (side, dark) = paint(&svg);
    assert_eq!(decode(side * 4, |x, y| dark[y / 4 * side + x / 4]).0, LINK);
    let edge = |i: usize| (0..side).any(|j| dark[i * side + j] || dark[j * side + i]);
    assert!(
        (0..QUIET_ZONE)
            .chain(side - QUIET_ZONE..side)
            .all(|i| !edge(i)),
        "quiet zone"
    );
}

#[test]
fn the_terminal_text_decodes_and_resets_its_colours() {
    let text = qr::text(LINK).expect("fits");
    let mut rows: Vec<Vec<bool>> = Vec::new();
    for line in text.lines() {
        let cells = line
            .strip_prefix("\x1b[38;5;16;48;5;231m")
            .expect("colours");
        let cells: Vec<char> = cells
            .strip_suffix("\x1b[0m")
            .expect("reset")
            .chars()
            .collect();
        rows.push(cells.iter().map(|c| matches!(c, '█' | '▀')).collect());
        rows.push(cells.iter().map(|c| matches!(c, '█' | '▄')).collect());
    }
    let side = rows[0].len();
    let dark = |x: usize, y: usize| rows.get(y).is_some_and(|row| row[x]);
    assert_eq!(decode(side * 4, |x, y| dark(x / 4, y / 4)).0, LINK);
}

#[test]
fn error_correction_is_m_or_better() {
    // The format bits of ISO/IEC 18004 table 12: L 01, M 00, Q 11, H 10.
    for length in [1, 14, 15, 20, 60, 100, 300] {
        let text = "a".repeat(length);
        let (side, dark) = read_png(&qr::png(&text, 4).expect("fits"));
        let (read, level) = decode(side, |x, y| dark[y * side + x]);
        assert_eq!(read, text);
        assert_ne!(level, 1, "level L for {length} bytes");
    }
    // 14 bytes are all that version 1 holds at level M.
    assert_eq!(Matrix::encode(&"a".repeat(14)).expect("fits").size(), 21);
    assert_eq!(Matrix::encode(&"a".repeat(15)).expect("fits").size(), 25);
}

#[test]
fn limits_are_errors() {
    // Version 40 holds 2,331 bytes at level M.
    assert_eq!(Matrix::encode(&"a".repeat(2331)).expect("fits").size(), 177);
    for length in [2332, 100_000] {
        let error = Matrix::encode(&"a".repeat(length)).expect_err("too long");
        assert_eq!(error.code(), ErrorCode::TooLarge);
    }
    for scale in [0, 65] {
        let error = qr::png("a", scale).expect_err("no such scale");
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
    }
    let (side, _) = read_png(&qr::png("a", 64).expect("largest scale"));
    assert_eq!(side, 29 * 64);
    assert_eq!(
        Matrix::encode("").expect("an empty text is a text").size(),
        21
    );
}
