//! Where the arrow keys lead in a picture: from part to part as they lie.

use vitrine_picture::explanation::Target;

use crate::components::step;

/// Where a key leads from a part: to the left and to the right in the order of the parts; up and down to the nearest part
/// of the next line, or in order too where there is only one line. Nowhere for keys that do not move.
pub fn step_between(key: &str, at: usize, targets: &[Target]) -> Option<usize> {
    let in_order = || step(key, at, targets.len(), 1);
    let (ahead, behind) = match key {
        "ArrowDown" => (Vertically::Down, Vertically::Up),
        "ArrowUp" => (Vertically::Up, Vertically::Down),
        _ => return in_order(),
    };
    let here = targets.get(at)?;
    match ahead.nearest(here, targets) {
        Some(next) => Some(next),
        None if behind.nearest(here, targets).is_some() => Some(at),
        None => in_order(),
    }
}

#[derive(Clone, Copy)]
enum Vertically {
    Up,
    Down,
}

impl Vertically {
    /// How far a part lies ahead; parts of one line may differ in height.
    fn distance(self, here: &Target, other: &Target) -> f32 {
        let middle = |target: &Target| target.corner.y + target.height / 2.0;
        match self {
            Vertically::Up => middle(here) - middle(other),
            Vertically::Down => middle(other) - middle(here),
        }
    }

    /// The part of the next line that lies nearest.
    fn nearest(self, here: &Target, targets: &[Target]) -> Option<usize> {
        let is_ahead = |other: &Target| {
            let height = here.height.min(other.height);
            self.distance(here, other) > height / 2.0
        };
        let ahead = || {
            let places = targets.iter().enumerate();
            places.filter(|(_, other)| is_ahead(other))
        };
        let (_, first) = ahead()
            .min_by(|(_, one), (_, other)| self.distance(here, one).total_cmp(&self.distance(here, other)))?;
        let middle = |target: &Target| target.corner.x + target.width / 2.0;
        let aside = |other: &Target| (middle(other) - middle(here)).abs();
        let line =
            ahead().filter(|(_, other)| self.distance(first, other) <= first.height.min(other.height) / 2.0);
        let nearest = line.min_by(|(_, one), (_, other)| aside(one).total_cmp(&aside(other)));
        nearest.map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use vitrine_picture::{Point, explanation::TargetOf};

    use super::*;

    /// Parts of 20 × 10 at columns and lines of 30 × 15.
    fn laid_out(places: &[(usize, usize)]) -> Vec<Target> {
        let target = |&(line, column): &(usize, usize)| Target {
            of: TargetOf::Cell { row: line, column },
            corner: Point {
                x: column as f32 * 30.0,
                y: line as f32 * 15.0,
            },
            width: 20.0,
            height: 10.0,
        };
        places.iter().map(target).collect()
    }

    #[track_caller]
    fn check(targets: &[Target], from: (usize, usize), key: &str, to: (usize, usize)) {
        let place = |(line, column): (usize, usize)| {
            let of = TargetOf::Cell { row: line, column };
            targets.iter().position(|target| target.of == of).unwrap()
        };
        assert_eq!(step_between(key, place(from), targets), Some(place(to)), "{key}");
    }

    #[test]
    fn up_and_down_stay_in_their_column_though_cells_without_value_have_no_part() {
        let table = laid_out(&[(0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 2)]);
        check(&table, (0, 1), "ArrowDown", (1, 1));
        check(&table, (0, 2), "ArrowDown", (1, 2));
        check(&table, (1, 2), "ArrowDown", (2, 2));
        check(&table, (2, 2), "ArrowUp", (1, 2));
        check(&table, (1, 0), "ArrowUp", (0, 1));
        check(&table, (2, 0), "ArrowDown", (2, 0));
        check(&table, (0, 1), "ArrowUp", (0, 1));
        check(&table, (1, 2), "ArrowRight", (2, 0));
        check(&table, (1, 0), "ArrowLeft", (0, 2));
        check(&table, (1, 1), "Home", (0, 1));
        check(&table, (1, 1), "End", (2, 2));
        assert_eq!(step_between("a", 0, &table), None);
    }

    #[test]
    fn in_one_line_or_column_all_arrows_go_in_order() {
        let line = laid_out(&[(0, 0), (0, 1), (0, 2)]);
        check(&line, (0, 0), "ArrowDown", (0, 1));
        check(&line, (0, 2), "ArrowUp", (0, 1));
        let column = laid_out(&[(0, 0), (1, 0), (2, 0)]);
        check(&column, (0, 0), "ArrowDown", (1, 0));
        check(&column, (1, 0), "ArrowRight", (2, 0));
        check(&column, (2, 0), "ArrowDown", (2, 0));
        assert_eq!(step_between("ArrowDown", 0, &[]), None);
    }

    #[test]
    fn parts_of_one_line_may_differ_in_height() {
        let mut targets = laid_out(&[(0, 0), (0, 1), (1, 0), (1, 1)]);
        targets[1].height = 24.0;
        targets[1].corner.y = -7.0;
        targets[3].height = 24.0;
        targets[3].corner.y = 8.0;
        check(&targets, (0, 0), "ArrowDown", (1, 0));
        check(&targets, (0, 1), "ArrowDown", (1, 1));
        check(&targets, (0, 0), "ArrowRight", (0, 1));
    }
}
