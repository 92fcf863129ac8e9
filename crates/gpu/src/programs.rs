//! What the graphics processor runs: for each work in single precision a program of
//! the same name. All are laid out alike: four settings, then the lists that are read,
//! then the list that is written.

/// A program.
pub(crate) struct Program {
    /// Id of its twin in `workloads`.
    pub(crate) id: &'static str,
    /// Its text in WGSL.
    pub(crate) text: &'static str,
    /// Places a workgroup does, across and down; as in the text.
    pub(crate) group: [u32; 2],
}

/// Every program.
pub(crate) const ALL: [Program; 4] = [
    Program {
        id: "blur-f32",
        text: include_str!("programs/blur-f32.wgsl"),
        group: [16, 16],
    },
    Program {
        id: "mandelbrot-f32",
        text: include_str!("programs/mandelbrot-f32.wgsl"),
        group: [16, 16],
    },
    Program {
        id: "matrix-f32",
        text: include_str!("programs/matrix-f32.wgsl"),
        group: [16, 16],
    },
    Program {
        id: "n-body-f32",
        text: include_str!("programs/n-body-f32.wgsl"),
        group: [64, 1],
    },
];

/// The program of this work.
pub(crate) fn find(id: &str) -> Option<&'static Program> {
    const LIST: &[Program] = &ALL;
    LIST.iter().find(|program| program.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use workloads::single;

    #[test]
    fn every_program_has_a_twin_and_is_laid_out_for_it() {
        let ids: Vec<&str> = ALL.iter().map(|program| program.id).collect();
        assert_eq!(ids, single::IDS);
        for program in &ALL {
            let whole = single::whole(program.id, 2, 3, 1).expect("its twin");
            let lists = program.text.matches("@binding(").count();
            assert_eq!(lists, 2 + whole.inputs.len(), "{}", program.id);
            assert_eq!(program.text.matches("read_write").count(), 1);
            let [x, y] = program.group;
            let size = if y == 1 {
                format!("({x})")
            } else {
                format!("({x}, {y})")
            };
            let size = format!("@workgroup_size{size}");
            assert!(program.text.contains(&size), "{}", program.id);
        }
    }
}
