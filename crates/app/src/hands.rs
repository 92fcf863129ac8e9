//! The few browser calls that live in `www/boot.js`, where they are shorter and
//! outlive a trap of this program.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

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

    /// Puts row-major red, green, blue, alpha bytes on the canvas of the page.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn paint(width: u32, height: u32, rgba: &[u8]);

    /// Whether the canvas of the page was painted; also if there is none.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn is_painted() -> bool;

    /// Text of a file of this site; rejects after eight seconds.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn load(url: &str) -> Promise;

    /// Brightness of the picture that an event brought, row by row (`Uint8Array`),
    /// or a word that says why there is none.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn photo(event: &web_sys::Event) -> Promise;

    /// Whether the reader wants no motion.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn is_still() -> bool;

    /// Moves the focus to the first element that fits, if any.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn focus(selector: &str);

    /// Scrolls to the first element that fits, if any.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn reveal(selector: &str);

    /// The same after the next rendering.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn reveal_later(selector: &str);

    /// Width of the first element that fits, in sixteenths of the root's font
    /// size, which usually are CSS pixels; 0 if none.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn width(selector: &str) -> f32;

    /// Says something in the live region; progress at most every two seconds.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn announce(text: &str, is_progress: bool);

    /// Title of the document.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn set_title(title: &str);

    /// Language of the document.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn set_language(tag: &str);

    /// Changes the fragment without a new entry in the history.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn replace_address(fragment: &str);

    /// Fetches the rest of this build's program and puts it in place; gives the
    /// texts of its English word files. Rejects after twenty seconds, and may be
    /// asked again.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn rest(build: &str, words: &str) -> Promise;

    /// Whether the page is inside another one.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn is_framed() -> bool;

    /// Tells the page around, if there is one: `address` with the fragment,
    /// `mode`, `result`, or `error` with a code and, in the next line, a sentence.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn tell(what: &str, words: &str);

    /// Calls with `address` when the fragment changed, with `size` when the
    /// window was resized, once with `awake` when somebody touches the page, with
    /// `preview:` and an address when the composer's preview came to another one;
    /// for the page around with `run`, `stop`, or `#` and the rest of a fragment.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn listen(heard: &Closure<dyn FnMut(String)>);

    /// Address of this page without its fragment.
    #[wasm_bindgen(js_namespace = twoChefsHands)]
    pub fn site() -> String;

    #[wasm_bindgen(js_namespace = twoChefsHands, js_name = digits)]
    fn js_digits(value: f64) -> String;
}

/// The shortest decimal text that reads back as this finite number.
#[must_use]
pub fn digits(value: f64) -> String {
    if cfg!(target_arch = "wasm32") {
        js_digits(value)
    } else {
        native_digits(value)
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn native_digits(value: f64) -> String {
    value.to_string()
}

#[cfg(target_arch = "wasm32")]
fn native_digits(_value: f64) -> String {
    String::new()
}
