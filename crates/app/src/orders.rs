//! The steps of two chefs on one tally, taken by hand, and every order there is.

use crate::controls::{Pick, radios};
use crate::cx::Cx;
use crate::el::{El, all, button, el, scroll, text};
use crate::room::Walk;
use crate::store::Action;
use analysis::interleave::{Act, Game, Moment, Order, ends};
use lessons::Phrase;
use model::Guard;
use yew::Html;

/// Chefs; each adds once.
const CHEFS: usize = 2;
/// Ways of writing on the tally that can be tried.
const GUARDS: [Guard; 4] = [Guard::Loose, Guard::Atomic, Guard::Mutex, Guard::TwoLocks];
/// More orders than this are counted, but not listed.
const MOST_LISTED: usize = 20;

fn game_of(walk: &Walk) -> Game {
    Game::new(walk.guard, CHEFS, 1)
}

/// Last part of the key of a step.
const fn key_of(act: Act) -> &'static str {
    match act {
        Act::Read => "read",
        Act::Add => "add",
        Act::Write => "write",
        Act::AddAtOnce => "at-once",
        Act::Lock(_) => "lock",
        Act::Unlock(_) => "unlock",
    }
}

/// The number that a step has to do with: read, in the head, or written.
fn number_of(act: Act, after: &Moment, chef: usize) -> u32 {
    match act {
        Act::Read | Act::Add => after.heads.get(chef).copied().flatten().unwrap_or(0),
        Act::Write | Act::AddAtOnce => after.tally,
        Act::Lock(lock) | Act::Unlock(lock) => lock as u32 + 1,
    }
}

/// A step that was taken.
struct Taken {
    chef: usize,
    act: Act,
    number: u32,
    tally: u32,
}

/// The steps of a walk, as far as they can be taken, and where they led.
fn taken(game: &Game, steps: &[usize]) -> (Vec<Taken>, Moment) {
    let mut moment = game.start();
    let mut taken = Vec::with_capacity(steps.len());
    for &chef in steps {
        if let Some(act) = game.take(&mut moment, chef) {
            taken.push(Taken {
                chef,
                act,
                number: number_of(act, &moment, chef),
                tally: moment.tally,
            });
        }
    }
    (taken, moment)
}

fn losing(game: &Game, orders: &[Order]) -> usize {
    orders
        .iter()
        .filter(|order| order.tally < game.wanted())
        .count()
}

/// An order that loses one: a continuation of these steps, else from the start.
fn lost_order(game: &Game, steps: &[usize]) -> Option<Vec<usize>> {
    let loses = |first: &[usize]| {
        let mut orders = game.orders(first).into_iter();
        orders.find(|order| order.tally < game.wanted())
    };
    loses(steps).or_else(|| loses(&[])).map(|order| order.steps)
}

/// What the live region says of where a walk has come.
fn told(walk: &Walk) -> Phrase {
    let game = game_of(walk);
    let (taken, moment) = taken(&game, &walk.steps);
    if game.is_over(&moment) {
        return over(&game, &moment);
    }
    match taken.last() {
        Some(last) => Phrase::new(["orders.told.", key_of(last.act)].concat())
            .with("chef", (last.chef + 1).to_string())
            .with("n", last.number.to_string())
            .with("tally", last.tally.to_string()),
        None => Phrase::new("orders.told.start"),
    }
}

fn over(game: &Game, moment: &Moment) -> Phrase {
    let is_right = moment.tally == game.wanted();
    let key = if is_right {
        "orders.over.right"
    } else {
        "orders.over.lost"
    };
    Phrase::new(key)
        .with("tally", moment.tally.to_string())
        .with("wanted", game.wanted().to_string())
}

/// What the steps so far leave possible.
fn outlook(game: &Game, steps: &[usize], moment: &Moment) -> Phrase {
    if game.is_over(moment) {
        return over(game, moment);
    }
    let orders = game.orders(steps);
    let key = if steps.is_empty() {
        "orders.all"
    } else {
        "orders.from"
    };
    Phrase::new(key)
        .with("all", orders.len().to_string())
        .with("lose", losing(game, &orders).to_string())
}

fn to(walk: Walk) -> Action {
    let told = told(&walk);
    Action::Walked(walk, told)
}

/// The panel.
pub fn orders(cx: &Cx) -> Html {
    let walk = &cx.lab.room.walk;
    let game = game_of(walk);
    let (taken, moment) = taken(&game, &walk.steps);
    let said = outlook(&game, &walk.steps, &moment).say(cx.words());
    let heads = moment.heads.iter().enumerate().map(|(chef, head)| {
        let chef = (chef + 1).to_string();
        match head {
            Some(n) => cx.say_with("orders.head", &[("chef", &chef), ("n", &n.to_string())]),
            None => cx.say_with("orders.head.empty", &[("chef", &chef)]),
        }
    });
    let mut now = vec![cx.say_with("orders.tally", &[("n", &moment.tally.to_string())])];
    now.extend(heads);
    el("section")
        .class("orders")
        .set("data-testid", "orders")
        .put(el("h2").say(cx, "orders"))
        .put(el("p").say(cx, "orders.how"))
        .add(guards(cx, walk))
        .put(diagram(cx, &game, &taken))
        .put(
            el("p")
                .set("data-testid", "orders-now")
                .text(&now.join(" ")),
        )
        .add(steps(cx, walk, &game, &moment))
        .put(
            el("p")
                .set("data-testid", "orders-outlook")
                .add(cx.rich(&said)),
        )
        .add(list(cx, walk, &game))
        .done()
}

fn guards(cx: &Cx, walk: &Walk) -> Html {
    let pick = |guard: Guard| Pick {
        test_id: ["orders-", guard.id()].concat(),
        label: text(&cx.say(&["races.arm.", guard.id()].concat())),
        is_on: walk.guard == guard,
        action: to(Walk {
            guard,
            steps: Vec::new(),
        }),
    };
    let legend = el("span").class("quiet").say(cx, "orders.guard").done();
    let picks = GUARDS.into_iter().map(pick).collect();
    radios(cx, "orders-guard", legend, "pills", false, picks)
}

/// A row for each chef and one for the tally, a column for each step.
fn diagram(cx: &Cx, game: &Game, taken: &[Taken]) -> El {
    let n_steps = (0..CHEFS).map(|chef| game.program(chef).len()).sum();
    let mut head = el("tr").put(el("th").set("scope", "col").say(cx, "orders.step"));
    for step in 1..=n_steps {
        head = head.put(el("th").set("scope", "col").text(&step.to_string()));
    }
    let mut body = el("tbody");
    for chef in 0..CHEFS {
        let name = cx.say_with("orders.chef", &[("chef", &(chef + 1).to_string())]);
        let mut row = el("tr").put(el("th").set("scope", "row").text(&name));
        for step in 0..n_steps {
            let own = taken.get(step).filter(|step| step.chef == chef);
            row = row.put(match own {
                Some(step) => el("td")
                    .class("did")
                    .text(&cx.say_with(&act_key(step.act), &[("n", &step.number.to_string())])),
                None => el("td"),
            });
        }
        body = body.put(row);
    }
    let mut row = el("tr").put(el("th").set("scope", "row").say(cx, "orders.wall"));
    for step in 0..n_steps {
        let shown = taken.get(step).map(|step| step.tally.to_string());
        row = row.put(el("td").text(&shown.unwrap_or_default()));
    }
    let table = el("table")
        .set("data-testid", "orders-table")
        .put(el("caption").class("sr").say(cx, "orders.table"))
        .put(el("thead").put(head))
        .put(body.put(row));
    scroll(&cx.say("orders.table")).put(table)
}

fn act_key(act: Act) -> String {
    ["orders.act.", key_of(act)].concat()
}

/// A button that says why when it can do nothing, instead of vanishing.
fn press(cx: &Cx, test_id: &str, words: &str, action: Result<Action, Phrase>) -> El {
    let press = button("small")
        .test(&["orders-", test_id])
        .says("aria-disabled", action.is_err())
        .text(words);
    press.send(cx, action.unwrap_or_else(Action::Say))
}

fn steps(cx: &Cx, walk: &Walk, game: &Game, moment: &Moment) -> Html {
    let with = |steps: Vec<usize>| {
        to(Walk {
            guard: walk.guard,
            steps,
        })
    };
    let mut row = el("p").class("row tight");
    for chef in 0..CHEFS {
        let number = (chef + 1).to_string();
        let next = game.next(moment, chef);
        let key = next.map_or("done", key_of);
        let words = cx.say_with(
            "orders.take",
            &[
                ("chef", &number),
                ("act", &cx.say(&["orders.do.", key].concat())),
            ],
        );
        let action = if game.can(moment, chef) {
            let mut steps = walk.steps.clone();
            steps.push(chef);
            Ok(with(steps))
        } else if next.is_some() {
            Err(Phrase::new("orders.locked").with("chef", number.clone()))
        } else {
            Err(Phrase::new("orders.done").with("chef", number.clone()))
        };
        row = row.put(press(cx, &["take-", &number].concat(), &words, action));
    }
    let nothing_yet = || Phrase::new("orders.told.start");
    let back = match walk.steps.split_last() {
        Some((_, before)) => Ok(with(before.to_vec())),
        None => Err(nothing_yet()),
    };
    let again = if walk.steps.is_empty() {
        Err(nothing_yet())
    } else {
        Ok(with(Vec::new()))
    };
    let lost = lost_order(game, &walk.steps);
    let lost = lost.map(with).ok_or_else(|| Phrase::new("orders.none"));
    let row = row
        .put(press(cx, "back", &cx.say("orders.back"), back))
        .put(press(cx, "again", &cx.say("orders.again"), again))
        .put(press(cx, "lose", &cx.say("orders.lose"), lost));
    row.done()
}

/// All orders by what they end with, each to be shown by a press.
fn list(cx: &Cx, walk: &Walk, game: &Game) -> Html {
    let orders = game.orders(&[]);
    let mut nodes = Vec::new();
    for (tally, n) in ends(&orders) {
        let args = [("n", &*n.to_string()), ("tally", &*tally.to_string())];
        nodes.push(el("p").text(&cx.say_with("orders.ends", &args)).done());
        if orders.len() > MOST_LISTED {
            continue;
        }
        let mut row = el("ul").class("row tight");
        for order in orders.iter().filter(|order| order.tally == tally) {
            let chefs: Vec<String> = order
                .steps
                .iter()
                .map(|chef| (chef + 1).to_string())
                .collect();
            let shown = button("small")
                .says("aria-pressed", walk.steps == order.steps)
                .text(&chefs.join(" "))
                .send(
                    cx,
                    to(Walk {
                        guard: walk.guard,
                        steps: order.steps.clone(),
                    }),
                );
            row = row.put(el("li").put(shown));
        }
        nodes.push(row.done());
    }
    let all_of = cx.say_with("orders.list", &[("all", &orders.len().to_string())]);
    nodes.push(el("p").class("quiet").say(cx, "orders.often").done());
    el("details")
        .set("data-testid", "orders-list")
        .put(el("summary").text(&all_of))
        .add(all(nodes))
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::Words;

    fn words() -> Words {
        Words::parse(include_str!("../../lessons/words/en/races.txt"))
    }

    fn walk(guard: Guard, steps: &[usize]) -> Walk {
        Walk {
            guard,
            steps: steps.to_vec(),
        }
    }

    #[test]
    fn every_walk_has_its_words() {
        let words = words();
        let said = |phrase: &Phrase| {
            assert!(words.has(&phrase.key), "{}", phrase.key);
            let said = phrase.say(&words);
            assert!(!said.contains('{'), "{said}");
        };
        for guard in GUARDS {
            let game = game_of(&walk(guard, &[]));
            for order in game.orders(&[]) {
                for len in 0..=order.steps.len() {
                    let walk = walk(guard, &order.steps[..len]);
                    let (taken, moment) = taken(&game, &walk.steps);
                    assert_eq!(taken.len(), len);
                    said(&told(&walk));
                    said(&outlook(&game, &walk.steps, &moment));
                    for step in taken {
                        assert!(words.has(&act_key(step.act)));
                    }
                }
            }
            assert!(words.has(&["races.arm.", guard.id()].concat()));
            for act in game.program(0) {
                assert!(words.has(&["orders.do.", key_of(act)].concat()));
            }
        }
        for key in [
            "orders",
            "orders.how",
            "orders.guard",
            "orders.step",
            "orders.chef",
            "orders.wall",
            "orders.table",
            "orders.take",
            "orders.do.done",
            "orders.locked",
            "orders.done",
            "orders.back",
            "orders.again",
            "orders.lose",
            "orders.none",
            "orders.ends",
            "orders.list",
            "orders.often",
            "orders.head",
            "orders.head.empty",
            "orders.tally",
        ] {
            assert!(words.has(key), "{key}");
        }
    }

    #[test]
    fn an_order_that_loses_goes_on_from_where_the_reader_is() {
        let loose = game_of(&walk(Guard::Loose, &[]));
        let order = lost_order(&loose, &[1]).unwrap();
        assert_eq!(order[0], 1);
        assert_eq!(loose.after(&order).tally, 1);
        // Nothing can be lost any more from here: another beginning.
        let order = lost_order(&loose, &[0, 0, 0]).unwrap();
        assert_eq!(loose.after(&order).tally, 1);
        for guard in [Guard::Atomic, Guard::Mutex] {
            assert_eq!(lost_order(&game_of(&walk(guard, &[])), &[]), None);
        }
    }

    #[test]
    fn the_numbers_of_the_steps_are_those_of_the_moment() {
        let loose = game_of(&walk(Guard::Loose, &[]));
        let (taken, moment) = taken(&loose, &[0, 1, 0, 0, 1, 1]);
        let numbers: Vec<_> = taken.iter().map(|step| (step.number, step.tally)).collect();
        assert_eq!(numbers, [(0, 0), (0, 0), (1, 0), (1, 1), (1, 1), (1, 1)]);
        assert_eq!(over(&loose, &moment).key, "orders.over.lost");
        let said = outlook(&loose, &[], &loose.start()).say(&words());
        assert!(said.contains("20") && said.contains("18"), "{said}");
    }
}
