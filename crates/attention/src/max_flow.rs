//! Maximum flow through a layered network, by the algorithm of Dinic (1970).
//!
//! Nodes stand in `depths` rows of `width` each. Flow goes from the source to the first row, from each row to the
//! next, and from the last row to the sink. Every node of a row is joined with every node of the next, so
//! capacities are matrices and there are no lists of arcs.

use crate::TokenMatrix;

/// An arc with no more room than this is full: what is left of a capacity after subtractions is rounding. A flow is
/// too small by at most this for each arc of a minimum cut.
const ROUNDING: f64 = 1e-14;

/// What may flow along each arc.
#[derive(Clone, Copy)]
pub(crate) struct LayeredNetwork<'a> {
    /// From the source to each node of the first row, `[width]`.
    pub from_source: &'a [f64],
    /// From each row to the next, `[node, node of the next row]`; one fewer than there are rows.
    pub between: &'a [&'a TokenMatrix],
    /// From each node of the last row to the sink, `[width]`.
    pub to_sink: &'a [f64],
}

impl LayeredNetwork<'_> {
    fn width(&self) -> usize {
        self.from_source.len()
    }

    fn last_depth(&self) -> usize {
        self.between.len()
    }
}

/// Where an arc leads.
#[derive(Clone, Copy, Debug)]
enum Target {
    Sink,
    /// A node of the next row.
    Down(usize),
    /// A node of the row before, whose flow to this node can be taken back.
    Up(usize),
}

/// Finds maximum flows; keeps its memory for the next network.
#[derive(Clone, Debug, Default)]
pub(crate) struct MaxFlow {
    flow_from_source: Vec<f64>,
    /// `[row, node, node of the next row]`.
    flow_between: Vec<f64>,
    flow_to_sink: Vec<f64>,
    /// Arcs from each node to the sink along arcs with room, `[row, node]`; `FAR` where there is no such way.
    distance: Vec<usize>,
    /// The arc of each node that is tried next, `[row, node]`: those down from 0, those up from `width`. The first of
    /// each leads straight on: the residual connection makes that the widest.
    next_arc: Vec<usize>,
    /// The nodes of a way from the first row to the sink, each with the arc taken from it.
    path: Vec<(usize, Target)>,
    queue: Vec<usize>,
}

const FAR: usize = usize::MAX;

impl MaxFlow {
    /// The maximum flow from source to sink. It is known not to exceed `upper_bound`, and the search ends where that
    /// is reached.
    pub(crate) fn value(&mut self, network: LayeredNetwork, upper_bound: f64) -> f64 {
        self.clear(network);
        let mut value = 0.0;
        // Before anything flows, every node is as far from the sink as its row.
        let mut source_distance = Some(network.last_depth() + 2);
        while let Some(distance) = source_distance {
            self.next_arc.fill(0);
            for node in 0..network.width() {
                while let Some(width) = self.find_path(network, node, distance) {
                    self.push(network, width);
                    value += width;
                    if value >= upper_bound - ROUNDING {
                        return value;
                    }
                }
            }
            source_distance = self.measure_distances(network);
        }
        value
    }

    fn clear(&mut self, network: LayeredNetwork) {
        let (width, depths) = (network.width(), network.last_depth() + 1);
        for (flow, arcs) in [
            (&mut self.flow_from_source, width),
            (&mut self.flow_between, (depths - 1) * width * width),
            (&mut self.flow_to_sink, width),
        ] {
            flow.clear();
            flow.resize(arcs, 0.0);
        }
        self.distance.clear();
        self.distance
            .extend((0..depths * width).map(|node| depths - node / width));
        self.next_arc.clear();
        self.next_arc.resize(depths * width, 0);
    }

    /// Looks for a way from the source over a node of the first row to the sink, on which each step comes nearer to
    /// the sink; leaves it in `path`, and gives what more can flow along it.
    fn find_path(&mut self, network: LayeredNetwork, first: usize, source_distance: usize) -> Option<f64> {
        self.path.clear();
        let room = network.from_source[first] - self.flow_from_source[first];
        let leads_nearer = self.distance[first].checked_add(1) == Some(source_distance);
        // Asked like this, a capacity that is no number has no room.
        let has_room = room > ROUNDING;
        if !(has_room && leads_nearer) {
            return None;
        }
        let mut node = first;
        loop {
            match self.arc_towards_sink(network, node) {
                Some(target) => {
                    self.path.push((node, target));
                    match target {
                        Target::Sink => break,
                        Target::Down(next) | Target::Up(next) => node = next,
                    }
                }
                None => {
                    node = self.path.pop()?.0;
                    self.next_arc[node] += 1;
                }
            }
        }
        let rooms = self
            .path
            .iter()
            .map(|&(node, target)| self.room(network, node, target));
        Some(rooms.fold(room, f64::min))
    }

    /// Moves a node on to its next arc that has room and leads nearer to the sink.
    fn arc_towards_sink(&mut self, network: LayeredNetwork, node: usize) -> Option<Target> {
        let width = network.width();
        let (depth, place) = (node / width, node % width);
        let distance = self.distance[node];
        let mut arc = self.next_arc[node];
        if arc < width && depth < network.last_depth() {
            let capacities = network.between[depth].row(place);
            let flows = &self.flow_between[node * width..][..width];
            let distances = &self.distance[(depth + 1) * width..][..width];
            while arc < width {
                let other = around(place + arc, width);
                if distances[other] < distance && capacities[other] - flows[other] > ROUNDING {
                    self.next_arc[node] = arc;
                    return Some(Target::Down((depth + 1) * width + other));
                }
                arc += 1;
            }
        } else if arc == 0 && self.room(network, node, Target::Sink) > ROUNDING {
            return Some(Target::Sink);
        }
        arc = arc.max(width);
        while depth > 0 && arc < 2 * width {
            let previous = (depth - 1) * width + around(place + arc - width, width);
            if self.distance[previous] < distance && self.flow_between[previous * width + place] > ROUNDING {
                self.next_arc[node] = arc;
                return Some(Target::Up(previous));
            }
            arc += 1;
        }
        self.next_arc[node] = 2 * width;
        None
    }

    /// What more can flow along an arc, or be taken back.
    fn room(&self, network: LayeredNetwork, node: usize, target: Target) -> f64 {
        let width = network.width();
        let place = node % width;
        match target {
            Target::Sink => network.to_sink[place] - self.flow_to_sink[place],
            Target::Down(next) => {
                let capacities = network.between[node / width].row(place);
                capacities[next % width] - self.flow_between[node * width + next % width]
            }
            Target::Up(previous) => self.flow_between[previous * width + place],
        }
    }

    /// Lets more flow along the path.
    fn push(&mut self, network: LayeredNetwork, more: f64) {
        let width = network.width();
        if let Some(&(first, _)) = self.path.first() {
            self.flow_from_source[first] += more;
        }
        for &(node, target) in &self.path {
            match target {
                Target::Sink => self.flow_to_sink[node % width] += more,
                Target::Down(next) => self.flow_between[node * width + next % width] += more,
                Target::Up(previous) => self.flow_between[previous * width + node % width] -= more,
            }
        }
    }

    /// Measures how far nodes are from the sink, and gives how far the source is; `None` if it is cut off.
    fn measure_distances(&mut self, network: LayeredNetwork) -> Option<usize> {
        let (width, last) = (network.width(), network.last_depth());
        self.distance.fill(FAR);
        self.queue.clear();
        for place in 0..width {
            let node = last * width + place;
            if self.room(network, node, Target::Sink) > ROUNDING {
                self.distance[node] = 1;
                self.queue.push(node);
            }
        }
        let mut done = 0;
        while let Some(&node) = self.queue.get(done) {
            done += 1;
            let (depth, at, distance) = (node / width, node % width, self.distance[node] + 1);
            if depth == 0 && network.from_source[node] - self.flow_from_source[node] > ROUNDING {
                return Some(distance);
            }
            for place in 0..width {
                if depth > 0 {
                    let above = (depth - 1) * width + place;
                    let capacity = network.between[depth - 1].values()[place * width + at];
                    let room = capacity - self.flow_between[above * width + at];
                    self.reach(above, room, distance);
                }
                if depth < last {
                    let below = (depth + 1) * width + place;
                    self.reach(below, self.flow_between[node * width + place], distance);
                }
            }
        }
        None
    }

    /// Notes that a node reaches the sink over an arc, if that has room and the node does not by a shorter way.
    fn reach(&mut self, node: usize, room: f64, distance: usize) {
        if self.distance[node] == FAR && room > ROUNDING {
            self.distance[node] = distance;
            self.queue.push(node);
        }
    }
}

/// The place a number stands for where places go around.
fn around(number: usize, width: usize) -> usize {
    if number < width { number } else { number - width }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The least capacity between a set of nodes with the source and the others with the sink, over all sets.
    fn least_cut(network: LayeredNetwork) -> f64 {
        let width = network.width();
        let nodes = (network.last_depth() + 1) * width;
        let capacity_of = |set: u32| {
            let within = |node: usize| set >> node & 1 == 1;
            let mut cut = 0.0;
            for place in 0..width {
                if !within(place) {
                    cut += network.from_source[place];
                }
                if within(nodes - width + place) {
                    cut += network.to_sink[place];
                }
            }
            for (depth, matrix) in network.between.iter().enumerate() {
                for (arc, capacity) in matrix.values().iter().enumerate() {
                    let from = depth * width + arc / width;
                    let to = (depth + 1) * width + arc % width;
                    if within(from) && !within(to) {
                        cut += capacity;
                    }
                }
            }
            cut
        };
        (0..1 << nodes).map(capacity_of).fold(f64::INFINITY, f64::min)
    }

    /// Capacities, of which many are zero so that flow has to be taken back.
    fn capacity() -> impl Strategy<Value = f64> {
        prop_oneof![2 => Just(0.0), 3 => 0.0..1.0f64, 1 => Just(0.5)]
    }

    fn capacities(
        width: usize,
        depths: usize,
    ) -> impl Strategy<Value = (Vec<f64>, Vec<TokenMatrix>, Vec<f64>)> {
        let matrix = prop::collection::vec(capacity(), width * width)
            .prop_map(move |values| TokenMatrix::new(width, values).unwrap());
        (
            prop::collection::vec(capacity(), width),
            prop::collection::vec(matrix, depths - 1),
            prop::collection::vec(capacity(), width),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Ford and Fulkerson's theorem, over all cuts of small networks; one memory serves networks of all sizes.
        #[test]
        fn the_maximum_flow_is_the_least_cut(
            networks in prop::collection::vec(
                prop_oneof![capacities(2, 1), capacities(2, 4), capacities(3, 3), capacities(4, 2)], 1..3),
        ) {
            let mut max_flow = MaxFlow::default();
            for (from_source, between, to_sink) in &networks {
                let between: Vec<_> = between.iter().collect();
                let network = LayeredNetwork { from_source, between: &between, to_sink };
                let cut = least_cut(network);
                prop_assert!((max_flow.value(network, f64::INFINITY) - cut).abs() < 1e-12);
                prop_assert!((max_flow.value(network, cut) - cut).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn flow_is_taken_back_where_the_straight_way_was_wrong() {
        // The straight way 0 → 0 → 0 fills what the only way over node 1 of the first row needs.
        let down = TokenMatrix::new(2, vec![1.0, 1.0, 1.0, 0.0]).unwrap();
        let network = LayeredNetwork {
            from_source: &[1.0, 1.0],
            between: &[&down],
            to_sink: &[1.0, 1.0],
        };
        assert_eq!(MaxFlow::default().value(network, f64::INFINITY), 2.0);
    }
}
