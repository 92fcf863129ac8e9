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

    /// Sums.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(on! {
            wasm: arch::f32x4_add(self.0, other.0),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_add_ps(self.0, other.0) },
            else: core::array::from_fn(|at| self.0[at] + other.0[at]),
        })
    }

    /// Products.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    pub(crate) fn times(self, other: Self) -> Self {
        Self(on! {
            wasm: arch::f32x4_mul(self.0, other.0),
            // SAFETY: every x86-64 processor has SSE2.
            x86: unsafe { arch::_mm_mul_ps(self.0, other.0) },
            else: core::array::from_fn(|at| self.0[at] * other.0[at]),
        })
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
