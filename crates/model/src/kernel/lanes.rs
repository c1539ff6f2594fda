//! Four numbers that are added and multiplied together, and sixteen bytes that become such.

#[cfg(target_arch = "wasm32")]
mod chosen {
    use core::arch::wasm32::{
        f32x4, f32x4_add, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_mul, f32x4_splat, i8x16,
        i16x8_extend_high_i8x16, i16x8_extend_low_i8x16, i32x4_extend_high_i16x8, i32x4_extend_low_i16x8,
        v128,
    };

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

        #[inline(always)]
        pub(crate) fn times(self, other: Lanes) -> Lanes {
            Lanes(f32x4_mul(self.0, other.0))
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
            Lanes(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }
    }

    /// Sixteen integers of eight bits in one register.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Bytes(v128);

    impl Bytes {
        pub(crate) fn new(values: [i8; 16]) -> Bytes {
            let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = values;
            Bytes(i8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p))
        }

        /// The same as floating-point numbers.
        #[inline(always)]
        pub(crate) fn to_lanes(self) -> [Lanes; 4] {
            let (low, high) = (i16x8_extend_low_i8x16(self.0), i16x8_extend_high_i8x16(self.0));
            [
                i32x4_extend_low_i16x8(low),
                i32x4_extend_high_i16x8(low),
                i32x4_extend_low_i16x8(high),
                i32x4_extend_high_i16x8(high),
            ]
            .map(|integers| Lanes(f32x4_convert_i32x4(integers)))
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

        #[inline(always)]
        pub(crate) fn times(self, other: Lanes) -> Lanes {
            Lanes(std::array::from_fn(|lane| self.0[lane] * other.0[lane]))
        }

        /// `self + a · b`.
        #[inline(always)]
        pub(crate) fn plus_product(self, a: Lanes, b: Lanes) -> Lanes {
            Lanes(std::array::from_fn(|lane| self.0[lane] + a.0[lane] * b.0[lane]))
        }
    }

    /// Sixteen integers of eight bits in plain Rust.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Bytes([i8; 16]);

    impl Bytes {
        pub(crate) fn new(values: [i8; 16]) -> Bytes {
            Bytes(values)
        }

        /// The same as floating-point numbers.
        #[inline(always)]
        pub(crate) fn to_lanes(self) -> [Lanes; 4] {
            std::array::from_fn(|part| Lanes(std::array::from_fn(|lane| f32::from(self.0[4 * part + lane]))))
        }
    }
}

pub(crate) use chosen::{Bytes, Lanes};

impl Lanes {
    /// The sum of the four.
    #[inline(always)]
    pub(crate) fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + c) + (b + d)
    }
}
