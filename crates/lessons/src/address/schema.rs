//! Keys of an address: type, unit, range, default, meaning.

use super::Why;
use model::Strategy;

/// What a key's value may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A whole number in a range.
    Whole {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// A number with up to one decimal, in a range.
    Number {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Its unit.
        unit: &'static str,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `on` or `off` (also 1, 0, true, false; a key alone means on).
    Switch,
    /// Any of these words, separated by commas, each once.
    List(&'static [&'static str]),
    /// Strategy ids, separated by commas, each once.
    Strategies,
    /// A language tag such as `de`.
    Tag,
}

/// A key of the address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Canonical default; empty where the lesson decides.
    pub default: &'static str,
}

/// Ids of workloads an address can name.
pub const WORKLOADS: &[&str] = &[
    "waiting",
    "mandelbrot",
    "crop",
    "queens",
    "primes",
    "requests",
    "merge-sort",
    "n-body",
    "matrix",
    "password",
    "life",
    "image-filter",
    "matrix-f32",
    "mandelbrot-f32",
    "n-body-f32",
    "blur-f32",
    "trees",
    "nothing",
    "endless",
    "word-count",
    "log-stats",
    "inverted-index",
    "distributed-sort",
    "training",
];
/// Controls that can be locked.
pub const CONTROLS: &[&str] = &[
    "all",
    "workload",
    "strategies",
    "workers",
    "tasks",
    "size",
    "wait",
    "limit",
    "slice",
    "yield",
    "rate",
    "share",
    "load",
    "law",
    "sweep",
    "deal",
    "batch",
    "guard",
    "serial",
    "locked",
    "count",
    "gap",
    "mode",
    "recipe",
    "blades",
    "moves",
    "combine",
    "megabytes",
    "split",
    "latency",
    "bandwidth",
    "kill",
    "straggler",
    "spare",
    "skew",
    "side",
    "learner",
    "minibatch",
    "epochs",
    "examples",
    "updates",
    "handover",
    "seed",
    "rounds",
];
/// Parts of the page that can be hidden.
pub const PARTS: &[&str] = &[
    "header",
    "nav",
    "steps",
    "kitchen",
    "lanes",
    "tasks",
    "makespan",
    "plane",
    "cdf",
    "frames",
    "queue",
    "sweep",
    "speedup",
    "waterfall",
    "dag",
    "counts",
    "circle",
    "arrows",
    "stages",
    "loss",
    "table",
    "finding",
    "answers",
    "controls",
    "method",
    "footer",
];

/// Every key, in canonical order.
pub const SCHEMA: &[Key] = &[
    Key {
        name: "workload",
        kind: Kind::List(WORKLOADS),
        default: "",
    },
    Key {
        name: "strategies",
        kind: Kind::Strategies,
        default: "",
    },
    Key {
        name: "workers",
        kind: Kind::Whole { min: 1, max: 32 },
        default: "",
    },
    Key {
        name: "tasks",
        kind: Kind::Whole {
            min: 1,
            max: 16_384,
        },
        default: "",
    },
    Key {
        name: "size",
        kind: Kind::Number {
            min: 0.0,
            max: 3000.0,
            unit: "ms",
        },
        default: "",
    },
    Key {
        name: "wait",
        kind: Kind::Number {
            min: 0.0,
            max: 2000.0,
            unit: "ms",
        },
        default: "",
    },
    Key {
        name: "limit",
        kind: Kind::Whole { min: 1, max: 512 },
        default: "",
    },
    Key {
        name: "slice",
        kind: Kind::Number {
            min: 1.0,
            max: 100.0,
            unit: "ms",
        },
        default: "",
    },
    Key {
        name: "yield",
        kind: Kind::Choice(&["turn", "scheduler", "microtask", "timeout", "never"]),
        default: "turn",
    },
    Key {
        name: "rate",
        kind: Kind::Number {
            min: 0.0,
            max: 2000.0,
            unit: "per second",
        },
        default: "",
    },
    Key {
        name: "share",
        kind: Kind::Number {
            min: 0.0,
            max: 10.0,
            unit: "%",
        },
        default: "",
    },
    Key {
        name: "load",
        kind: Kind::Whole { min: 30, max: 95 },
        default: "",
    },
    Key {
        name: "law",
        kind: Kind::Choice(&["exponential", "constant"]),
        default: "exponential",
    },
    Key {
        name: "data",
        kind: Kind::Switch,
        default: "off",
    },
    Key {
        name: "sweep",
        kind: Kind::Choice(&[
            "off",
            "workers",
            "tasks",
            "size",
            "wait",
            "rate",
            "limit",
            "slice",
            "batch",
            "megabytes",
            "split",
            "latency",
            "bandwidth",
        ]),
        default: "off",
    },
    Key {
        name: "deal",
        kind: Kind::Choice(&["queue", "block", "cyclic", "stealing"]),
        default: "queue",
    },
    Key {
        name: "batch",
        kind: Kind::Whole { min: 1, max: 1024 },
        default: "",
    },
    Key {
        name: "guard",
        kind: Kind::Choice(&[
            "loose",
            "atomic",
            "mutex",
            "two-locks",
            "tickets",
            "local",
            "sharded",
            "retry",
            "beside",
        ]),
        default: "loose",
    },
    Key {
        name: "serial",
        kind: Kind::Whole { min: 0, max: 50 },
        default: "",
    },
    Key {
        name: "locked",
        kind: Kind::Whole { min: 0, max: 100 },
        default: "",
    },
    Key {
        name: "count",
        kind: Kind::Whole {
            min: 1_000,
            max: 2_000_000,
        },
        default: "",
    },
    Key {
        name: "gap",
        kind: Kind::Whole { min: 0, max: 1000 },
        default: "",
    },
    Key {
        name: "mode",
        kind: Kind::Choice(&["fixed", "grow"]),
        default: "fixed",
    },
    Key {
        name: "recipe",
        kind: Kind::Choice(&["meal", "chain", "free", "sum"]),
        default: "meal",
    },
    Key {
        name: "blades",
        kind: Kind::Choice(&["one", "four"]),
        default: "one",
    },
    Key {
        name: "moves",
        kind: Kind::List(&["copy", "transfer", "share", "local"]),
        default: "transfer",
    },
    Key {
        name: "combine",
        kind: Kind::Switch,
        default: "on",
    },
    Key {
        name: "megabytes",
        kind: Kind::Whole { min: 1, max: 256 },
        default: "",
    },
    Key {
        name: "split",
        kind: Kind::Whole {
            min: 64,
            max: 16_384,
        },
        default: "",
    },
    Key {
        name: "latency",
        kind: Kind::Whole { min: 0, max: 1000 },
        default: "",
    },
    Key {
        name: "bandwidth",
        kind: Kind::Whole { min: 0, max: 1000 },
        default: "",
    },
    Key {
        name: "kill",
        kind: Kind::Whole { min: 0, max: 95 },
        default: "",
    },
    Key {
        name: "straggler",
        kind: Kind::Whole { min: 1, max: 10 },
        default: "",
    },
    Key {
        name: "spare",
        kind: Kind::Switch,
        default: "off",
    },
    Key {
        name: "skew",
        kind: Kind::Whole { min: 0, max: 90 },
        default: "",
    },
    Key {
        name: "side",
        kind: Kind::Whole { min: 16, max: 1024 },
        default: "",
    },
    Key {
        name: "learner",
        kind: Kind::Choice(&["logistic", "perceptron"]),
        default: "logistic",
    },
    Key {
        name: "minibatch",
        kind: Kind::Whole { min: 32, max: 4096 },
        default: "",
    },
    Key {
        name: "epochs",
        kind: Kind::Whole { min: 1, max: 60 },
        default: "",
    },
    Key {
        name: "examples",
        kind: Kind::Whole {
            min: 500,
            max: 60_000,
        },
        default: "",
    },
    Key {
        name: "updates",
        kind: Kind::Choice(&["together", "alone"]),
        default: "together",
    },
    Key {
        name: "handover",
        kind: Kind::Choice(&["together", "apart"]),
        default: "together",
    },
    Key {
        name: "seed",
        kind: Kind::Whole {
            min: 0,
            max: 9_007_199_254_740_991,
        },
        default: "1",
    },
    Key {
        name: "rounds",
        kind: Kind::Whole { min: 1, max: 31 },
        default: "9",
    },
    Key {
        name: "level",
        kind: Kind::Choice(&["beginner", "course", "expert"]),
        default: "beginner",
    },
    Key {
        name: "predict",
        kind: Kind::Choice(&["on", "optional", "off"]),
        default: "on",
    },
    Key {
        name: "embed",
        kind: Kind::Switch,
        default: "off",
    },
    Key {
        name: "lock",
        kind: Kind::List(CONTROLS),
        default: "",
    },
    Key {
        name: "hide",
        kind: Kind::List(PARTS),
        default: "",
    },
    Key {
        name: "theme",
        kind: Kind::Choice(&["auto", "light", "dark", "projector"]),
        default: "auto",
    },
    Key {
        name: "lang",
        kind: Kind::Tag,
        default: "",
    },
    Key {
        name: "autorun",
        kind: Kind::Switch,
        default: "off",
    },
];

pub fn find(name: &str) -> Option<&'static Key> {
    SCHEMA.iter().find(|key| key.name == name)
}

pub fn position(name: &str) -> usize {
    SCHEMA
        .iter()
        .position(|key| key.name == name)
        .unwrap_or(SCHEMA.len())
}

/// A value with up to one decimal.
pub fn text(value: f64) -> String {
    // In whole numbers: the remainder of floats would cost the page 2 kB.
    let tenths = (value.max(0.0) * 10.0).round() as u64;
    let mut text = (tenths / 10).to_string();
    if !tenths.is_multiple_of(10) {
        text.push('.');
        text.push_str(&(tenths % 10).to_string());
    }
    text
}

/// The canonical text of a value, or the nearest allowed one and the reason.
pub fn read(kind: &Kind, given: &str) -> Result<String, (Option<String>, Why)> {
    let given = given.trim();
    match *kind {
        Kind::Whole { min, max } => {
            // A whole number beyond the largest the type holds is too large,
            // not malformed.
            let is_digits = !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit());
            let read = match given.parse() {
                Ok(number) => number,
                Err(_) if is_digits => u64::MAX,
                Err(_) => match number(given) {
                    Some(number) if number < 0.0 => 0,
                    Some(number) if number.fract() == 0.0 => number as u64,
                    _ => return Err((None, Why::BadValue)),
                },
            };
            let below = given.starts_with('-') && number(given).is_some_and(|n| n < 0.0);
            let near = read.clamp(min, max).to_string();
            if below || !(min..=max).contains(&read) {
                Err((Some(near), Why::Clamped))
            } else {
                Ok(near)
            }
        }
        Kind::Number { min, max, .. } => {
            let number = number(given).ok_or((None, Why::BadValue))?;
            let near = text(number.clamp(min, max));
            if (min..=max).contains(&number) {
                Ok(near)
            } else {
                Err((Some(near), Why::Clamped))
            }
        }
        Kind::Choice(words) => words
            .iter()
            .find(|word| **word == given)
            .map(|word| (*word).to_owned())
            .ok_or((None, Why::BadValue)),
        Kind::Switch => match given {
            "on" | "1" | "true" | "" => Ok("on".to_owned()),
            "off" | "0" | "false" => Ok("off".to_owned()),
            _ => Err((None, Why::BadValue)),
        },
        Kind::List(words) => items(given, |item| {
            words.iter().find(|word| **word == item).copied()
        }),
        Kind::Strategies => items(given, |item| Strategy::from_id(item).map(Strategy::id)),
        Kind::Tag => {
            let fits = (2..=12).contains(&given.len())
                && given
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if fits {
                Ok(given.to_ascii_lowercase())
            } else {
                Err((None, Why::BadValue))
            }
        }
    }
}

/// A number in plain decimal digits; a decimal comma is taken as a point.
/// Written out, as the standard library's exact parser would weigh as much as
/// all lessons together. Digits beyond the millionth are dropped.
pub fn number(given: &str) -> Option<f64> {
    let (sign, digits) = given
        .strip_prefix('-')
        .map_or((1.0, given), |digits| (-1.0, digits));
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(rest) {
        return None;
    }
    let value = |part: &str| {
        part.bytes()
            .fold(0.0, |sum, byte| sum * 10.0 + f64::from(byte - b'0'))
    };
    let rest = rest.get(..rest.len().min(6))?;
    let scale = rest.bytes().fold(1.0, |scale, _| scale * 10.0);
    let number = sign * (value(whole) + value(rest) / scale);
    number.is_finite().then_some(number)
}

fn items(
    given: &str,
    known: impl Fn(&str) -> Option<&'static str>,
) -> Result<String, (Option<String>, Why)> {
    let mut taken: Vec<&str> = Vec::new();
    let mut is_whole = true;
    for item in given.split(',').map(str::trim) {
        match known(item) {
            Some(word) if !taken.contains(&word) => taken.push(word),
            Some(_) => {}
            None => is_whole = false,
        }
    }
    match (taken.is_empty(), is_whole) {
        (true, _) => Err((None, Why::BadValue)),
        (false, true) => Ok(taken.join(",")),
        (false, false) => Err((Some(taken.join(",")), Why::SomeItems)),
    }
}
