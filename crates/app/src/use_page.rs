//! Address, title, texts and colours: the page follows the state, and the
//! state follows the page.

use crate::hands;
use crate::store::{Action, Lab};
use lessons::words::{BUILT_IN_NAMES, fetched};
use lessons::{Embed, Words, address};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

/// The fragment of the page's address.
#[must_use]
pub fn fragment() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    hash.unwrap_or_default()
}

/// Follows the address bar, and writes changed parameters back into it.
#[hook]
pub fn use_address(lab: &UseReducerHandle<Lab>) {
    let sender = lab.dispatcher();
    use_effect_with((), move |()| {
        let heard = Closure::<dyn FnMut()>::new(move || {
            let (address, notices) = address::parse(&fragment());
            sender.dispatch(Action::Went(address, notices));
        });
        let function = heard.as_ref().unchecked_ref();
        if let Some(window) = web_sys::window() {
            // Lives as long as the page.
            let _added = window.add_event_listener_with_callback("hashchange", function);
        }
        heard.forget();
    });
    let settings = lab.settings().clone();
    let wanted = address::format(&lab.address);
    let is_first = use_mut_ref(|| true);
    use_effect_with(settings, move |_| {
        // What was typed stays in the address bar until something is changed.
        if is_first.replace(false) {
            return;
        }
        let parsed = address::parse(&fragment()).0;
        if address::format(&parsed) == wanted {
            return;
        }
        let history = web_sys::window().and_then(|window| window.history().ok());
        if let Some(history) = history {
            // Refused only in frames without an address of their own.
            let _replaced = history.replace_state_with_url(&JsValue::NULL, "", Some(&wanted));
        }
    });
}

/// Title, colours, header size; a new view starts at its top with its heading
/// in focus.
#[hook]
pub fn use_document(lab: &UseReducerHandle<Lab>) {
    let title = crate::title(lab);
    use_effect_with(title, |title| {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            document.set_title(title);
        }
    });
    let theme = lab.settings().get("theme").map(str::to_owned);
    use_effect_with(theme, |theme| {
        if let Some(theme) = theme {
            hands::set_theme(theme, false);
        }
    });
    let is_embedded = lab.settings().embed() == Embed::On;
    use_effect_with(is_embedded, |is_embedded| hands::set_embed(*is_embedded));
    let is_first = use_mut_ref(|| true);
    use_effect_with(lab.lesson().id, move |_| {
        if !is_first.replace(false) {
            hands::reveal("body");
            hands::focus("h1");
        }
    });
    use_effect_with(lab.is_idle(), |is_idle| hands::idle(*is_idle));
}

/// Fetches the texts the view needs, English first, then the reader's language.
#[hook]
pub fn use_words(lab: &UseReducerHandle<Lab>) {
    let language = lab.settings().lang().unwrap_or("en").to_owned();
    let is_first = use_mut_ref(|| true);
    {
        let sender = lab.dispatcher();
        use_effect_with(language.clone(), move |language| {
            if !is_first.replace(false) {
                sender.dispatch(Action::Language);
            }
            let document = web_sys::window().and_then(|window| window.document());
            if let Some(root) = document.and_then(|document| document.document_element()) {
                // A language tag was checked when the address was read.
                let _set = root.set_attribute("lang", language);
            }
        });
    }
    let wanted: Vec<String> = files(&language, lab.lesson().id)
        .into_iter()
        .filter(|file| !lab.files.contains_key(file))
        .collect();
    let sender = lab.dispatcher();
    use_effect_with(wanted, move |wanted| {
        for file in wanted {
            sender.dispatch(Action::Fetching(file.clone()));
            let (file, sender) = (file.clone(), sender.clone());
            spawn_local(async move {
                let path = ["words/", &file, ".txt"].concat();
                let text = JsFuture::from(hands::load(&path)).await;
                let words = text
                    .ok()
                    .and_then(|text| text.as_string())
                    .map(|text| Words::parse(&text));
                sender.dispatch(Action::Fetched(file, words));
            });
        }
    });
}

/// Names of the files of a view: `<language>/<name>`.
fn files(language: &str, lesson: &str) -> Vec<String> {
    let mut files: Vec<String> = fetched(lesson)
        .iter()
        .map(|name| ["en/", name].concat())
        .collect();
    if language != "en" {
        let own = BUILT_IN_NAMES.iter().copied().chain(fetched(lesson));
        files.extend(own.map(|name| [language, "/", name].concat()));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn another_language_also_needs_what_is_compiled_in() {
        assert_eq!(files("en", "waiting"), ["en/terms", "en/waiting"]);
        let german = files("de", "waiting");
        assert!(german.contains(&"de/ui".to_owned()) && german.contains(&"de/waiting".to_owned()));
        assert_eq!(german.first().map(String::as_str), Some("en/terms"));
    }
}
