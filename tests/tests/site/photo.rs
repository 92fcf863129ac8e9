//! A picture of the reader's own: filtered like on paper, kept over stops, and
//! never replaced by what is none.

use crate::agreement::expected;
use model::{Evidence, VoidReason};
use serde_json::json;
use std::collections::BTreeSet;
use tests::Visit;
use tests::record::contradictions;
use tests::testid;
use workloads::photo::Photo;

const LAB: &str = "#/lab?workload=image-filter&strategies=interleaved,pool,messages,hybrid,offload,blocking&workers=2&tasks=6&size=2&rounds=2";
const ROWS: u32 = 90;

/// Makes a grey PNG in the page, of the very shades of [`shades`].
const DRAWN: &str = "const canvas = document.createElement('canvas');
    canvas.width = 480; canvas.height = arguments[0];
    const pixels = new ImageData(480, arguments[0]);
    for (let at = 0; at < 480 * arguments[0]; at += 1) {
        const shade = ((at % 480) * 3 + Math.floor(at / 480) * 5) % 256;
        pixels.data.set([shade, shade, shade, 255], 4 * at);
    }
    canvas.getContext('2d').putImageData(pixels, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const file = new File([blob], 'own.png', { type: 'image/png' });";

fn shades() -> Vec<u8> {
    let pixels = 0..480 * ROWS;
    pixels
        .map(|at| (((at % 480) * 3 + at / 480 * 5) % 256) as u8)
        .collect()
}

/// Gives the page the `file` that a script makes, as a choice or a drop.
fn give(visit: &Visit, made: &str, is_dropped: bool) {
    let handed = if is_dropped {
        format!(
            "const over = new DragEvent('dragover', {{ dataTransfer: held, bubbles: true, cancelable: true }});
             const drop = new DragEvent('drop', {{ dataTransfer: held, bubbles: true, cancelable: true }});
             const zone = {};
             zone.dispatchEvent(over); zone.dispatchEvent(drop);
             return over.defaultPrevented && drop.defaultPrevented;",
            testid("lab")
        )
    } else {
        format!(
            "const field = {};
             field.files = held.files;
             field.dispatchEvent(new Event('change', {{ bubbles: true }}));
             return true;",
            testid("photo")
        )
    };
    let body = format!(
        "return (async () => {{ {made} const held = new DataTransfer(); held.items.add(file); {handed} }})()"
    );
    let is_taken = visit.call(&body, &[json!(ROWS)]);
    assert_eq!(is_taken, true, "the browser does not leave for the file");
}

fn told(visit: &Visit, words: &str) {
    let said = format!(
        "({}?.textContent ?? '').includes({words:?})",
        testid("photo-said")
    );
    visit.until(words, &said);
}

/// Every way of running filtered the picture of this id, as plain code does.
fn filtered(evidence: &Evidence, id: u32) {
    let faults = contradictions(evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(evidence.arms.len(), 7);
    for arm in &evidence.arms {
        assert!(arm.jobs.iter().all(|job| job.input == id), "{}", arm.id);
        let by_work = expected(arm, evidence.seed);
        let sum = by_work
            .iter()
            .fold(0, |sum: u64, (_, own)| sum.wrapping_add(*own));
        let rows = evidence.rounds.iter().filter(|row| row.arm == arm.id);
        for row in rows {
            assert_eq!(row.checksum, Some(format!("{sum:016x}")), "{}", arm.id);
            assert_ne!(row.reason, Some(VoidReason::Checksum), "{}", arm.id);
        }
    }
}

#[test]
fn a_picture_of_ones_own_is_filtered_in_every_way_and_never_lost() {
    let own = Photo::new(shades()).expect("a picture");
    let id = own.id();
    workloads::photo::give(Some(own));
    let visit = Visit::of_site("photo");
    visit.open(LAB);
    let before = visit.asked();
    give(&visit, DRAWN, true);
    told(&visit, "480 dots wide and 90 high");
    let evidence = visit.press_run();
    filtered(&evidence, id);
    let is_noted = |note: &String| note.contains("picture");
    assert!(
        evidence.notes.iter().any(is_noted),
        "a record without its picture"
    );
    assert!(visit.has("picture"), "the result is shown");
    refused(&visit);
    // Whoever starts anew is given it again.
    visit.start_run();
    give(&visit, DRAWN, true);
    told(&visit, "A run is under way");
    visit.click("stop");
    visit.until("the end", &format!("{} === null", testid("stop")));
    filtered(&visit.press_run(), id);
    // And back.
    // Where it stood, the row of the Run button, which stays in sight, may lie over it.
    let middle =
        "document.querySelector('[data-testid=photo-back]').scrollIntoView({ block: 'center' })";
    visit.call(middle, &[]);
    visit.click("photo-back");
    told(&visit, "made-up landscape is used again");
    filtered(&visit.press_run(), 0);
    let asked: BTreeSet<String> = visit.asked().difference(&before).cloned().collect();
    assert!(
        asked
            .iter()
            .all(|path| !path.contains("own") && !path.contains("notes")),
        "{asked:?}"
    );
    assert_eq!(visit.errors(), [""; 0]);
}

/// What is no picture, or too much of one, changes nothing.
fn refused(visit: &Visit) {
    let file = |content: &str, name: &str, kind: &str| {
        format!("const file = new File([{content}], '{name}', {{ type: '{kind}' }});")
    };
    let svg = "'<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10000\" height=\"5000\"/>'";
    let cases = [
        (
            file("'hello'", "notes.txt", "text/plain"),
            "That file is no picture",
        ),
        (file("'hello'", "no-ending", ""), "That file is no picture"),
        (
            file("'hello'", "damaged.png", "image/png"),
            "could not read that picture",
        ),
        (
            file("new Uint8Array(51e6)", "heavy.jpg", "image/jpeg"),
            "too large",
        ),
        (file(svg, "wide.svg", "image/svg+xml"), "too large"),
        (file("", "empty.png", "image/png"), "No picture came"),
    ];
    for (at, (made, words)) in cases.iter().enumerate() {
        give(visit, made, at % 2 == 0);
        told(visit, words);
        assert!(visit.has("photo-back"), "the one before stays: {words}");
    }
}
