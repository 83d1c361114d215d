//! QR codes (ISO/IEC 18004) of a link: module matrix, SVG, PNG and terminal text.
//!
//! Error correction is level M at least and higher where that costs no larger symbol. The quiet zone of
//! four modules is part of every picture.

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

use crate::error::{Error, ErrorCode, Result};
use crate::prelude::*;

mod png;

/// Modules of light margin around the symbol, ISO/IEC 18004 section 9.1.
pub const QUIET_ZONE: usize = 4;
/// The largest scale of a PNG, in pixels per module.
pub const MAX_SCALE: usize = 64;

/// A QR code as a square of modules, without the quiet zone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Matrix {
    size: usize,
    dark: Vec<bool>,
}

impl Matrix {
    /// Encodes a text.
    ///
    /// # Errors
    /// `too_large` when the text fits no QR code: about 2,300 bytes.
    pub fn encode(text: &str) -> Result<Self> {
        let too_large = || Error::new(ErrorCode::TooLarge).because("the text fits no QR code");
        let mut scratch = vec![0; Version::MAX.buffer_len()];
        let mut symbol = vec![0; Version::MAX.buffer_len()];
        let code = QrCode::encode_text(
            text,
            &mut scratch,
            &mut symbol,
            QrCodeEcc::Medium,
            Version::MIN,
            Version::MAX,
            None,
            true,
        )
        .map_err(|_| too_large())?;
        let side = code.size();
        let dark = (0..side)
            .flat_map(|y| (0..side).map(move |x| (x, y)))
            .map(|(x, y)| code.get_module(x, y))
            .collect();
        let size = usize::try_from(side).map_err(|_| too_large())?;
        Ok(Self { size, dark })
    }

    /// Returns the number of modules on each side: 21 to 177.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Tells whether a module is dark. All modules outside the symbol are light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark[y * self.size + x]
    }

    /// Draws an SVG document: one path, one unit per module.
    pub fn to_svg(&self) -> String {
        let side = self.size + 2 * QUIET_ZONE;
        let mut path = String::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let run = (x..self.size).take_while(|&x| self.is_dark(x, y)).count();
                if run > 0 {
                    let (left, top) = (x + QUIET_ZONE, y + QUIET_ZONE);
                    path.push_str(&format!("M{left} {top}h{run}v1h-{run}z"));
                }
                x += run.max(1);
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             role=\"img\" aria-label=\"QR code\" shape-rendering=\"crispEdges\">\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
             <path d=\"{path}\" fill=\"#000\"/></svg>\n"
        )
    }

    /// Draws a PNG image with one bit per pixel and `scale` pixels per module and side.
    ///
    /// # Errors
    /// `invalid_argument` unless the scale is 1 to [`MAX_SCALE`].
    pub fn to_png(&self, scale: usize) -> Result<Vec<u8>> {
        if !(1..=MAX_SCALE).contains(&scale) {
            return Err(Error::new(ErrorCode::InvalidArgument)
                .because(format!("the scale is 1 to {MAX_SCALE} pixels per module")));
        }
        png::encode((self.size + 2 * QUIET_ZONE) * scale, |x, y| {
            self.is_dark_in_picture(x / scale, y / scale)
        })
    }

    /// Draws lines for a terminal, two modules per character cell.
    ///
    /// The lines set their colours (ANSI SGR) and reset them, so that dark is dark and light is light on
    /// a terminal with any background.
    pub fn to_text(&self) -> String {
        // Black on white from the fixed part of the 256-colour palette, which themes do not change.
        const COLOURS: &str = "\x1b[38;5;16;48;5;231m";
        let side = self.size + 2 * QUIET_ZONE;
        let mut text = String::new();
        for y in (0..side).step_by(2) {
            text.push_str(COLOURS);
            for x in 0..side {
                let upper = self.is_dark_in_picture(x, y);
                let lower = self.is_dark_in_picture(x, y + 1);
                text.push(match (upper, lower) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            text.push_str("\x1b[0m\n");
        }
        text
    }

    fn is_dark_in_picture(&self, x: usize, y: usize) -> bool {
        x >= QUIET_ZONE && y >= QUIET_ZONE && self.is_dark(x - QUIET_ZONE, y - QUIET_ZONE)
    }
}

/// Encodes a text and draws it as an SVG document.
///
/// # Errors
/// As [`Matrix::encode`].
pub fn svg(text: &str) -> Result<String> {
    Matrix::encode(text).map(|matrix| matrix.to_svg())
}

/// Encodes a text and draws it as a PNG image with `scale` pixels per module.
///
/// # Errors
/// As [`Matrix::encode`] and [`Matrix::to_png`].
pub fn png(text: &str, scale: usize) -> Result<Vec<u8>> {
    Matrix::encode(text)?.to_png(scale)
}

/// Encodes a text and draws it for a terminal.
///
/// # Errors
/// As [`Matrix::encode`].
pub fn text(text: &str) -> Result<String> {
    Matrix::encode(text).map(|matrix| matrix.to_text())
}
