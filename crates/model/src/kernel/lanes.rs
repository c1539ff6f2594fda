//! Four numbers that are added and multiplied together.

#[cfg(target_arch = "wasm32")]
mod chosen {
    use core::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_splat, v128};

    /// One register of WebAssembly's `simd128`.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Lanes(v128);

    impl Lanes {
        pub(crate) const ZERO: Lanes = Lanes(f32x4(0.0, 0.0, 0.0, 0.0));

        #[inline(always)]
        pub(crate) fn new([a, b, c, d]: [f32; 4]) -> Lanes {
            Lanes(f32x4(a, b, c, d))
        }

        #[inline(always)]
        pub(crate) fn splat(value: f32) -> Lanes {
            Lanes(f32x4_splat(value))
        }

        #[inline(always)]
        pub(crate) fn to_array(self) -> [f32; 4] {
            [
                f32x4_extract_lane::<0>(self.0),
                f32x4_extract_lane::<1>(self.0),
                f32x4_extract_lane::<2>(self.0),
                f32x4_extract_lane::<3>(self.0),
            ]
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Lanes) -> Lanes {
            Lanes(f32x4_add(self.0, other.0))
        }

        /// `self + a · b`, rounded once where the engine has such an instruction.
        #[cfg(target_feature = "relaxed-simd")]
        #[inline(always)]
        pub(crate) fn plus_product(self, a: Lanes, b: Lanes) -> Lanes {
            Lanes(core::arch::wasm32::f32x4_relaxed_madd(a.0, b.0, self.0))
        }

        /// `self + a · b`.
        #[cfg(not(target_feature = "relaxed-simd"))]
        #[inline(always)]
        pub(crate) fn plus_product(self, a: Lanes, b: Lanes) -> Lanes {
            Lanes(f32x4_add(self.0, core::arch::wasm32::f32x4_mul(a.0, b.0)))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod chosen {
    /// Four numbers in plain Rust.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Lanes([f32; 4]);

    impl Lanes {
        pub(crate) const ZERO: Lanes = Lanes([0.0; 4]);

        #[inline(always)]
        pub(crate) fn new(values: [f32; 4]) -> Lanes {
            Lanes(values)
        }

        #[inline(always)]
        pub(crate) fn splat(value: f32) -> Lanes {
            Lanes([value; 4])
        }

        #[inline(always)]
        pub(crate) fn to_array(self) -> [f32; 4] {
            self.0
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Lanes) -> Lanes {
            Lanes(std::array::from_fn(|lane| self.0[lane] + other.0[lane]))
        }

        /// `self + a · b`.
        #[inline(always)]
        pub(crate) fn plus_product(self, a: Lanes, b: Lanes) -> Lanes {
            Lanes(std::array::from_fn(|lane| self.0[lane] + a.0[lane] * b.0[lane]))
        }
    }
}

pub(crate) use chosen::Lanes;

impl Lanes {
    /// The sum of the four.
    #[inline(always)]
    pub(crate) fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + c) + (b + d)
    }
}
