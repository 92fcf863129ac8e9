//! The composer: a teacher puts a view together, and takes the line for it.

use crate::controls::{Pick, option, radios};
use crate::cx::Cx;
use crate::el::{Do, El, all, button, el, nothing, text};
use crate::store::Action;
use crate::{hands, qr};
use lessons::address::{Key, Kind, SCHEMA};
use lessons::words::LANGUAGES;
use lessons::{View, address, registry};
use std::rc::Rc;
use yew::Html;

/// Height of the frame in the lines, in CSS pixels; where the element is used it
/// grows with what is shown.
const HEIGHT_PX: u32 = 560;

/// The view of the composer.
pub fn compose_view(cx: &Cx) -> Html {
    let title = el("h1").set("tabindex", "-1").say(cx, "compose");
    let side = el("section")
        .class("side")
        .put(title)
        .put(el("p").class("soft").say(cx, "compose.lede"))
        .add(what(cx))
        .add(choice(cx, "level"))
        .add(choice(cx, "predict"))
        .add(choice(cx, "theme"))
        .add(language(cx))
        .add(switch(cx, "autorun"))
        .add(list(cx, "lock"))
        .add(list(cx, "hide"));
    let stage = el("section")
        .class("stage")
        .at("aria-label", &cx.say("compose.preview"))
        .add(preview(cx))
        .add(lines(cx));
    el("main")
        .set("id", "main")
        .set("data-testid", "compose")
        .put(el("div").class("desk").put(side).put(stage))
        .done()
}

/// Which view: the first page, a lesson, the lab.
fn what(cx: &Cx) -> Html {
    let now = cx.lab.composed();
    let mut views = vec![(View::Home, "home".to_owned(), cx.say("compose.home"))];
    for lesson in registry::LESSONS {
        views.push((
            View::Lesson(lesson.id.to_owned()),
            lesson.id.to_owned(),
            cx.say(&["lesson.", lesson.id].concat()),
        ));
    }
    views.push((View::Lab, "lab".to_owned(), cx.say("lab.title")));
    let picks = views.into_iter().map(|(view, id, label)| Pick {
        test_id: ["what-", &id].concat(),
        label: text(&label),
        is_on: now == Some(&view),
        action: Action::Composed(view),
    });
    let legend = text(&cx.say("compose.what"));
    radios(cx, "what", legend, "pills", false, picks.collect())
}

fn key_of(name: &str) -> Option<&'static Key> {
    SCHEMA.iter().find(|key| key.name == name)
}

/// A key that takes one of some words.
fn choice(cx: &Cx, name: &'static str) -> Html {
    let Some((key, Kind::Choice(words))) = key_of(name).map(|key| (key, key.kind)) else {
        return nothing();
    };
    let settings = &cx.lab.address.settings;
    let now = settings.get(name).unwrap_or(key.default);
    let picks = words.iter().map(|word| Pick {
        test_id: [name, "-", word].concat(),
        label: text(&cx.say(&["compose.", name, ".", word].concat())),
        is_on: now == *word,
        action: Action::Set(name, (*word).to_owned()),
    });
    let legend = text(&cx.say(&["compose.", name].concat()));
    radios(cx, name, legend, "pills", false, picks.collect())
}

fn language(cx: &Cx) -> Html {
    let now = cx.lab.address.settings.get("lang").unwrap_or("en");
    let tags = ["en"]
        .into_iter()
        .chain(LANGUAGES.iter().map(|(tag, _)| *tag));
    let picks = tags.map(|tag| Pick {
        test_id: ["lang-", tag].concat(),
        label: text(&cx.say(&["compose.lang.", tag].concat())),
        is_on: now == tag,
        // English is what is shown anyway.
        action: Action::Set("lang", if tag == "en" { "" } else { tag }.to_owned()),
    });
    let legend = text(&cx.say("compose.lang"));
    radios(cx, "lang", legend, "pills", false, picks.collect())
}

fn switch(cx: &Cx, name: &'static str) -> Html {
    let is_on = cx.lab.address.settings.get(name).is_some();
    let pick = Pick {
        test_id: [name, "-on"].concat(),
        label: text(&cx.say(&["compose.", name].concat())),
        is_on,
        action: Action::Set(name, if is_on { "" } else { "on" }.to_owned()),
    };
    let group = el("div")
        .class("pills")
        .put(option(cx, "checkbox", name, false, pick));
    el("fieldset")
        .put(
            el("legend")
                .class("sr")
                .say(cx, &["compose.", name].concat()),
        )
        .put(group)
        .done()
}

/// Whether a control exists in the view that is put together.
fn exists(cx: &Cx, control: &str) -> bool {
    let lesson = cx.lab.lesson();
    let is_lab = lesson.id == registry::LAB.id;
    match control {
        "workload" | "strategies" | "seed" => is_lab,
        "rounds" => lesson.slider("rounds").is_some(),
        "all" => !lesson.sliders.is_empty(),
        control => lesson.slider(control).is_some(),
    }
}

/// Controls that are locked, or parts that are hidden: any of them.
fn list(cx: &Cx, name: &'static str) -> Html {
    let Some(Kind::List(words)) = key_of(name).map(|key| key.kind) else {
        return nothing();
    };
    let set = cx.lab.address.settings.get(name).unwrap_or_default();
    let on: Vec<&str> = set.split(',').filter(|word| !word.is_empty()).collect();
    let shown = words
        .iter()
        .copied()
        .filter(|word| name != "lock" || exists(cx, word));
    let mut group = el("div").class("pills");
    let mut count = 0;
    for word in shown {
        count += 1;
        let mut next: Vec<&str> = on.iter().copied().filter(|other| *other != word).collect();
        if next.len() == on.len() {
            next.push(word);
        }
        let pick = Pick {
            test_id: [name, "-", word].concat(),
            label: text(&cx.say(&["compose.", name, ".", word].concat())),
            is_on: on.contains(&word),
            action: Action::Set(name, next.join(",")),
        };
        group = group.put(option(cx, "checkbox", name, false, pick));
    }
    if count == 0 {
        return nothing();
    }
    el("fieldset")
        .put(el("legend").say(cx, &["compose.", name].concat()))
        .put(group)
        .done()
}

/// The view itself, in a real frame: what is set there is taken over.
fn preview(cx: &Cx) -> Html {
    let settings = &cx.lab.address.settings;
    // What a frame was opened with stays locked and hidden in it: another one
    // is opened for another choice.
    let fixed = ["lock", "hide", "predict", "autorun"].map(|key| settings.get(key).unwrap_or("-"));
    let frame = el("iframe")
        .class("preview")
        .key(&fixed.join(" "))
        .at("title", &cx.say("compose.preview"))
        .at("src", &[&*hands::site(), &cx.lab.preview].concat())
        .set("data-testid", "preview");
    all(vec![
        el("h2").say(cx, "compose.preview").done(),
        el("p").class("quiet").say(cx, "compose.use").done(),
        frame.done(),
    ])
}

/// What is pasted: a frame, an element, a link, a code.
fn lines(cx: &Cx) -> Html {
    let site = hands::site();
    let link = [&*site, &address::format(&cx.lab.composed_address(false))].concat();
    let framed = [&*site, &address::format(&cx.lab.composed_address(true))].concat();
    let title = ["Two Chefs: ", &name(cx)].concat();
    let mut nodes = vec![el("h2").say(cx, "compose.lines").done()];
    if let Some(told) = &cx.lab.copied {
        let node = el("p").class("quiet").set("data-testid", "copied");
        nodes.push(node.text(&told.say(cx.words())).done());
    }
    nodes.push(line(cx, "iframe", &frame_line(&framed, &title)));
    nodes.push(line(cx, "element", &element_line(cx, &site, &title)));
    nodes.push(line(cx, "link", &link));
    if let Some(svg) = qr::svg(&link, &cx.say("compose.qr")) {
        let code = el("div").class("qr").add(crate::el::raw(svg));
        nodes.push(
            el("figure")
                .set("data-testid", "qr")
                .put(code)
                .put(el("figcaption").class("quiet").say(cx, "compose.qr"))
                .done(),
        );
    }
    let examples = el("a")
        .at("href", &[folder(&site), "/examples/"].concat())
        .say(cx, "compose.examples");
    let hosts = el("p").class("quiet").say(cx, "compose.hosts").text(" ");
    nodes.push(hosts.put(examples).done());
    all(nodes)
}

/// What the composed view is called.
fn name(cx: &Cx) -> String {
    match cx.lab.composed() {
        Some(View::Lesson(id)) => cx.say(&["lesson.", id].concat()),
        Some(View::Lab) => cx.say("lab.title"),
        _ => cx.say("compose.home"),
    }
}

/// Works wherever frames are allowed; editors that strip attributes leave `src`,
/// `width` and `height`, which are enough.
fn frame_line(address: &str, title: &str) -> String {
    [
        "<iframe src=\"",
        &escaped(address),
        "\" title=\"",
        &escaped(title),
        "\" width=\"100%\" height=\"",
        &HEIGHT_PX.to_string(),
        "\" style=\"border:0\" loading=\"lazy\" \
         allow=\"cross-origin-isolated; fullscreen; clipboard-write\"></iframe>",
    ]
    .concat()
}

/// Grows with its content and tells the page around about results.
fn element_line(cx: &Cx, site: &str, title: &str) -> String {
    let mut line = [
        "<script src=\"",
        &escaped(folder(site)),
        "/embed.js\" async></script>\n<two-chefs title=\"",
        &escaped(title),
        "\"",
    ]
    .concat();
    let lesson = match cx.lab.composed() {
        Some(View::Lesson(id)) => id.as_str(),
        Some(View::Lab) => "lab",
        _ => "",
    };
    let own = (!lesson.is_empty()).then_some(("lesson", lesson));
    let settings = cx.lab.address.settings.iter();
    for (key, value) in own
        .into_iter()
        .chain(settings.filter(|(key, _)| *key != "embed"))
    {
        line.push(' ');
        line.push_str(key);
        line.push_str("=\"");
        line.push_str(&escaped(value));
        line.push('"');
    }
    line.push_str("></two-chefs>");
    line
}

/// The address up to its last slash.
fn folder(site: &str) -> &str {
    site.rsplit_once('/').map_or(site, |(folder, _)| folder)
}

/// For the value of an attribute.
fn escaped(text: &str) -> String {
    let mut svg = charts::svg::Svg::new();
    svg.words(text);
    svg.finish()
}

/// A line to copy.
fn line(cx: &Cx, id: &'static str, code: &str) -> Html {
    let label = cx.say(&["compose.line.", id].concat());
    let copy = button("small")
        .test(&["copy-", id])
        .at(
            "aria-label",
            &cx.say_with("compose.copy.what", &[("what", &label)]),
        )
        .say(cx, "compose.copy")
        .click(cx, Do::CopyText(Rc::from(code)));
    let head = el("p")
        .class("row tools")
        .put(el("b").text(&label))
        .put(copy);
    let code = el("pre")
        .class("line")
        .set("tabindex", "0")
        .at("aria-label", &label)
        .test(&["line-", id])
        .put(el("code").text(code));
    group(head, code)
}

fn group(head: El, body: El) -> Html {
    el("div").put(head).put(body).done()
}

#[cfg(test)]
mod tests {
    use super::frame_line;

    #[test]
    fn an_address_cannot_leave_its_attribute() {
        let line = frame_line("https://chefs.example/#/lab?lang=\"><script>", "a & b");
        assert!(
            line.contains("lang=&quot;&gt;&lt;script&gt;\" title=\"a &amp; b\""),
            "{line}"
        );
        assert_eq!(line.matches('<').count(), 2);
    }
}
