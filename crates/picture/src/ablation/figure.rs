//! The ablation view as a figure: of tokens and of heads a scatter, and two bars for each.

use vitrine_attention::Mark;
use vitrine_record::{AblationOrder, EffectMeasure, HeadIdx, LayerIdx, Position};

use super::{Compared, Item, share};
use crate::{
    Anchor, FigureWords, NumberStyle, Paint, Point, Scene, Shape,
    figure::{Frame, MOST_CHARACTERS_OF_A_LABEL},
    text::shortened,
};

const ROW_HEIGHT: f32 = 28.0;
/// Height of a row of bars, of a bar, and size of the type beside it.
const ROW: f32 = 18.0;
const BAR: f32 = 10.0;
const TYPE: f32 = 12.0;
/// Widths from left to right: names, bar of attention, its number, bar of the effect, its number, mark.
const NAMES: f32 = 128.0;
const ATTENTION: f32 = 110.0;
const NUMBER: f32 = 52.0;
const EFFECT: f32 = 150.0;
const MARK: f32 = 44.0;
const WIDTH: f32 = NAMES + ATTENTION + 2.0 * NUMBER + EFFECT + MARK;
const GAP_OF_PANELS: f32 = 40.0;
/// The scatter, and the sides of its points without and with a mark.
const SCATTER: f32 = 170.0;
const POINT: f32 = 5.0;
const MARKED_POINT: f32 = 8.0;
/// Where the scatter begins: below the title and the name of its upright axis.
const TOP: f32 = 2.2 * ROW;
/// Where the rows of bars begin: below the title and the scatter with the name of its axis.
const BARS: f32 = TOP + SCATTER + 2.6 * ROW;

/// What is written in a panel.
#[derive(Clone, Copy, Debug)]
pub struct PanelWords<'a> {
    /// Above it.
    pub title: &'a str,
    /// The name of its measure of attention.
    pub attention: &'a str,
    /// The name of its measure of effects.
    pub effect: &'a str,
    /// A sign for much attention with little effect, and one for little attention with much effect.
    pub marks: [&'a str; 2],
}

/// Both panels beside each other, each in an order. Names are those of the tokens; heads are called by their numbers.
pub fn ablation_scene(
    tokens: (&Compared<Position>, &PanelWords<'_>),
    heads: (&Compared<(LayerIdx, HeadIdx)>, &PanelWords<'_>),
    names: &[String],
    order: AblationOrder,
    words: &FigureWords<'_>,
) -> Scene {
    let name_of_token = |position: Position| {
        let name = names.get(position.0).map_or("", String::as_str);
        (shortened(name, MOST_CHARACTERS_OF_A_LABEL), Paint::Ink)
    };
    let name_of_head = |(layer, head): (LayerIdx, HeadIdx)| (format!("{layer}.{head}"), Paint::Head(head));
    let mut shapes = panel(tokens.0, tokens.1, order, words.numbers, name_of_token);
    let mut of_heads = panel(heads.0, heads.1, order, words.numbers, name_of_head);
    for shape in &mut of_heads {
        shape.shift(WIDTH + GAP_OF_PANELS, 0.0);
    }
    shapes.extend(of_heads);
    let rows = tokens.0.items.len().max(heads.0.items.len());
    Frame {
        words: *words,
        legend: &[],
        row_height: ROW_HEIGHT,
    }
    .around(shapes, 2.0 * WIDTH + GAP_OF_PANELS, BARS + rows as f32 * ROW)
}

/// A change: of a probability in percentage points, of a logit as it is, both without the unit.
///
/// ```
/// use vitrine_picture::{NumberStyle, ablation::change_text};
/// use vitrine_record::EffectMeasure;
/// assert_eq!(change_text(NumberStyle::English, EffectMeasure::Probability, -0.053), "−5.3");
/// assert_eq!(change_text(NumberStyle::Turkish, EffectMeasure::Logit, 0.5), "+0,50");
/// ```
pub fn change_text(numbers: NumberStyle, measure: EffectMeasure, change: f32) -> String {
    match measure {
        EffectMeasure::Probability => numbers.points(change),
        EffectMeasure::Logit => numbers.signed(change, 2),
    }
}

fn panel<Of: Copy + PartialEq>(
    compared: &Compared<Of>,
    words: &PanelWords<'_>,
    order: AblationOrder,
    numbers: NumberStyle,
    name: impl Fn(Of) -> (String, Paint),
) -> Vec<Shape> {
    let mut shapes = vec![text(
        0.0,
        TYPE + 2.0,
        Anchor::Start,
        true,
        Paint::Ink,
        words.title.to_owned(),
    )];
    let limits = [
        change_text(numbers, compared.measure, compared.effect_limit),
        change_text(numbers, compared.measure, -compared.effect_limit),
    ];
    shapes.extend(scatter(compared, words, &limits, numbers, &name));
    let heading = BARS - 0.6 * ROW;
    let start_of_effect = NAMES + ATTENTION + NUMBER;
    let of_heading =
        |x, content: &str| text(x, heading, Anchor::Start, false, Paint::Quiet, content.to_owned());
    shapes.push(of_heading(NAMES, words.attention));
    shapes.push(of_heading(start_of_effect, words.effect));
    for (row, at) in compared.order(order).into_iter().enumerate() {
        let top = BARS + row as f32 * ROW;
        shapes.extend(bars(&compared.items[at], compared, words, numbers, top, &name));
    }
    let height = compared.items.len() as f32 * ROW;
    let zero = start_of_effect + EFFECT / 2.0;
    shapes.push(rectangle(zero - 0.5, BARS, 1.0, height, Paint::Quiet));
    shapes
}

/// Name, bar and number of attention, bar and number of the effect, mark.
fn bars<Of: Copy + PartialEq>(
    item: &Item<Of>,
    compared: &Compared<Of>,
    words: &PanelWords<'_>,
    numbers: NumberStyle,
    top: f32,
    name: impl Fn(Of) -> (String, Paint),
) -> Vec<Shape> {
    let baseline = top + ROW * 0.7;
    let bar = |x: f32, width: f32, paint| rectangle(x, top + (ROW - BAR) / 2.0, width, BAR, paint);
    let number = |x: f32, content| text(x, baseline, Anchor::End, false, Paint::Quiet, content);
    let (name, paint) = name(item.of);
    let long = share(item.attention, compared.attention_limit) * ATTENTION;
    let mut shapes = vec![
        text(
            NAMES - 8.0,
            baseline,
            Anchor::End,
            item.mark.is_some(),
            paint,
            name,
        ),
        bar(NAMES, long, Paint::Sequential(1.0)),
        number(NAMES + ATTENTION + NUMBER - 12.0, numbers.percent(item.attention)),
    ];
    if let Some(of_item) = item.change {
        let by = of_item.by(compared.measure);
        let long = share(by, compared.effect_limit) * EFFECT / 2.0;
        let start = NAMES + ATTENTION + NUMBER;
        let zero = start + EFFECT / 2.0;
        shapes.push(bar(zero + long.min(0.0), long.abs(), Paint::Signed(by.signum())));
        shapes.push(number(
            start + EFFECT + NUMBER - 4.0,
            change_text(numbers, compared.measure, by),
        ));
    }
    if let Some(mark) = item.mark {
        let sign = words.marks[usize::from(mark == Mark::MuchEffect)].to_owned();
        shapes.push(text(WIDTH, baseline, Anchor::End, true, Paint::Ink, sign));
    }
    shapes
}

/// Attention to the right, effects up and down.
fn scatter<Of: Copy + PartialEq>(
    compared: &Compared<Of>,
    words: &PanelWords<'_>,
    limits: &[String; 2],
    numbers: NumberStyle,
    name: impl Fn(Of) -> (String, Paint),
) -> Vec<Shape> {
    let top = TOP;
    let (left, width) = (NAMES, WIDTH - NAMES - MARK - NUMBER);
    let middle = top + SCATTER / 2.0;
    let below = top + SCATTER + ROW;
    let quiet = |x, y, anchor, content| text(x, y, anchor, false, Paint::Quiet, content);
    let mut shapes = vec![
        rectangle(left, top, 1.0, SCATTER, Paint::Hairline),
        rectangle(left, middle, width, 1.0, Paint::Quiet),
        quiet(left - 8.0, top + TYPE, Anchor::End, limits[0].clone()),
        quiet(left, top - 0.5 * TYPE, Anchor::Start, words.effect.to_owned()),
        quiet(left - 8.0, top + SCATTER, Anchor::End, limits[1].clone()),
        quiet(left, below, Anchor::Start, numbers.percent(0.0)),
        quiet(
            left + width / 2.0,
            below,
            Anchor::Start,
            words.attention.to_owned(),
        ),
        quiet(
            left + width,
            below,
            Anchor::End,
            numbers.percent(compared.attention_limit),
        ),
    ];
    let named = compared.named_in_scatter();
    for (at, item) in compared.items.iter().enumerate() {
        let Some(change) = item.change else {
            continue;
        };
        let x = left + share(item.attention, compared.attention_limit) * width;
        let up = share(change.by(compared.measure), compared.effect_limit) * SCATTER / 2.0;
        let y = middle - up;
        let (name, paint) = name(item.of);
        let side = if item.mark.is_some() { MARKED_POINT } else { POINT };
        shapes.push(rectangle(x - side / 2.0, y - side / 2.0, side, side, paint));
        if named.contains(&at) {
            shapes.push(text(x + side, y + TYPE * 0.3, Anchor::Start, true, paint, name));
        }
    }
    shapes
}

fn rectangle(x: f32, y: f32, width: f32, height: f32, paint: Paint) -> Shape {
    Shape::Rectangle {
        corner: Point { x, y },
        width,
        height,
        paint,
        opacity: 1.0,
    }
}

fn text(x: f32, y: f32, anchor: Anchor, bold: bool, paint: Paint, content: String) -> Shape {
    Shape::Text {
        at: Point { x, y },
        anchor,
        size: TYPE,
        turned: false,
        bold,
        paint,
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Axis, ablation::tests::compared};

    fn scene(order: AblationOrder) -> Scene {
        let tokens = compared(true, 3, EffectMeasure::Probability);
        let attention = [((LayerIdx(0), HeadIdx(1)), 0.75)];
        let heads = Compared::new(attention, None, false, EffectMeasure::Probability);
        let words = PanelWords {
            title: "a title",
            attention: "attention",
            effect: "change of probability (points) “positive”",
            marks: ["A>E", "E>A"],
        };
        let names = ["[CLS]", "good", "film", "[SEP]"].map(str::to_owned);
        let figure = FigureWords {
            heading: "heading",
            note: "note",
            numbers: NumberStyle::English,
        };
        ablation_scene((&tokens, &words), (&heads, &words), &names, order, &figure)
    }

    fn written(scene: &Scene, word: &str) -> Vec<f32> {
        let of = |shape: &Shape| match shape {
            Shape::Text { at, content, .. } if content == word => Some(at.y),
            _ => None,
        };
        scene.shapes.iter().filter_map(of).collect()
    }

    #[test]
    fn a_scene_holds_everything_it_draws() {
        let scene = scene(AblationOrder::Place);
        for (axis, length) in [(Axis::Across, scene.width), (Axis::Down, scene.height)] {
            for shape in &scene.shapes {
                let (first, last) = shape.extent(axis);
                assert!(first >= 0.0 && last <= length, "{shape:?}");
            }
        }
        assert_eq!(written(&scene, "−50.0").len(), 2, "the limit, and the number");
        assert_eq!(
            (written(&scene, "A>E").len(), written(&scene, "E>A").len()),
            (1, 1)
        );
    }

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        let scene = scene(AblationOrder::Place);
        let widths = |wanted: Paint| -> Vec<f32> {
            let of = |shape: &Shape| match shape {
                Shape::Rectangle { width, paint, .. } if *paint == wanted => Some(*width),
                _ => None,
            };
            scene.shapes.iter().filter_map(of).collect()
        };
        let expect = [1.0, 0.5, 0.25, 0.25, 1.0].map(|share| share * ATTENTION);
        assert_eq!(widths(Paint::Sequential(1.0)), expect);
        assert_eq!(widths(Paint::Signed(-1.0)), [EFFECT / 2.0]);
        assert_eq!(widths(Paint::Signed(1.0)), [0.0, EFFECT / 4.0]);
    }

    #[test]
    fn rows_stand_in_their_order() {
        let by_place = scene(AblationOrder::Place);
        let by_effect = scene(AblationOrder::Effect);
        let row = |scene: &Scene, name| written(scene, name).pop();
        assert!(row(&by_place, "[CLS]") < row(&by_place, "[SEP]"));
        assert!(row(&by_effect, "[SEP]") < row(&by_effect, "[CLS]"));
        assert!(
            row(&by_effect, "[CLS]") < row(&by_effect, "film"),
            "it has no effect"
        );
    }
}
