//! The order of a graph, its longest chain, and what stands beside what.

use super::DagChart;
use crate::order::ordered;

/// A graph without circles, in order.
pub(super) struct Layers {
    /// Edges that are used, once each, by what comes first; and by what needs it.
    edges: Vec<(usize, usize)>,
    needed: Vec<(usize, usize)>,
    /// Nodes so that each comes after all it needs.
    pub order: Vec<usize>,
    /// Nodes of the longest chain, from its start.
    pub chain: Vec<usize>,
    is_on_chain: Vec<bool>,
    /// Its length.
    pub chain_ms: f64,
}

impl Layers {
    pub fn of(input: &DagChart) -> Self {
        let count = input.nodes.len();
        let mut all: Vec<(usize, usize)> = Vec::new();
        for edge in &input.edges {
            let pair = (edge.before as usize, edge.after as usize);
            if pair.0 < count && pair.1 < count && pair.0 != pair.1 {
                all.push(pair);
            }
        }
        let mut all = ordered(&all, |pair| ((pair.0 as u64) << 32) | pair.1 as u64);
        all.dedup();
        // Kahn: whoever has all it needs comes next.
        let mut open = vec![0_u32; count];
        for (_, after) in &all {
            if let Some(open) = open.get_mut(*after) {
                *open += 1;
            }
        }
        let mut order: Vec<usize> = Vec::with_capacity(count);
        let is_free = |node: &usize| open.get(*node) == Some(&0);
        order.extend((0..count).filter(is_free));
        let mut next = 0;
        while let Some(node) = order.get(next).copied() {
            next += 1;
            let from = all.partition_point(|pair| pair.0 < node);
            for (before, after) in all.iter().skip(from) {
                if *before != node {
                    break;
                }
                if let Some(open) = open.get_mut(*after) {
                    *open -= 1;
                    if *open == 0 {
                        order.push(*after);
                    }
                }
            }
        }
        // What is on or after a circle never has all it needs.
        let mut rank = vec![usize::MAX; count];
        for (place, node) in order.iter().enumerate() {
            if let Some(rank) = rank.get_mut(*node) {
                *rank = place;
            }
        }
        let is_known = |node: usize| rank.get(node).is_some_and(|rank| *rank != usize::MAX);
        all.retain(|(before, after)| is_known(*before) && is_known(*after));
        order.extend((0..count).filter(|node| !is_known(*node)));
        let mut layers = Self {
            needed: ordered(&all, |pair| pair.1 as u64),
            edges: all,
            order,
            chain: Vec::new(),
            is_on_chain: vec![false; count],
            chain_ms: 0.0,
        };
        layers.find_chain(input);
        layers
    }

    /// Longest path: each node's own length and the longest of what it needs.
    fn find_chain(&mut self, input: &DagChart) {
        let mut best: Vec<(f64, Option<usize>)> = vec![(0.0, None); input.nodes.len()];
        for node in &self.order {
            let mut longest: (f64, Option<usize>) = (0.0, None);
            for before in self.needs(*node) {
                let known = best.get(before).map_or(0.0, |known| known.0);
                if longest.1.is_none() || known > longest.0 {
                    longest = (known, Some(before));
                }
            }
            let own = input
                .nodes
                .get(*node)
                .map_or(0.0, super::DagNode::planned_ms);
            if let Some(best) = best.get_mut(*node) {
                *best = (own + longest.0, longest.1);
            }
        }
        let mut at = None;
        for (node, (ms, _)) in best.iter().enumerate() {
            if at.is_none() || *ms > self.chain_ms {
                (at, self.chain_ms) = (Some(node), *ms);
            }
        }
        while let Some(node) = at {
            self.chain.push(node);
            if let Some(is_on) = self.is_on_chain.get_mut(node) {
                *is_on = true;
            }
            at = best.get(node).and_then(|known| known.1);
        }
        self.chain.reverse();
    }

    pub fn is_on_chain(&self, node: usize) -> bool {
        self.is_on_chain.get(node) == Some(&true)
    }

    /// Whether an arrow between two is part of the longest chain.
    pub fn is_link(&self, before: usize, after: usize) -> bool {
        self.chain.windows(2).any(|pair| pair == [before, after])
    }

    pub fn needs(&self, node: usize) -> impl Iterator<Item = usize> {
        let from = self.needed.partition_point(|edge| edge.1 < node);
        let needed = self.needed.iter().skip(from);
        needed
            .take_while(move |edge| edge.1 == node)
            .map(|edge| edge.0)
    }

    /// The layer of each node: the first after all it needs that has fewer
    /// than `most` nodes.
    pub fn depths(&self, most: usize) -> Vec<usize> {
        let mut depths = vec![0; self.order.len()];
        let mut sizes: Vec<usize> = Vec::new();
        for node in &self.order {
            let mut depth = 0;
            for before in self.needs(*node) {
                depth = depth.max(depths.get(before).map_or(0, |depth| depth + 1));
            }
            while sizes.get(depth).is_some_and(|size| *size >= most) {
                depth += 1;
            }
            while sizes.len() <= depth {
                sizes.push(0);
            }
            if let Some(size) = sizes.get_mut(depth) {
                *size += 1;
            }
            if let Some(place) = depths.get_mut(*node) {
                *place = depth;
            }
        }
        depths
    }

    pub fn edges(&self) -> &[(usize, usize)] {
        &self.edges
    }
}

/// Something in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Node(usize),
    /// An arrow that goes on to a later layer.
    Passing(usize),
}

/// What stands beside what, and the pieces of each arrow.
pub(super) struct Rows {
    /// Items by layer.
    pub rows: Vec<Vec<usize>>,
    pub items: Vec<Item>,
    /// Items of each arrow, from first to last.
    pub paths: Vec<Vec<usize>>,
}

impl Rows {
    /// The items of the layer before that each item hangs on; on the longest chain
    /// only the one before it.
    pub fn before(&self, layers: &Layers) -> Vec<Vec<usize>> {
        let mut before = vec![Vec::new(); self.items.len()];
        let mut is_on_chain = vec![false; self.items.len()];
        for of_chain in [true, false] {
            for (path, (from, to)) in self.paths.iter().zip(layers.edges()) {
                if layers.is_link(*from, *to) != of_chain {
                    continue;
                }
                for pair in path.windows(2) {
                    let [from, to] = pair else { continue };
                    let (Some(list), Some(is_on)) = (before.get_mut(*to), is_on_chain.get_mut(*to))
                    else {
                        continue;
                    };
                    if of_chain || !*is_on {
                        list.push(*from);
                    }
                    *is_on |= of_chain;
                }
            }
        }
        before
    }

    /// Layers of the nodes that are `shown`, arranged so that few arrows cross:
    /// each item stands where its neighbours are on average (Sugiyama, Tagawa
    /// and Toda 1981).
    pub fn of(layers: &Layers, depths: &[usize], shown: &[usize]) -> Self {
        const PASSES: usize = 6;
        let mut rows = Self {
            rows: Vec::new(),
            items: Vec::new(),
            paths: Vec::new(),
        };
        let mut item_of = vec![None; layers.order.len()];
        for node in shown {
            let depth = depths.get(*node).copied().unwrap_or(0);
            let item = rows.add(Item::Node(*node), depth);
            if let Some(place) = item_of.get_mut(*node) {
                *place = Some((item, depth));
            }
        }
        let known = |node: usize| item_of.get(node).copied().flatten();
        for (idx, (before, after)) in layers.edges().iter().enumerate() {
            let (Some((from, first)), Some((to, last))) = (known(*before), known(*after)) else {
                rows.paths.push(Vec::new());
                continue;
            };
            let mut path = vec![from];
            for depth in first + 1..last {
                path.push(rows.add(Item::Passing(idx), depth));
            }
            path.push(to);
            rows.paths.push(path);
        }
        for pass in 0..PASSES {
            rows.arrange(pass % 2 == 0);
        }
        rows
    }

    fn add(&mut self, item: Item, depth: usize) -> usize {
        let idx = self.items.len();
        self.items.push(item);
        while self.rows.len() <= depth {
            self.rows.push(Vec::new());
        }
        if let Some(row) = self.rows.get_mut(depth) {
            row.push(idx);
        }
        idx
    }

    /// Puts every item where its neighbours of the layer before (or after) are.
    fn arrange(&mut self, is_down: bool) {
        let mut at = vec![0.0_f64; self.items.len()];
        for row in &self.rows {
            for (place, item) in row.iter().enumerate() {
                if let Some(at) = at.get_mut(*item) {
                    // From the middle, since layers are centred.
                    *at = place as f64 - row.len() as f64 / 2.0;
                }
            }
        }
        let mut around: Vec<(f64, f64)> = vec![(0.0, 0.0); self.items.len()];
        for pair in self.paths.iter().flat_map(|path| path.windows(2)) {
            let (from, to) = match (pair, is_down) {
                ([from, to], true) => (*from, *to),
                ([from, to], false) => (*to, *from),
                _ => continue,
            };
            let place = at.get(from).copied().unwrap_or(0.0);
            if let Some((sum, count)) = around.get_mut(to) {
                (*sum, *count) = (*sum + place, *count + 1.0);
            }
        }
        for row in &mut self.rows {
            let mut keyed: Vec<(u64, usize)> = Vec::new();
            for item in row.iter() {
                let own = at.get(*item).copied().unwrap_or(0.0);
                let mean = match around.get(*item) {
                    Some((sum, count)) if *count > 0.0 => sum / count,
                    _ => own,
                };
                keyed.push((((mean + 1e4) * 1e6) as u64, *item));
            }
            *row = ordered(&keyed, |pair| pair.0)
                .into_iter()
                .map(|pair| pair.1)
                .collect();
        }
    }
}
