//! One number at a time.

use super::passes::passes;
use super::{BEHIND, Example, HIDDEN, LANES, OUT, OUTPUTS, PIXELS, Scratch, Seen, WIDE};
use crate::training::softmax::judge;

/// Four numbers that do not share a register.
#[derive(Clone, Copy)]
struct One {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
}

impl One {
    #[inline(always)]
    const fn all(value: f32) -> Self {
        Self {
            a: value,
            b: value,
            c: value,
            d: value,
        }
    }

    #[inline(always)]
    const fn of(values: &[f32; LANES]) -> Self {
        let [a, b, c, d] = values;
        Self {
            a: *a,
            b: *b,
            c: *c,
            d: *d,
        }
    }

    #[inline(always)]
    const fn put(self, into: &mut [f32; LANES]) {
        let [a, b, c, d] = into;
        *a = self.a;
        *b = self.b;
        *c = self.c;
        *d = self.d;
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self {
            a: self.a + other.a,
            b: self.b + other.b,
            c: self.c + other.c,
            d: self.d + other.d,
        }
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self {
            a: self.a * other.a,
            b: self.b * other.b,
            c: self.c * other.c,
            d: self.d * other.d,
        }
    }
}

passes!(One, learn_flat, learn_deep, think_flat, think_deep);
