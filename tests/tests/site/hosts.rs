//! Course pages as their own tools make them: the embed that the examples show
//! runs a lesson in each, and the page around it gets the record.

use model::Evidence;
use serde_json::json;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, os, thread};
use tests::host::{self, Host, complaints};
use tests::record::contradictions;
use tests::{LONGEST_RUN, Visit, testid};

/// The address that the examples show instead of a site's own.
const SHOWN: &str = "https://your-site.example/";
/// A course page's builder takes seconds; a slow machine some tens of them.
const LONGEST_BUILD: Duration = Duration::from_secs(180);
/// Whether a page of VitePress is taken over by its program.
const IS_VUE: &str = "Boolean(document.getElementById('app')?.__vue_app__)";
const RIGHT: &str = "\u{E014}";
const LEFT: &str = "\u{E012}";

#[test]
fn a_book_of_mdbook_gets_the_result() {
    let visit = Visit::of_site("host-mdbook");
    let host = Host::built(|folder| {
        write(folder, "book.toml", "[book]\ntitle = \"Threads\"\n");
        write(
            folder,
            "src/SUMMARY.md",
            "# Summary\n\n- [Week 3](chefs.md)\n",
        );
        write(folder, "src/chefs.md", &example("mdbook.md", &visit));
        build(Command::new(needed("TWO_CHEFS_MDBOOK")).args([Path::new("build"), folder]));
        folder.join("book")
    });
    host::listen(&visit);
    visit.open_elsewhere(&format!("{}chefs.html", host.url()));
    assert_eq!(visit.eval("document.title"), "Week 3 - Threads");
    is_run(&visit);
}

#[test]
fn slides_of_reveal_get_the_result() {
    let visit = Visit::of_site("host-reveal");
    let host = Host::built(|folder| {
        // What is published is the folder `dist` of the package, as it is.
        let dist = PathBuf::from(needed("TWO_CHEFS_REVEAL")).join("dist");
        os::unix::fs::symlink(dist, folder.join("dist")).expect("a link to reveal.js");
        let slide = example("reveal.html", &visit);
        write(
            folder,
            "index.html",
            &format!(
                "<!doctype html><html lang=en><meta charset=utf-8><title>Threads</title>
                 <link rel=icon href=data:,>
                 <link rel=stylesheet href=dist/reset.css>
                 <link rel=stylesheet href=dist/reveal.css>
                 <link rel=stylesheet href=dist/theme/white.css>
                 <div class=reveal><div class=slides>
                   <section><h1>Week 3</h1></section>
                   {slide}
                   {}
                 </div></div>
                 <script src=dist/reveal.js></script>
                 <script>Reveal.initialize({{ transition: 'none' }});</script>",
                "<section><h2>More</h2></section>".repeat(4)
            ),
        );
        folder.to_owned()
    });
    host::listen(&visit);
    visit.open_elsewhere(&host.url());
    visit.until("the slides", "window.Reveal && Reveal.isReady()");
    visit.browser.keys(RIGHT).expect("keys can be pressed");
    visit.until(
        "the slide",
        "Reveal.getCurrentSlide().querySelector('iframe[src]') !== null",
    );
    is_run(&visit);
    // What was done in it is kept for a reader who comes back from a slide near
    // by; from far away, it starts anew.
    let goes_to = |slide: u32| {
        visit.call("Reveal.slide(arguments[0])", &[slide.into()]);
    };
    visit.browser.keys(LEFT).expect("keys can be pressed");
    visit.until("the slide before", "Reveal.getIndices().h === 0");
    goes_to(1);
    let is_kept = "return answer('state', 'get-state').then(() => told('ready').length)";
    assert_eq!(visit.call(is_kept, &[]), 1);
    goes_to(5);
    visit.until("its end", "document.querySelector('iframe[src]') === null");
    goes_to(1);
    visit.until("a new start", "told('ready').length === 2");
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn a_page_of_vitepress_gets_the_result() {
    let visit = Visit::of_site("host-vitepress");
    let host = Host::built(|folder| {
        let packages = PathBuf::from(needed("TWO_CHEFS_VITEPRESS"));
        os::unix::fs::symlink(&packages, folder.join("node_modules"))
            .expect("a link to the packages");
        write(folder, "package.json", "{ \"type\": \"module\" }");
        write(
            folder,
            "docs/.vitepress/config.js",
            "export default { title: 'Threads', head: [['link', { rel: 'icon', href: 'data:,' }]] };",
        );
        write(folder, "docs/index.md", "# Threads\n\n[Week 3](chefs.md)\n");
        write(folder, "docs/chefs.md", &example("mdbook.md", &visit));
        build(
            Command::new(packages.join(".bin/vitepress"))
                .args(["build", "docs"])
                .current_dir(folder),
        );
        folder.join("docs/.vitepress/dist")
    });
    host::listen(&visit);
    // Its pages are text that Vue takes over once it is there,
    visit.open_elsewhere(&format!("{}chefs.html", host.url()));
    visit.until("the page", IS_VUE);
    visit.until("the frame to speak", "told('mode').length > 0");
    assert_eq!(
        visit.eval("told('ready').length"),
        1,
        "and leaves as they are"
    );
    // or are made in the browser, when a reader comes by a link.
    visit.open_elsewhere(&host.url());
    visit.until("the first page", IS_VUE);
    visit.call("window.isSameDocument = true", &[]);
    let link = visit.browser.click_on("main a[href$='chefs.html']");
    link.expect("a link");
    visit.until(
        "the page",
        "window.isSameDocument && document.title === 'One chef or two? | Threads'",
    );
    is_run(&visit);
}

/// In the page that is open, a reader predicts, the page around says run, and
/// the record of that run reaches it.
fn is_run(visit: &Visit) {
    visit.until("the frame to speak", "told('mode').length > 0");
    let site = visit.url();
    let shown = visit.eval("told('ready')[0].fragment");
    assert_eq!(
        shown.as_str().map(|shown| shown.split(['?', '&']).next()),
        Some(Some("#/lesson/two-chefs"))
    );
    assert_eq!(visit.eval("told('mode')[0].rung"), 3);
    // Shorter than usual: this is not about what was measured.
    let wanted = "#/lesson/two-chefs?tasks=4&size=4&rounds=2&embed=on";
    let moved = visit.call(
        "return answer('state', 'load', { fragment: arguments[0] })",
        &[wanted.into()],
    );
    assert_eq!(moved["fragment"], wanted);
    visit.enter_frame(Some("iframe[src]"));
    visit.idle(LONGEST_RUN);
    visit.call(&format!("{}.click()", testid("step-predict")), &[]);
    assert!(host::predict(visit) > 1, "it asks");
    visit.idle(LONGEST_RUN);
    visit.enter_frame(None);
    visit.call("say('run')", &[]);
    visit.until("a record", "told('result').length > 0");
    assert_eq!(visit.eval("told('error')"), json!([]));
    let record = visit.eval("told('result')[0].evidence").to_string();
    let evidence: Evidence = serde_json::from_str(&record).expect("a record of the model");
    assert_eq!(evidence.lesson, "two-chefs");
    assert!(!evidence.rounds.is_empty(), "no rounds");
    assert_eq!(contradictions(&evidence), [""; 0]);
    let foreign = visit.call(
        "return heard.filter(({ origin, own, data }) => data?.source === 'two-chefs' && (!own || arguments[0] !== origin + '/')).length",
        &[site.into()],
    );
    assert_eq!(foreign, 0, "the frame speaks for itself");
    assert_eq!(complaints(visit), [""; 0]);
}

/// A file of `www/examples`, with the address of this site in it.
fn example(name: &str, visit: &Visit) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../www/examples")
        .join(name);
    let text =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(text.contains(SHOWN), "{name} shows no address");
    text.replace(SHOWN, visit.url())
}

/// Where `cargo xtask test` has put a tool.
fn needed(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| {
        panic!("{name} is not set: run `cargo xtask test`, which installs what it names")
    })
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    let above = file.parent().unwrap_or(folder);
    fs::create_dir_all(above)
        .and_then(|()| fs::write(&file, text))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// Runs a builder to its end and shows what it said if it fails.
fn build(command: &mut Command) {
    let (mut said, end) = io::pipe().expect("a pipe");
    let both = end.try_clone().expect("a pipe for both");
    let mut child = command
        .stdin(std::process::Stdio::null())
        .stdout(both)
        .stderr(end)
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // The pipe is at its end when nobody holds the other one any more.
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let (done, over) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        let read = said.read_to_end(&mut text);
        // Nobody listens any more when it took too long.
        let _ = done.send(read.map(|_| String::from_utf8_lossy(&text).into_owned()));
    });
    let Ok(text) = over.recv_timeout(LONGEST_BUILD) else {
        // It may have ended by itself just now.
        let _ = child.kill();
        panic!("{command:?} did not end");
    };
    let status = child.wait().expect("its status");
    assert!(status.success(), "{command:?}: {status}: {text:?}");
}
