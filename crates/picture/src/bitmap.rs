//! Pictures in a picture: how much of each pixel a paint covers.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::Colour;

/// How opaque a paint is in each pixel, 0 to 255, row by row. It has at least one row and one column, and no more of
/// either than [`Bitmap::LARGEST_SIDE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    columns: u32,
    rows: u32,
    coverage: Vec<u8>,
}

impl Bitmap {
    /// The most rows, and columns.
    pub const LARGEST_SIDE: u32 = 4096;

    /// Takes `columns × rows` values, or nothing if their number differs or no picture has this size.
    pub fn new(columns: u32, rows: u32, coverage: Vec<u8>) -> Option<Bitmap> {
        let sides = 1..=Self::LARGEST_SIDE;
        let fits = sides.contains(&columns)
            && sides.contains(&rows)
            && u64::try_from(coverage.len()) == Ok(u64::from(columns) * u64::from(rows));
        fits.then_some(Bitmap {
            columns,
            rows,
            coverage,
        })
    }

    /// Number of columns.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The pixels as red, green, blue and alpha, not premultiplied, row by row.
    pub fn pixels(&self, colour: Colour) -> Vec<u8> {
        let Colour { red, green, blue } = colour;
        let pixel = |&alpha: &u8| [red, green, blue, alpha];
        self.coverage.iter().flat_map(pixel).collect()
    }

    /// The picture as a PNG file: a palette of one colour in 256 opacities, which takes half the room of four channels.
    #[expect(
        clippy::expect_used,
        reason = "writing to memory cannot fail, and a bitmap has a size and its pixels by its construction"
    )]
    pub fn png(&self, colour: Colour) -> Vec<u8> {
        let Colour { red, green, blue } = colour;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.columns, self.rows);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette([red, green, blue].repeat(256));
        encoder.set_trns((0..=u8::MAX).collect::<Vec<u8>>());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().expect("a size that PNG has");
        writer
            .write_image_data(&self.coverage)
            .expect("as many pixels as the size says");
        writer.finish().expect("all pixels are written");
        file
    }

    /// The picture as an address that holds it.
    pub fn data_address(&self, colour: Colour) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(self.png(colour)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HUE: Colour = Colour {
        red: 200,
        green: 100,
        blue: 1,
    };

    proptest! {
        #[test]
        fn what_is_written_reads_back_to_the_same_pixels(
            columns in 1u32..9, coverage in proptest::collection::vec(any::<u8>(), 1..80),
        ) {
            let rows = coverage.len() as u32 / columns;
            prop_assume!(rows > 0);
            let bitmap = Bitmap::new(columns, rows, coverage[..(columns * rows) as usize].to_vec()).unwrap();
            let address = bitmap.data_address(HUE);
            let file = STANDARD.decode(address.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
            let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
            decoder.set_transformations(png::Transformations::EXPAND);
            let mut reader = decoder.read_info().unwrap();
            prop_assert_eq!(reader.info().size(), (columns, rows));
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            prop_assert_eq!(pixels, bitmap.pixels(HUE));
        }
    }

    #[test]
    fn a_bitmap_has_a_size_and_as_many_pixels() {
        assert!(Bitmap::new(0, 0, vec![]).is_none());
        assert!(Bitmap::new(2, 2, vec![0; 3]).is_none());
        assert!(Bitmap::new(Bitmap::LARGEST_SIDE + 1, 1, vec![0; 4097]).is_none());
        assert_eq!(
            Bitmap::new(2, 1, vec![0, 9]).unwrap().pixels(HUE),
            [200, 100, 1, 0, 200, 100, 1, 9]
        );
    }
}
