//! Two `f64` or four `f32` in one 128-bit register, for kernels that compute with
//! several numbers in one instruction.
//!
//! In WebAssembly an instruction of `simd128`, on x86-64 one of SSE2 (which every
//! such processor has), elsewhere an array that the compiler may do as it likes
//! with. Each number is treated exactly as a scalar of the same operation would
//! be (IEEE 754, no fused operations), so results do not depend on which.
//!
//! The build as a whole has no `simd128`: the compiler would otherwise use it for
//! scalar kernels too. So every function that is to use it says so itself, by
//! `#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]`, and
//! the ones that are called from outside are never inlined and have `simd` in
//! their path: `cargo xtask build` looks at the finished program and refuses one
//! in which the instructions of any other function of a kernel are of that kind.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32 as arch;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64 as arch;

#[cfg(target_arch = "wasm32")]
type Register = arch::v128;
#[cfg(target_arch = "x86_64")]
type Register = arch::__m128d;
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
type Register = [f64; 2];

/// Chooses an expression by what the machine has.
macro_rules! on {
    (wasm: $wasm:expr, x86: $x86:expr, else: $other:expr $(,)?) => {{
        #[cfg(target_arch = "wasm32")]
        let value = $wasm;
        #[cfg(target_arch = "x86_64")]
        let value = $x86;
        #[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
        let value = $other;
        value
    }};
}

mod four;

pub(crate) use four::Four;

/// Two numbers.
#[derive(Clone, Copy)]
pub(crate) struct Two(Register);

impl Two {
    /// The same number twice.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn both(value: f64) -> Self {
        Self::of(value, value)
    }

    /// These two.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn of(first: f64, second: f64) -> Self {
        Self(on! {
            wasm: arch::f64x2(first, second),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_set_pd(second, first) },
            else: [first, second],
        })
    }

    /// Both, in order.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn numbers(self) -> [f64; 2] {
        on! {
            wasm: [
                arch::f64x2_extract_lane::<0>(self.0),
                arch::f64x2_extract_lane::<1>(self.0),
            ],
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { [
                arch::_mm_cvtsd_f64(self.0),
                arch::_mm_cvtsd_f64(arch::_mm_unpackhi_pd(self.0, self.0)),
            ] },
            else: self.0,
        }
    }

    /// Sums.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(on! {
            wasm: arch::f64x2_add(self.0, other.0),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_add_pd(self.0, other.0) },
            else: [self.0[0] + other.0[0], self.0[1] + other.0[1]],
        })
    }

    /// Differences.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self(on! {
            wasm: arch::f64x2_sub(self.0, other.0),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_sub_pd(self.0, other.0) },
            else: [self.0[0] - other.0[0], self.0[1] - other.0[1]],
        })
    }

    /// Products.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn times(self, other: Self) -> Self {
        Self(on! {
            wasm: arch::f64x2_mul(self.0, other.0),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_mul_pd(self.0, other.0) },
            else: [self.0[0] * other.0[0], self.0[1] * other.0[1]],
        })
    }

    /// Bit 0: whether the first is at most the other's first; bit 1: the second.
    /// Nothing is at most what is no number, nor the other way round.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn at_most(self, other: Self) -> u32 {
        on! {
            wasm: u32::from(arch::i64x2_bitmask(arch::f64x2_le(self.0, other.0))),
            // SAFETY: every x86-64 processor has SSE2.
            x86: (unsafe { arch::_mm_movemask_pd(arch::_mm_cmple_pd(self.0, other.0)) }) as u32,
            else: u32::from(self.0[0] <= other.0[0]) | u32::from(self.0[1] <= other.0[1]) << 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_treated_as_if_alone() {
        let (a, b) = (Two::of(0.1, -3.5), Two::of(0.2, 1e300));
        assert_eq!(a.plus(b).numbers(), [0.1 + 0.2, -3.5 + 1e300]);
        assert_eq!(a.minus(b).numbers(), [0.1 - 0.2, -3.5 - 1e300]);
        assert_eq!(a.times(b).numbers(), [0.1 * 0.2, -3.5 * 1e300]);
        assert_eq!(Two::both(7.0).numbers(), [7.0; 2]);
    }

    #[test]
    fn what_is_no_number_is_at_most_nothing() {
        let limit = Two::both(1.0);
        assert_eq!(Two::of(1.0, 2.0).at_most(limit), 0b01);
        assert_eq!(Two::of(2.0, -1.0).at_most(limit), 0b10);
        assert_eq!(Two::of(f64::NAN, f64::INFINITY).at_most(limit), 0);
    }

    #[test]
    fn four_are_treated_as_if_alone_too() {
        let (a, b) = ([0.1, -3.5, 4.0, 9.0], [0.2, 1e30, 3.0, 7.0]);
        let (x, y) = (Four::of(&a), Four::of(&b));
        let both = |op: fn(f32, f32) -> f32| std::array::from_fn(|at| op(a[at], b[at]));
        assert_eq!(x.plus(y).numbers(), both(|a, b| a + b));
        assert_eq!(x.minus(y).numbers(), both(|a, b| a - b));
        assert_eq!(x.times(y).numbers(), both(|a, b| a * b));
        assert_eq!(x.over(y).numbers(), both(|a, b| a / b));
        assert_eq!(y.roots().numbers(), b.map(f32::sqrt));
        assert_eq!(
            Four::first(&[1.0, 2.0, 3.0, 4.0, 5.0]).numbers(),
            [1.0, 2.0, 3.0, 4.0]
        );
    }

    #[test]
    fn of_four_what_is_no_number_is_at_most_nothing() {
        let limit = Four::all(1.0);
        let (ones, any) = Four::of(&[1.0, 2.0, f32::NAN, -1.0]).at_most(limit);
        assert_eq!((ones.numbers(), any), ([1.0, 0.0, 0.0, 1.0], true));
        assert!(!Four::all(f32::INFINITY).at_most(limit).1);
    }
}
