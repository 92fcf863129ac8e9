//! The schema as Markdown.

use super::schema::{Key, Kind, SCHEMA};
use model::Strategy;

/// The documentation of the address: the text of `crates/lessons/ADDRESS.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for key in SCHEMA {
        text.push_str(&row(key));
    }
    text.push_str(TAIL);
    text
}

const HEAD: &str = "# The address of a view

`#/` is the first page, `#/lesson/<id>` a lesson, `#/lab` the lab, `#/compose` the composer,
`#/join` a tab that works for the others;
parameters follow as `?key=value&key=value`. Unknown keys and bad values never break a page: the
default is used and a notice lists them. Lists are separated by commas. A lesson's slider may be
narrower than the range below.

| key | value | default | meaning |
|---|---|---|---|
";

const TAIL: &str = "
Example: `#/lesson/waiting?tasks=12&wait=80&lang=de`
";

/// What each key does, in one sentence. Apart from the schema, which is in
/// the page: nobody reads these there.
const MEANINGS: &[(&str, &str)] = &[
    (
        "workload",
        "Lab: what the tasks compute; several are mixed in one run.",
    ),
    ("strategies", "Lab: the ways of running that are compared."),
    ("workers", "Workers (chefs) of the strategies that use any."),
    ("tasks", "Tasks (dishes) in a run."),
    (
        "size",
        "Computing per task, in milliseconds of one core of this machine.",
    ),
    ("wait", "Waiting per task, outside the processor."),
    ("limit", "Most tasks under way at once on an event loop."),
    ("slice", "A task computes this long before it gives way."),
    ("yield", "Lab: how a task gives way on an event loop."),
    (
        "rate",
        "Requests that come each second; 0: all are there at the start.",
    ),
    ("share", "Share of the requests that need much computing."),
    (
        "load",
        "How much of the workers' time the requests need, in percent.",
    ),
    (
        "law",
        "How long requests take: very different, or all the same.",
    ),
    ("data", "Lesson 5: a real file instead of a computation."),
    (
        "sweep",
        "Lab: what is varied in up to five steps, each twice the one before, up to its slider.",
    ),
    (
        "deal",
        "How the tasks are dealt out to the workers of a pool.",
    ),
    ("batch", "Tasks that are handed to a worker together."),
    ("guard", "How what all workers use is kept safe."),
    (
        "serial",
        "Share of the work that only one worker can do, in percent.",
    ),
    (
        "locked",
        "Share of each unit of work done behind the lock, in percent.",
    ),
    ("count", "What each worker adds to a shared counter."),
    (
        "gap",
        "Turns of an empty loop between reading a shared counter and writing it.",
    ),
    (
        "mode",
        "The same work for every number of workers, or as much for each worker.",
    ),
    (
        "recipe",
        "What has to come before what: a meal, one long chain, nothing, or (b+c)*(d+e).",
    ),
    (
        "blades",
        "Lab: whether work is computed one number at a time or several, where it can be.",
    ),
    ("side", "Rows and columns of the largest table multiplied."),
    (
        "learner",
        "What learns to read digits: one layer, or one behind a hidden layer.",
    ),
    ("minibatch", "Examples of a step of learning."),
    ("epochs", "How often learning passes over all examples."),
    (
        "examples",
        "Lab: examples to learn from; more than there are come from shifting them.",
    ),
    (
        "updates",
        "Lab: whether workers that learn by messages wait for each other.",
    ),
    (
        "handover",
        "Lab: whether the stages of the graphics processor are waited for one by one.",
    ),
    (
        "moves",
        "Lab: how text gets to the nodes of a cluster; several are compared.",
    ),
    (
        "combine",
        "Lab: whether nodes of a cluster add up what they found before they send it.",
    ),
    (
        "megabytes",
        "Text that a cluster works on, in megabytes of 1024 x 1024 bytes.",
    ),
    (
        "split",
        "The part of the text that a node gets at a time, in KiB.",
    ),
    (
        "latency",
        "Added to every message between nodes, in milliseconds.",
    ),
    (
        "bandwidth",
        "Megabytes a second that messages between nodes are held up by; 0: nothing is added.",
    ),
    (
        "kill",
        "Share of the splits after which a node is killed, in percent; 0: none is.",
    ),
    (
        "straggler",
        "The first node takes so many times as long for each split.",
    ),
    (
        "spare",
        "Lab: whether a split that takes long is given to a second node too.",
    ),
    ("skew", "Share of all words that are one word, in percent."),
    (
        "seed",
        "Fixes the order of the runs inside a round and the input of the tasks.",
    ),
    ("rounds", "Timed rounds; below 6 nothing is judged."),
    ("level", "How much of the method is shown."),
    ("predict", "Whether Run waits for a prediction."),
    ("embed", "One-line header, for use inside another page."),
    ("lock", "Controls that cannot be changed."),
    ("hide", "Parts of the page that are not shown."),
    ("theme", "Colours; auto follows the system."),
    (
        "lang",
        "Language; without it the browser's. Missing texts are English.",
    ),
    ("autorun", "Starts the run by itself; implies predict=off."),
];

fn meaning(key: &Key) -> &'static str {
    let found = MEANINGS.iter().find(|(name, _)| *name == key.name);
    found.map_or("", |(_, meaning)| meaning)
}

fn row(key: &Key) -> String {
    let default = if key.default.is_empty() {
        "-"
    } else {
        key.default
    };
    [
        "| `",
        key.name,
        "` | ",
        &value(&key.kind),
        " | ",
        default,
        " | ",
        meaning(key),
        " |\n",
    ]
    .concat()
}

fn value(kind: &Kind) -> String {
    let words = |words: &[&str]| "`".to_owned() + &words.join("` `") + "`";
    match kind {
        Kind::Whole { min, max } => [&min.to_string(), "..", &*max.to_string()].concat(),
        Kind::Number { min, max, unit } => [
            &*super::schema::text(*min),
            "..",
            &super::schema::text(*max),
            " ",
            unit,
        ]
        .concat(),
        Kind::Choice(choices) => words(choices),
        Kind::Switch => words(&["on", "off"]),
        Kind::List(items) => "list of ".to_owned() + &words(items),
        Kind::Strategies => "list of ".to_owned() + &words(&Strategy::ALL.map(Strategy::id)),
        Kind::Tag => "language tag".to_owned(),
    }
}
