//! Four `f32` in one 128-bit register.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32 as arch;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64 as arch;

#[cfg(target_arch = "wasm32")]
type Register = arch::v128;
#[cfg(target_arch = "x86_64")]
type Register = arch::__m128;
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
type Register = [f32; 4];

/// Four numbers.
#[derive(Clone, Copy)]
pub(crate) struct Four(Register);

/// An operation on each of four numbers and its counterpart.
macro_rules! each_of_four {
    ($(#[$doc:meta])* $name:ident, $wasm:ident, $x86:ident, $op:tt) => {
        $(#[$doc])*
        #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
        #[inline]
        pub(crate) fn $name(self, other: Self) -> Self {
            Self(on! {
                wasm: arch::$wasm(self.0, other.0),
                // SAFETY: every x86-64 processor has SSE2.
                x86: unsafe { arch::$x86(self.0, other.0) },
                else: {
                    let mut all = self.0;
                    all.iter_mut().zip(other.0).for_each(|(a, b)| *a = *a $op b);
                    all
                },
            })
        }
    };
}

impl Four {
    /// The same number four times.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn all(value: f32) -> Self {
        Self(on! {
            wasm: arch::f32x4_splat(value),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_set1_ps(value) },
            else: [value; 4],
        })
    }

    /// These four.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn of(values: &[f32; 4]) -> Self {
        Self(on! {
            // SAFETY: the array is 16 bytes long, and any alignment will do.
            wasm: unsafe { arch::v128_load(values.as_ptr().cast()) },
            // SAFETY: the same; every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_loadu_ps(values.as_ptr()) },
            else: *values,
        })
    }

    /// Writes them, in order.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn put(self, into: &mut [f32; 4]) {
        on! {
            // SAFETY: the array is 16 bytes long, and any alignment will do.
            wasm: unsafe { arch::v128_store(into.as_mut_ptr().cast(), self.0) },
            // SAFETY: the same; every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_storeu_ps(into.as_mut_ptr(), self.0) },
            else: *into = self.0,
        }
    }

    /// The first four of a list; 0 where it is shorter.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn first(list: &[f32]) -> Self {
        match list.first_chunk() {
            Some(four) => Self::of(four),
            None => Self::all(0.0),
        }
    }

    /// All four, in order.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn numbers(self) -> [f32; 4] {
        on! {
            wasm: [
                arch::f32x4_extract_lane::<0>(self.0),
                arch::f32x4_extract_lane::<1>(self.0),
                arch::f32x4_extract_lane::<2>(self.0),
                arch::f32x4_extract_lane::<3>(self.0),
            ],
            x86: {
                let mut all = [0.0; 4];
                // SAFETY: every x86-64 processor has SSE2, and four numbers have room.
                unsafe { arch::_mm_storeu_ps(all.as_mut_ptr(), self.0) };
                all
            },
            else: self.0,
        }
    }

    each_of_four!(/** Sums. */ plus, f32x4_add, _mm_add_ps, +);
    each_of_four!(/** Differences. */ minus, f32x4_sub, _mm_sub_ps, -);
    each_of_four!(/** Products. */ times, f32x4_mul, _mm_mul_ps, *);
    each_of_four!(/** Quotients. */ over, f32x4_div, _mm_div_ps, /);

    /// Square roots.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn roots(self) -> Self {
        Self(on! {
            wasm: arch::f32x4_sqrt(self.0),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_sqrt_ps(self.0) },
            else: self.0.map(f32::sqrt),
        })
    }

    /// 1 where a number is at most its counterpart, else 0; and whether any is.
    /// Nothing is at most what is no number, nor the other way round.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn at_most(self, other: Self) -> (Self, bool) {
        on! {
            wasm: {
                let mask = arch::f32x4_le(self.0, other.0);
                let ones = arch::v128_and(mask, arch::f32x4_splat(1.0));
                (Self(ones), arch::v128_any_true(mask))
            },
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe {
                let mask = arch::_mm_cmple_ps(self.0, other.0);
                let ones = arch::_mm_and_ps(mask, arch::_mm_set1_ps(1.0));
                (Self(ones), arch::_mm_movemask_ps(mask) != 0)
            },
            else: {
                let mut ones = self.0;
                ones.iter_mut().zip(other.0).for_each(|(a, b)| *a = f32::from(u8::from(*a <= b)));
                (Self(ones), ones.iter().any(|one| *one > 0.0))
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_treated_as_if_alone() {
        let (a, b) = ([0.1_f32, -3.5, 7.0, 1e30], [0.2_f32, 1e9, -0.5, 1e-3]);
        let mut out = [0.0; 4];
        Four::of(&a).plus(Four::of(&b)).put(&mut out);
        assert_eq!(out, [0.1 + 0.2, -3.5 + 1e9, 6.5, 1e30 + 1e-3]);
        Four::of(&a).times(Four::all(3.0)).put(&mut out);
        assert_eq!(out, [0.1 * 3.0, -10.5, 21.0, 1e30 * 3.0]);
    }
}
