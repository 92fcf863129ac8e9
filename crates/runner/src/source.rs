//! The text of the functions in [`crate::ways`], cut out of that file when it is
//! compiled: what is shown is what runs.

const FILE: &[u8] = include_bytes!("ways.rs");

/// What a function does on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Hands a dish over and goes on.
    Starts,
    /// Is suspended: the thread does something else meanwhile.
    Waits,
    /// Keeps the thread.
    Computes,
    /// Looks at what is shared: from now on its number may be old.
    Reads,
    /// Writes what may be old by now.
    Writes,
    /// Looks and writes in one step.
    AtOnce,
    /// Stands still until nobody else has the lock.
    Locks,
}

impl Mark {
    /// Whether it tells where time passes, one line after the other. The others are
    /// about every single turn of a loop.
    #[must_use]
    pub const fn is_of_time(self) -> bool {
        matches!(self, Self::Starts | Self::Waits | Self::Computes)
    }
}

/// A line of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its text without the remark.
    pub text: &'static str,
    /// Where time passes, or where others may come in between.
    pub mark: Option<Mark>,
}

/// Whether `text` goes on like this.
const fn goes_on(mut text: &[u8], mut with: &[u8]) -> bool {
    while let [wanted, more @ ..] = with {
        let [byte, rest @ ..] = text else {
            return false;
        };
        if *byte != *wanted {
            return false;
        }
        text = rest;
        with = more;
    }
    true
}

/// The function that begins like this: it ends with a brace at the beginning of
/// a line. Empty if there is none.
const fn find(beginning: &str) -> &'static [u8] {
    let mut text = FILE;
    while !goes_on(text, beginning.as_bytes()) {
        let [_, rest @ ..] = text else {
            return &[];
        };
        text = rest;
    }
    let (mut rest, mut len) = (text, 0);
    while !goes_on(rest, b"\n}") {
        let [_, after @ ..] = rest else { return &[] };
        rest = after;
        len += 1;
    }
    text.split_at(len + 2).0
}

macro_rules! texts {
    ($($beginning:literal: $($name:ident)*;)*) => {
        /// The text of the function of this name, from `async` or `fn` to its last
        /// brace.
        #[must_use]
        pub fn text(name: &str) -> Option<&'static str> {
            match name {
                $($(stringify!($name) => {
                    const FOUND: &[u8] = find(concat!($beginning, stringify!($name)));
                    // A copy of its own, or the whole file would be part of the page.
                    const TEXT: Option<&[u8; FOUND.len()]> = FOUND.first_chunk();
                    const COPY: [u8; FOUND.len()] = match TEXT {
                        Some(text) => *text,
                        None => [0; FOUND.len()],
                    };
                    std::str::from_utf8(&COPY).ok()
                })*)*
                _ => None,
            }
        }

        /// Every name there is.
        pub const NAMES: &[&str] = &[$($(stringify!($name)),*),*];
    };
}

texts! {
    "async fn ": await_in_a_loop
        start_all_then_join
        join_with_a_limit
        start_when_ready
        compute_inside
        compute_in_a_worker;
    "fn ": add_loosely
        add_at_once
        add_under_lock
        sell_if_left;
}

const MARKS: [(&str, Mark); 7] = [
    (" // starts", Mark::Starts),
    (" // waits", Mark::Waits),
    (" // computes", Mark::Computes),
    (" // reads", Mark::Reads),
    (" // writes", Mark::Writes),
    (" // at once", Mark::AtOnce),
    (" // locks", Mark::Locks),
];

/// The lines of the function of this name; none if there is no such function.
pub fn lines(name: &str) -> impl Iterator<Item = Line> {
    text(name).unwrap_or_default().lines().map(|text| {
        let marked = MARKS.into_iter().find_map(|(remark, mark)| {
            let text = text.strip_suffix(remark)?;
            Some(Line {
                text,
                mark: Some(mark),
            })
        });
        marked.unwrap_or(Line { text, mark: None })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_shown_whole_and_short() {
        for name in NAMES {
            let text = text(name).unwrap();
            let beginning = ["fn ", name].concat();
            let whole = text.strip_prefix("async ").unwrap_or(text);
            assert!(whole.starts_with(&beginning), "{text}");
            assert!(text.ends_with('}'), "{text}");
            let count = |c: char| text.chars().filter(|other| *other == c).count();
            assert_eq!(count('{'), count('}'), "{text}");
            assert!(lines(name).count() <= 12, "{text}");
            assert!(lines(name).all(|line| line.text.len() <= 80), "{text}");
            let marks: Vec<Mark> = lines(name).filter_map(|line| line.mark).collect();
            assert!((1..=2).contains(&marks.len()), "{name} {marks:?}");
            assert!(lines(name).all(|line| !line.text.contains("//")), "{text}");
        }
        assert_eq!(text("cook_everything"), None);
        assert_eq!(lines("cook_everything").count(), 0);
    }

    #[test]
    fn marks_stand_where_time_passes() {
        let marked = |name: &str| -> Vec<(String, Mark)> {
            let marked = lines(name).filter_map(|line| Some((line.text.trim().into(), line.mark?)));
            marked.collect()
        };
        assert_eq!(
            marked("await_in_a_loop"),
            [("chef.cook(dish).await;".to_owned(), Mark::Waits)]
        );
        assert_eq!(
            marked("start_all_then_join"),
            [
                ("started.push(chef.start(dish));".to_owned(), Mark::Starts),
                ("dish.await;".to_owned(), Mark::Waits)
            ]
        );
        assert_eq!(marked("join_with_a_limit").len(), 2);
        assert_eq!(marked("compute_inside")[0].1, Mark::Computes);
        let loose: Vec<Mark> = marked("add_loosely").into_iter().map(|it| it.1).collect();
        assert_eq!(loose, [Mark::Reads, Mark::Writes]);
        assert_eq!(
            marked("add_at_once"),
            [("tally.fetch_add(1, Relaxed);".to_owned(), Mark::AtOnce)]
        );
        // Every line with a mark of waiting has the word that waits.
        for name in NAMES {
            for line in lines(name).filter(|line| line.mark == Some(Mark::Waits)) {
                assert!(line.text.contains(".await"), "{}", line.text);
            }
        }
    }
}
