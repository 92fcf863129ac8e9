//! Tests: every word that is asked for is there, and no step says too much.

use super::claims::settings;
use super::fixtures::blades::{Blades, REAL};
use super::fixtures::dealing::{Hands, PLAIN};
use super::fixtures::flow::{Counter, HONEST};
use super::fixtures::{Kitchen, ONE_KNIFE, TWO_KNIVES};
use crate::words::{Style, plain, spans};
use crate::{
    ChartKind, Drawing, Lesson, MISCONCEPTIONS, Machine, Question, Settings, Step, Words, registry,
};
use model::{Evidence, Rung, VoidReason};
use std::collections::BTreeSet;
use std::path::Path;

fn file(path: &str) -> Words {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("words")
        .join(path);
    Words::parse(&std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display())))
}

/// Everything there is in English.
pub fn english() -> Words {
    let mut words = Words::built_in();
    for name in crate::words::LATER_NAMES {
        words = file(&["en/", name, ".txt"].concat()).over(words);
    }
    for lesson in registry::all() {
        for name in crate::words::fetched(lesson.id) {
            words = file(&["en/", name, ".txt"].concat()).over(words);
        }
    }
    words
}

/// Kitchens that bring out every branch.
fn kitchens() -> Vec<Kitchen> {
    vec![
        TWO_KNIVES,
        ONE_KNIFE,
        Kitchen {
            knives: 4.0,
            team_knives: 4.0,
            ..TWO_KNIVES
        },
        Kitchen {
            knives: 8.0,
            team_knives: 8.0,
            reported: 8,
            ..TWO_KNIVES
        },
        Kitchen {
            reported: 1,
            ..TWO_KNIVES
        },
        Kitchen {
            knives: 1.0,
            team_knives: 1.0,
            reported: 2,
            ..TWO_KNIVES
        },
        Kitchen {
            team_knives: 1.0,
            ..TWO_KNIVES
        },
        Kitchen {
            drift: 0.2,
            ..TWO_KNIVES
        },
        Kitchen {
            clock_step: 100_000_000,
            ..TWO_KNIVES
        },
        Kitchen {
            juggling: 6.0,
            ..TWO_KNIVES
        },
        Kitchen {
            rung: Rung::Messages,
            ..TWO_KNIVES
        },
        Kitchen {
            rung: Rung::Page,
            ..TWO_KNIVES
        },
        Kitchen {
            rung: Rung::Messages,
            ..ONE_KNIFE
        },
        Kitchen {
            counter: Counter {
                stretch: 40.0,
                ..HONEST
            },
            ..TWO_KNIVES
        },
        Kitchen {
            handing: Hands {
                is_fixed: false,
                message: 0.0,
                ..PLAIN
            },
            ..TWO_KNIVES
        },
        Kitchen {
            blades: Blades {
                is_there: false,
                ..REAL
            },
            ..TWO_KNIVES
        },
        Kitchen {
            blades: Blades {
                is_lost: true,
                ..REAL
            },
            ..TWO_KNIVES
        },
        Kitchen {
            blades: Blades {
                is_software: true,
                ..REAL
            },
            ..TWO_KNIVES
        },
        Kitchen {
            blades: Blades { way: 0.001, ..REAL },
            ..TWO_KNIVES
        },
        Kitchen {
            counter: Counter {
                drag: 1.3,
                ..HONEST
            },
            ..TWO_KNIVES
        },
    ]
}

fn variants(lesson: &Lesson) -> Vec<Settings> {
    let mut variants = vec![Settings::default()];
    if lesson.id == "lab" {
        variants.push(settings(&[("strategies", "sequential")]));
        variants.push(settings(&[
            ("strategies", "offload,pool"),
            ("workload", "waiting"),
        ]));
        variants.push(settings(&[("rate", "40"), ("tasks", "80")]));
        variants.push(settings(&[("workload", "training")]));
        variants.push(settings(&[
            ("workload", "matrix-f32"),
            ("strategies", "gpu"),
            ("sweep", "size"),
        ]));
        variants.push(settings(&[
            ("rate", "400"),
            ("strategies", "messages,pool"),
        ]));
        variants.push(settings(&[("rate", "1"), ("tasks", "80")]));
        variants.push(settings(&[
            ("workload", "word-count"),
            ("moves", "copy,share"),
        ]));
        variants.push(settings(&[("workload", "word-count"), ("kill", "40")]));
        for key in ["workers", "tasks", "rate"] {
            variants.push(settings(&[("sweep", key)]));
        }
    }
    for slider in lesson.sliders {
        variants.push(settings(&[(slider.key, &crate::words::whole(slider.min))]));
    }
    for preset in lesson.presets {
        variants.push(settings(preset.values));
    }
    variants
}

fn questions(lesson: &Lesson, kitchen: &Kitchen, settings: &Settings) -> Vec<Question> {
    let capability = kitchen.capability();
    (lesson.questions)(
        settings,
        &Machine {
            capability: &capability,
            probes: &[],
        },
    )
}

fn said(words: &Words, phrase: &crate::Phrase) -> String {
    assert!(words.has(&phrase.key), "no text for {}", phrase.key);
    let said = phrase.say(words);
    assert!(
        !said.contains('{') && !said.contains('@'),
        "{}: {said}",
        phrase.key
    );
    plain(&said)
}

fn step(words: &Words, lesson: &Lesson, part: &str) -> String {
    let phrase = crate::Phrase {
        key: lesson.key(part),
        args: lesson.args(&Settings::default()),
    };
    said(words, &phrase)
}

fn count(texts: &[String]) -> usize {
    texts
        .iter()
        .map(|text| {
            text.split_whitespace()
                .filter(|word| word.chars().any(char::is_alphanumeric))
                .count()
        })
        .sum()
}

/// The same record with a round that cannot be.
fn impossible(lesson: &Lesson, evidence: &Evidence, settings: &Settings) -> Evidence {
    let mut evidence = evidence.clone();
    if let Some(row) = evidence.rounds.last_mut() {
        row.reason = Some(VoidReason::Checksum);
    }
    evidence.checks = (lesson.judge)(&evidence, settings);
    evidence
}

/// The same record if none of its rounds counted.
fn unmeasured(lesson: &Lesson, evidence: &Evidence, settings: &Settings) -> Evidence {
    let mut evidence = evidence.clone();
    for row in &mut evidence.rounds {
        (row.valid, row.reason) = (false, Some(VoidReason::Trace));
    }
    evidence.stats.clear();
    evidence.metrics.clear();
    evidence.checks = (lesson.judge)(&evidence, settings);
    evidence
}

#[test]
fn every_branch_of_every_entry_has_its_words() {
    let words = english();
    let mut found = BTreeSet::new();
    for lesson in registry::all() {
        for kitchen in kitchens() {
            for settings in variants(lesson) {
                let evidence = kitchen.run(lesson, &settings, &words);
                let impossible = impossible(lesson, &evidence, &settings);
                let unmeasured = unmeasured(lesson, &evidence, &settings);
                for evidence in [&evidence, &impossible, &unmeasured] {
                    let finding = (lesson.finding)(evidence, &settings);
                    said(&words, &finding.phrase);
                    found.insert(finding.phrase.key);
                }
                for line in (lesson.references)(&evidence, &settings) {
                    said(&words, &line.label);
                }
                if let Some(Drawing::Counts(counts)) =
                    (lesson.data)(ChartKind::Counts, &evidence, &settings)
                {
                    let labels = counts.rows.iter().map(|(label, _)| label);
                    for phrase in labels.chain([&counts.across]) {
                        said(&words, phrase);
                    }
                }
                if let Some(sweep) = lesson.sweep(&evidence, &settings) {
                    let lines = sweep.lines.iter().map(|line| &line.label);
                    let theory = sweep.theory.iter().map(|(label, _)| label);
                    for phrase in lines.chain(theory).chain([&sweep.across, &sweep.up]) {
                        said(&words, phrase);
                    }
                }
                for check in &evidence.checks {
                    let key = check.id.split('.').next().unwrap_or_default();
                    assert!(
                        words.has(&["check.", key].concat()),
                        "no words for check {key}"
                    );
                }
                let capability = kitchen.capability();
                let machine = Machine {
                    capability: &capability,
                    probes: &[],
                };
                for note in (lesson.notes)(&settings, &machine) {
                    said(&words, &note);
                }
                for question in questions(lesson, &kitchen, &settings) {
                    said(&words, &question.phrase);
                    let ids: BTreeSet<_> =
                        question.choices.iter().map(|choice| choice.id).collect();
                    assert!(
                        ids.len() == question.choices.len() && ids.len() >= 2,
                        "{}",
                        question.id
                    );
                    for choice in &question.choices {
                        said(&words, &choice.phrase);
                    }
                }
                if lesson.id == "four-numbers" {
                    for card in crate::cards(&evidence) {
                        for phrase in [&card.big, &card.small, &card.say] {
                            said(&words, phrase);
                        }
                    }
                }
            }
        }
    }
    for (key, _) in words
        .iter()
        .filter(|(key, _)| key.contains(".finding.") && !key.starts_with("chart."))
    {
        assert!(found.contains(key), "nothing leads to {key}");
    }
}

#[test]
fn every_lesson_has_its_five_steps_within_120_words() {
    let words = english();
    for lesson in registry::LESSONS {
        let text = |part: &str| step(&words, lesson, part);
        text("title");
        let meet = count(&[text("meet"), text("breaks")]);
        let asked = questions(lesson, &TWO_KNIVES, &Settings::default());
        let mut predict = vec![text("predict")];
        for question in &asked {
            predict.push(said(&words, &question.phrase));
            predict.extend(
                question
                    .choices
                    .iter()
                    .map(|choice| said(&words, &choice.phrase)),
            );
        }
        let explain = lesson.explain.unwrap();
        assert_eq!(explain.options.len(), 3);
        assert!(
            explain
                .options
                .iter()
                .any(|option| option.id == explain.right)
        );
        let mut why = vec![text("explain.why"), text("explain"), text("breaks")];
        let mut longest = 0;
        for option in explain.options {
            let key = ["explain.", option.id].concat();
            why.push(text(&key));
            let feedback = text(&[&*key, ".feedback"].concat());
            longest = longest.max(count(std::slice::from_ref(&feedback)));
            assert_eq!(
                option.misconception.is_some(),
                feedback.starts_with("Many people"),
                "{feedback}"
            );
        }
        let mut play = vec![text("play"), text("challenge"), text("challenge.met")];
        play.extend(
            lesson
                .presets
                .iter()
                .map(|preset| text(&["preset.", preset.id].concat())),
        );
        assert!(
            lesson.presets.len() >= 2 && lesson.challenge.is_some(),
            "{}",
            lesson.id
        );
        let counts = [
            ("meet", meet),
            ("predict", count(&predict)),
            ("run", count(&[text("run")])),
            ("explain", count(&why) + longest),
            ("play", count(&play)),
        ];
        for (step, count) in counts {
            // The last lesson asks about many jobs in place of one.
            let is_last = (lesson.id, step) == ("which-tool", "predict");
            let most = if is_last { 250 } else { 120 };
            assert!(count <= most, "{} {step}: {count} words", lesson.id);
        }
        assert_eq!(counts.map(|(step, _)| step), Step::ALL.map(Step::id));
    }
}

#[test]
fn every_misconception_is_known_and_answered_kindly() {
    let words = english();
    for lesson in registry::all() {
        let asked = kitchens()
            .into_iter()
            .flat_map(|kitchen| questions(lesson, &kitchen, &Settings::default()));
        let traced = asked
            .flat_map(|question| question.choices)
            .filter_map(|choice| choice.misconception);
        for id in traced {
            assert!(MISCONCEPTIONS.contains(&id), "{id}");
            if lesson.number.is_some() {
                let feedback = step(&words, lesson, &["feedback.", id].concat());
                assert!(feedback.starts_with("Many people"), "{feedback}");
            }
        }
        let options = lesson
            .explain
            .map(|explain| explain.options)
            .unwrap_or_default();
        for option in options {
            assert!(
                option
                    .misconception
                    .is_none_or(|id| MISCONCEPTIONS.contains(&id)),
                "{}",
                option.id
            );
        }
    }
}

#[test]
fn no_question_gives_its_answer_away() {
    let words = english();
    let right = |lesson: &str, question: &str| match (lesson, question) {
        ("waiting", _) => "longest",
        ("computing", "total") => "row",
        ("computing", _) => "later",
        ("two-chefs", "two") => "half",
        ("two-chefs", _) => "same",
        ("plane", "plain") => "neither",
        ("plane", "turns") => "concurrent",
        ("plane", "blades") => "parallel",
        ("plane", _) => "both",
        ("responsive", "microtask") => "no",
        ("responsive", _) => "yes",
        ("await", "total") => "row",
        ("await", _) => "whole",
        ("thousand-clients", "threads") => "chefs",
        ("thousand-clients", _) => "loop",
        ("slow-customer", "last") => "heavy",
        ("slow-customer", _) => "same",
        ("queue-cliff", _) => "cliff",
        ("fair-shares", "block") => "little",
        ("fair-shares", _) => "sooner",
        ("grain", _) => "longer",
        ("races", "total") => "less",
        ("races", _) => "some",
        ("speedup", "shape") => "bends",
        ("speedup", _) => "end",
        ("recipe-order", _) => "chain",
        ("contention", _) => "same",
        ("deadlock", _) => "stops",
        ("cluster", "trips") => "more",
        ("cluster", _) => "sixty",
        ("gpu-and-training", "small") => "chef",
        ("gpu-and-training", "large") => "machine",
        ("gpu-and-training", _) => "same",
        ("which-tool", "calls") => "juggle",
        ("which-tool", "tables") => "team-blades",
        ("which-tool", _) => "team",
        (_, "chop-one") => "same",
        (_, "chop-two") => "two",
        _ => "eight",
    };
    for lesson in registry::all() {
        let mut before = step_or_nothing(&words, lesson, "predict");
        for question in questions(lesson, &TWO_KNIVES, &Settings::default()) {
            before.push_str(&said(&words, &question.phrase));
            let id = right(lesson.id, question.id);
            let choice = question
                .choices
                .iter()
                .find(|choice| choice.id == id)
                .unwrap();
            let numbers: Vec<&str> = before
                .split(|c: char| !c.is_ascii_digit() && c != '.')
                .filter(|n| !n.is_empty())
                .collect();
            for (_, answer) in &choice.phrase.args {
                assert!(!numbers.contains(&answer.as_str()), "{before}: {answer}");
            }
            // Every choice must be worth a guess: no two can be mistaken for each other.
            let mut values: Vec<f64> = question
                .choices
                .iter()
                .filter_map(|choice| choice.value)
                .collect();
            values.sort_by(f64::total_cmp);
            assert!(
                values.windows(2).all(|pair| pair[1] / pair[0] > 1.25),
                "{} {values:?}",
                question.id
            );
        }
    }
}

fn step_or_nothing(words: &Words, lesson: &Lesson, part: &str) -> String {
    if words.has(&lesson.key(part)) {
        step(words, lesson, part)
    } else {
        String::new()
    }
}

#[test]
fn every_glossary_word_is_explained() {
    let words = english();
    for (key, text) in words.iter() {
        for (style, _) in spans(text) {
            if let Style::Term(term) = style {
                assert!(words.has(&["term.", term].concat()), "{key}: {term}");
            }
        }
    }
}

#[test]
fn a_finding_marks_one_number() {
    let words = english();
    for lesson in registry::LESSONS {
        let evidence = TWO_KNIVES.run(lesson, &Settings::default(), &words);
        let text = (lesson.finding)(&evidence, &Settings::default())
            .phrase
            .say(&words);
        let marks = spans(&text)
            .into_iter()
            .filter(|(style, _)| *style == Style::Mark)
            .count();
        assert_eq!(marks, 1, "{text}");
    }
}

#[test]
fn translations_say_the_same_things() {
    // Read by a script, not by lessons.
    let english = file("en/offline.txt").over(english());
    for (language, files) in crate::words::LANGUAGES {
        for name in *files {
            for (key, text) in file(&[language, "/", name, ".txt"].concat()).iter() {
                if key == "number.decimal" {
                    continue;
                }
                let original = english
                    .raw(key)
                    .unwrap_or_else(|| panic!("{language} {key}"));
                assert_eq!(
                    placeholders(text),
                    placeholders(original),
                    "{language} {key}"
                );
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("words")
            .join(language);
        assert_eq!(
            std::fs::read_dir(folder).unwrap().count(),
            files.len(),
            "files of {language}"
        );
    }
}

#[test]
fn german_speaks_where_it_can_and_english_elsewhere() {
    let words = file("de/waiting.txt").over(english());
    let waiting = registry::find("waiting").unwrap();
    let finding = TWO_KNIVES
        .run(waiting, &Settings::default(), &words)
        .finding;
    assert!(
        finding.starts_with("Ein Koch, 6 Töpfe") && finding.contains("5,4-mal"),
        "{finding}"
    );
    assert_eq!(words.say("computing.title", &[]), "One chef, many boards");
    let whole = file("en/waiting.txt");
    assert!(
        whole.iter().all(|(key, _)| file("de/waiting.txt").has(key)),
        "German is not whole"
    );
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}
