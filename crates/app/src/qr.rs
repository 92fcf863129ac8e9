//! A link as a QR code, for a room that looks at a projector.

use qrcodegen::{QrCode, QrCodeEcc};

/// White modules around the code, as ISO/IEC 18004 asks for.
const QUIET: i32 = 4;

/// The code as SVG, black on white whatever the colours of the page; `None` for
/// a text that no code can hold (about 2300 letters).
#[must_use]
pub fn svg(text: &str, title: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let side = (size + 2 * QUIET).to_string();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            path.push('M');
            path.push_str(&(x + QUIET).to_string());
            path.push(' ');
            path.push_str(&(y + QUIET).to_string());
            path.push_str("h1v1h-1z");
        }
    }
    let mut svg = charts::svg::Svg::new();
    svg.raw("<svg role=\"img\" viewBox=\"0 0 ");
    svg.raw(&side).raw(" ").raw(&side);
    svg.raw("\" shape-rendering=\"crispEdges\" aria-label=\"");
    svg.words(title);
    svg.raw("\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"");
    svg.raw(&path).raw("\"/></svg>");
    Some(svg.finish())
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_link_becomes_a_square_of_modules_and_a_book_does_not() {
        let code = svg("https://chefs.example/#/lab?workers=4", "a <link>").unwrap();
        assert!(code.contains("a &lt;link&gt;"), "{code}");
        // Version 3 has 29 modules a side, and 4 of quiet around.
        assert!(code.contains("viewBox=\"0 0 37 37\""), "{code}");
        // The corner of the first finder pattern.
        assert!(code.contains("M4 4h1v1h-1z") && !code.contains("M3 3h"));
        assert_eq!(svg(&"x".repeat(4000), "x"), None);
    }
}
