//! A picture that a reader gave is filtered instead of the made-up one. In a
//! program of its own: the picture is shared by all that runs in one memory.

use model::TaskSpec;
use workloads::photo::{MOST_ROWS, Photo, give, given, is_here};
use workloads::{PICTURE_WIDTH, Step, registry};

fn picture(rows: u32, first: u8) -> Vec<u8> {
    let pixels = rows * PICTURE_WIDTH;
    (0..pixels)
        .map(|at| first.wrapping_add((at / 7 % 200) as u8))
        .collect()
}

fn spec(part: u32, input: u32) -> TaskSpec {
    TaskSpec {
        part,
        parts: 3,
        size: 5,
        seed: 4,
        input,
        ..TaskSpec::default()
    }
}

/// Checksum and shades of a task, held against the reference.
fn filtered(spec: &TaskSpec) -> (u64, Vec<u8>) {
    let workload = registry::find("image-filter").expect("in the registry");
    let mut kernel = (workload.start)(spec);
    loop {
        if let Step::Done(output) = kernel.step() {
            assert_eq!(output.checksum, (workload.reference)(spec));
            return (output.checksum, output.tile.expect("a painter").shades);
        }
    }
}

#[test]
fn the_picture_that_is_named_is_filtered() {
    let (one, other) = (
        Photo::new(picture(40, 1)).expect("a picture"),
        Photo::new(picture(40, 2)).expect("a picture"),
    );
    assert_ne!(one.id(), other.id());
    assert_eq!(one.rows(), 40);
    let made_up = filtered(&spec(0, 0)).0;
    let (id, id_of_other) = (one.id(), other.id());
    give(Some(one));
    assert!(is_here(id) && !is_here(id_of_other));
    let all: Vec<u64> = (0..3).map(|part| filtered(&spec(part, id)).0).collect();
    assert_ne!(all[0], made_up);
    assert_ne!(all[0], all[1]);
    // What does not name it does not see it.
    assert_eq!(filtered(&spec(0, 0)).0, made_up);
    give(Some(other));
    assert_eq!(given(id), None);
    assert_ne!(filtered(&spec(0, id_of_other)).0, all[0]);
    // The same shade everywhere stays as it is.
    let plain = Photo::new(vec![77; 480 * 9]).expect("a picture");
    let id = plain.id();
    give(Some(plain));
    assert_eq!(filtered(&spec(1, id)).1, vec![77; 480 * 5]);
    give(None);
    assert!(!is_here(id));
}

#[test]
fn only_whole_rows_make_a_picture() {
    assert_eq!(Photo::new(Vec::new()), None);
    assert_eq!(Photo::new(vec![0; 481]), None);
    assert_eq!(Photo::new(picture(MOST_ROWS + 1, 0)), None);
    assert!(Photo::new(picture(MOST_ROWS, 0)).is_some());
}
