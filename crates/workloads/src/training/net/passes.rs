//! The text both ways of computing are made from.

/// Functions that compute with registers of type `$Lane`. `$how` is what each of
/// them says about itself.
macro_rules! passes {
    (
        $Lane:ty, $(#[$how:meta])* $flat:ident, $deep:ident $(, $think_flat:ident, $think_deep:ident)?
    ) => {
        /// Outputs of a layer.
        $(#[$how])*
        #[inline]
        fn forward<const P: usize>(weights: &[f32], input: &[f32], out: &mut [f32]) {
            let panels = weights.as_chunks::<LANES>().0.as_chunks::<P>().0;
            let outs = out.as_chunks_mut::<LANES>().0.as_chunks_mut::<P>().0;
            for (panel, out) in panels.chunks_exact(input.len() + 1).zip(outs) {
                let Some((bias, rows)) = panel.split_first() else {
                    return;
                };
                let mut sums = [<$Lane>::all(0.0); P];
                for (sum, bias) in sums.iter_mut().zip(bias) {
                    *sum = <$Lane>::of(bias);
                }
                for (x, row) in input.iter().zip(rows) {
                    let x = <$Lane>::all(*x);
                    for (sum, weight) in sums.iter_mut().zip(row) {
                        *sum = sum.plus(x.times(<$Lane>::of(weight)));
                    }
                }
                for (sum, out) in sums.iter().zip(out) {
                    sum.put(out);
                }
            }
        }

        /// Adds the slopes of a layer's weights, from those of its outputs.
        $(#[$how])*
        #[inline]
        fn add_slopes<const P: usize>(slopes: &mut [f32], input: &[f32], of_out: &[f32]) {
            let panels = slopes.as_chunks_mut::<LANES>().0.as_chunks_mut::<P>().0;
            let of_outs = of_out.as_chunks::<LANES>().0.as_chunks::<P>().0;
            for (panel, of_out) in panels.chunks_exact_mut(input.len() + 1).zip(of_outs) {
                let Some((bias, rows)) = panel.split_first_mut() else {
                    return;
                };
                let mut each = [<$Lane>::all(0.0); P];
                for (slope, of_out) in each.iter_mut().zip(of_out) {
                    *slope = <$Lane>::of(of_out);
                }
                for (bias, slope) in bias.iter_mut().zip(&each) {
                    <$Lane>::of(bias).plus(*slope).put(bias);
                }
                for (x, row) in input.iter().zip(rows) {
                    let x = <$Lane>::all(*x);
                    for (weight, slope) in row.iter_mut().zip(&each) {
                        <$Lane>::of(weight).plus(x.times(*slope)).put(weight);
                    }
                }
            }
        }

        /// Slopes of the inputs of the output layer.
        $(#[$how])*
        #[inline]
        fn backward(weights: &[f32], of_out: &[f32; OUTPUTS], back: &mut [f32; HIDDEN]) {
            let rows = weights.as_chunks::<LANES>().0.as_chunks::<OUT>().0;
            let of_outs = of_out.as_chunks::<LANES>().0;
            for (row, back) in rows.iter().skip(1).zip(back) {
                let mut sum = <$Lane>::all(0.0);
                for (weight, slope) in row.iter().zip(of_outs) {
                    sum = sum.plus(<$Lane>::of(weight).times(<$Lane>::of(slope)));
                }
                let mut parts = [0.0; LANES];
                sum.put(&mut parts);
                let [a, b, c, d] = parts;
                *back = (a + b) + (c + d);
            }
        }

        $(
        pub(super) fn $think_flat(weights: &[f32], pixels: &[f32; PIXELS], scratch: &mut Scratch) {
            forward::<OUT>(weights, pixels, &mut scratch.out);
        }

        pub(super) fn $think_deep(weights: &[f32], pixels: &[f32; PIXELS], scratch: &mut Scratch) {
            let Some((first, second)) = weights.split_at_checked(BEHIND) else {
                return;
            };
            forward::<WIDE>(first, pixels, &mut scratch.hidden);
            for value in &mut scratch.hidden {
                *value = if *value > 0.0 { *value } else { 0.0 };
            }
            forward::<OUT>(second, &scratch.hidden, &mut scratch.out);
        }
        )?

        /// One layer.
        $(#[$how])*
        #[inline(never)]
        pub(super) fn $flat(
            weights: &[f32],
            slopes: &mut [f32],
            (pixels, digit): Example<'_>,
            scratch: &mut Scratch,
        ) -> Seen {
            forward::<OUT>(weights, pixels, &mut scratch.out);
            let seen = judge(&scratch.out, digit, &mut scratch.slope);
            add_slopes::<OUT>(slopes, pixels, &scratch.slope);
            seen
        }

        /// Two layers; what the first gives counts where it is above 0.
        $(#[$how])*
        #[inline(never)]
        pub(super) fn $deep(
            weights: &[f32],
            slopes: &mut [f32],
            (pixels, digit): Example<'_>,
            scratch: &mut Scratch,
        ) -> Seen {
            let (Some((first, second)), Some((first_slopes, second_slopes))) = (
                weights.split_at_checked(BEHIND),
                slopes.split_at_mut_checked(BEHIND),
            ) else {
                return Seen::default();
            };
            forward::<WIDE>(first, pixels, &mut scratch.hidden);
            for value in &mut scratch.hidden {
                *value = if *value > 0.0 { *value } else { 0.0 };
            }
            forward::<OUT>(second, &scratch.hidden, &mut scratch.out);
            let seen = judge(&scratch.out, digit, &mut scratch.slope);
            add_slopes::<OUT>(second_slopes, &scratch.hidden, &scratch.slope);
            backward(second, &scratch.slope, &mut scratch.back);
            for (back, value) in scratch.back.iter_mut().zip(&scratch.hidden) {
                *back = if *value > 0.0 { *back } else { 0.0 };
            }
            add_slopes::<WIDE>(first_slopes, pixels, &scratch.back);
            seen
        }
    };
}

pub(super) use passes;
