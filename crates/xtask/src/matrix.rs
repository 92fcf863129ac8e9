//! `matrix`: what every browser reaches in every way of embedding the site.

mod cell;
mod context;

use crate::args::Args;
use crate::browsers;
use crate::fail::{Failure, Outcome};
use crate::site::Project;
use cell::Row;
use context::Context;
use drive::BrowserKind;

/// Prints a row for each browser and context; all without a name.
///
/// # Errors
/// On wrong usage, or when site or browsers cannot be had: none is left out.
pub fn matrix(mut args: Args) -> Outcome<u8> {
    let json = args.switch("--json");
    let as_built = args.switch("--as-built");
    let browser = browsers::asked(&mut args)?;
    let contexts = chosen(&args.words()?)?;
    let project = Project::open()?;
    let kinds = browser.map_or_else(|| BrowserKind::ALL.to_vec(), |kind| vec![kind]);
    let mut ready = Vec::new();
    for kind in kinds {
        ready.push(browsers::ready(kind, &project.cache)?);
    }
    let dist = project.site(as_built)?;
    if !json {
        println!(
            "{}",
            line(&[
                "browser", "context", "rung", "ready", "verdict", "loads", "note"
            ])
        );
    }
    let mut is_fine = true;
    for programs in &ready {
        for context in &contexts {
            eprintln!("{} {}", programs.kind.id(), context.id());
            let row = cell::run(programs, &dist, *context);
            is_fine &= row.is_fine();
            if json {
                println!("{}", row.json());
            } else {
                println!("{}", shown(&row));
            }
        }
    }
    Ok(if is_fine { 0 } else { 1 })
}

fn chosen(words: &[String]) -> Outcome<Vec<Context>> {
    if words.is_empty() || words == ["all"] {
        return Ok(Context::ALL.to_vec());
    }
    let named = words.iter().map(|word| {
        Context::from_id(word).ok_or_else(|| {
            Failure::environment(format!(
                "no context {word:?}; there are {}",
                Context::ALL.map(Context::id).join(" ")
            ))
        })
    });
    named.collect()
}

/// A row for people; what breaks a promise is marked.
fn shown(row: &Row) -> String {
    let rung = row
        .rung
        .map_or_else(|| "-".to_owned(), |rung| rung.to_string());
    let ready = row
        .ready_seconds
        .map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.2} s"));
    let mark = if row.is_fine() { "" } else { "BROKEN: " };
    line(&[
        row.browser.id(),
        row.context.id(),
        &rung,
        &ready,
        row.verdict,
        &row.loads.to_string(),
        &format!("{mark}{}", row.note),
    ])
}

fn line(cells: &[&str; 7]) -> String {
    let [browser, context, rung, ready, verdict, loads, note] = cells;
    format!("{browser:<9} {context:<28} {rung:>4} {ready:>8}  {verdict:<12} {loads:>5}  {note}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), 8);
        let one = chosen(&["iframe-opaque".to_owned()]).unwrap();
        assert_eq!(one, [Context::Opaque]);
        assert_eq!(chosen(&["moon".to_owned()]).unwrap_err().status, 2);
    }

    #[test]
    fn a_broken_promise_is_marked() {
        let mut row = Row {
            browser: BrowserKind::Firefox,
            context: Context::TopHeaders,
            rung: Some(3),
            ready_seconds: Some(0.73),
            verdict: "pass",
            loads: 1,
            note: "pool-works".to_owned(),
        };
        assert_eq!(
            shown(&row),
            "firefox   top-headers                     3   0.73 s  pass             1  pool-works"
        );
        row.rung = Some(2);
        assert!(shown(&row).contains("BROKEN"));
    }
}
