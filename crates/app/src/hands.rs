//! The few browser calls that live in `www/boot.js`, where they are shorter and
//! outlive a trap of this program.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

#[wasm_bindgen]
extern "C" {
    /// Ends the starting state of the page; `ask` gives JSON text for
    /// `capabilities`, `evidence` and `trace`, or an empty text.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn started(version: &str, ask: &Closure<dyn Fn(String) -> String>);

    /// Whether nothing is loading, running or moving.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn idle(now: bool);

    /// Shows the error card.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn panicked(message: &str);

    /// `auto light dark projector`
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn theme() -> String;

    /// Changes the colours, and remembers them if `keep`.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn set_theme(name: &str, keep: bool);

    /// Shrinks the header or shows all of it.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn set_embed(on: bool);

    /// Puts text on the clipboard; rejects where that is not allowed.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn copy(text: &str) -> Promise;

    /// Offers text as a file.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn save(name: &str, media_type: &str, text: &str);

    /// Puts row-major red, green, blue, alpha bytes on a canvas.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn paint(canvas: &HtmlCanvasElement, width: u32, height: u32, rgba: &[u8]);

    /// Text of a file of this site; rejects after eight seconds.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn load(url: &str) -> Promise;

    /// Whether the reader wants no motion.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn is_still() -> bool;

    /// Moves the focus to the first element that fits, if any.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn focus(selector: &str);

    /// Scrolls to the first element that fits, if any.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn reveal(selector: &str);
}
