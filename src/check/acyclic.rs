//! `acyclic`

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::across::Ids;
use super::{Across, Kind};
use crate::catalogue::{Cell, Column, Conflicts, View};
use crate::descriptor::shorten;
use crate::language::Language;
use crate::path::Base;

/// The references that must not lead back to where they start.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// References that lead from the practice to the one that they name: absolute paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<String>,
    /// References that lead the other way, from the practice that they name to the one that holds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<String>,
    /// Further references that may be a part of the way round; a way of these alone is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Directed>,
    /// The ids of the catalogue: an absolute path.
    pub to: String,
}

/// References in both directions.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directed {
    /// See [`File::along`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<String>,
    /// See [`File::against`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<String>,
}

#[derive(Debug)]
pub struct Acyclic {
    /// The references, and behind them the ids.
    columns: Vec<Arc<Column>>,
    /// What each column of references means.
    relations: Vec<Relation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Relation {
    role: &'static str,
    forward: bool,
    main: bool,
}

/// Most ways round that are told of one knot of references; the others come to light when these are mended.
const MAX_PER_KNOT: usize = 8;

/// Most names in the message; the places show them all.
const MAX_NAMES: usize = 8;

impl Kind for Acyclic {
    type File = File;
    const PAGE: &'static str = "\
References on the paths under `along` lead from a practice to the one whose id on `to` they name, those under `against` \
the other way, and no way may lead back to where it starts. With `with`, further references may be a part of the way, \
but not the whole of it. Each way round is told once, the shortest through each reference, with a place in every file on \
it; of a knot of many ways the first eight.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "way", "count"];
    const ROLES: &'static [&'static str] = &["along", "against", "with-along", "with-against", "on-the-way"];

    fn compile(file: &File, _: &Base) -> Result<Acyclic, String> {
        let with = file.with.as_ref();
        let none: &[String] = &[];
        let lists = [
            ("along", file.along.as_slice(), true, true),
            ("against", file.against.as_slice(), false, true),
            ("with-along", with.map_or(none, |with| &with.along), true, false),
            ("with-against", with.map_or(none, |with| &with.against), false, false),
        ];
        let (mut columns, mut relations) = (Vec::new(), Vec::new());
        for (role, paths, forward, main) in lists {
            for path in paths {
                columns.push(Arc::new(Column::new(path)?));
                relations.push(Relation { role, forward, main });
            }
        }
        if !relations.iter().any(|relation| relation.main) {
            return Err("`acyclic` needs paths under `along` or `against`".to_string());
        }
        columns.push(Arc::new(Column::new(&file.to)?));
        Ok(Acyclic { columns, relations })
    }

    fn across(&self) -> Option<&dyn Across> {
        Some(self)
    }
}

impl Across for Acyclic {
    fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    fn run(&self, view: &View<'_>, _: Language, found: &mut Conflicts) -> bool {
        let ids = Ids::new(view, self.columns.len() - 1);
        let mut edges = Vec::new();
        for (column, relation) in self.relations.iter().enumerate() {
            for cell in view.cells(column) {
                let Some(named) = ids.rank(view.symbol(cell)) else {
                    continue;
                };
                let (from, to) = if relation.forward {
                    (cell.rank, named)
                } else {
                    (named, cell.rank)
                };
                edges.push(Edge {
                    from,
                    to,
                    column: column as u32,
                    cell,
                });
            }
        }
        let any = !edges.is_empty();
        let graph = Graph::new(view.records(), edges);
        let mut ways: Vec<Vec<Edge>> = Vec::new();
        for knot in graph.knots() {
            self.ways_round(&graph, &knot, &mut ways);
        }
        ways.sort_unstable();
        for way in ways {
            self.tell(view, &ids, &way, found);
        }
        any
    }
}

/// A reference with a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    from: u32,
    to: u32,
    column: u32,
    cell: Cell,
}

/// References by the practice where they start.
struct Graph {
    edges: Vec<Edge>,
    firsts: Vec<u32>,
}

impl Graph {
    fn new(nodes: usize, mut edges: Vec<Edge>) -> Graph {
        edges.sort_unstable();
        let mut firsts = vec![0; nodes + 1];
        for edge in &edges {
            firsts[edge.from as usize + 1] += 1;
        }
        for node in 0..nodes {
            firsts[node + 1] += firsts[node];
        }
        Graph { edges, firsts }
    }

    fn from(&self, node: u32) -> &[Edge] {
        let node = node as usize;
        &self.edges[self.firsts[node] as usize..self.firsts[node + 1] as usize]
    }

    /// The sets of practices in which each can be reached from each (Tarjan's strongly connected components, without
    /// recursion), and those that name themselves; each set sorted.
    fn knots(&self) -> Vec<Vec<u32>> {
        const UNSEEN: u32 = u32::MAX;
        let nodes = self.firsts.len() - 1;
        let (mut number, mut low) = (vec![UNSEEN; nodes], vec![0; nodes]);
        let mut open = vec![false; nodes];
        let (mut stack, mut path, mut next, mut knots) = (Vec::new(), Vec::new(), 0, Vec::new());
        for root in 0..nodes as u32 {
            if number[root as usize] != UNSEEN || self.from(root).is_empty() {
                continue;
            }
            path.push((root, 0));
            while let Some((node, done)) = path.last_mut() {
                let at = *node as usize;
                if *done == 0 {
                    (number[at], low[at], open[at]) = (next, next, true);
                    next += 1;
                    stack.push(*node);
                }
                if let Some(edge) = self.from(*node).get(*done) {
                    *done += 1;
                    let to = edge.to as usize;
                    if number[to] == UNSEEN {
                        path.push((edge.to, 0));
                    } else if open[to] {
                        low[at] = low[at].min(number[to]);
                    }
                    // A node whose first reference was just followed is entered again with `done` above zero.
                    continue;
                }
                let node = *node;
                path.pop();
                if let Some((parent, _)) = path.last() {
                    let parent = *parent as usize;
                    low[parent] = low[parent].min(low[at]);
                }
                if low[at] == number[at] {
                    let start = stack.iter().rposition(|member| *member == node).unwrap_or(0);
                    let mut knot = stack.split_off(start);
                    knot.iter().for_each(|member| open[*member as usize] = false);
                    let names_itself = self.from(node).iter().any(|edge| edge.to == node);
                    if knot.len() > 1 || names_itself {
                        knot.sort_unstable();
                        knots.push(knot);
                    }
                }
            }
        }
        knots
    }
}

impl Acyclic {
    /// For every main reference inside a knot that is on no way yet: the shortest way round through it.
    fn ways_round(&self, graph: &Graph, knot: &[u32], ways: &mut Vec<Vec<Edge>>) {
        let inside = |node: u32| knot.binary_search(&node).is_ok();
        let mut told: FxHashSet<(u32, u32)> = FxHashSet::default();
        let before = ways.len();
        for node in knot {
            for edge in graph.from(*node) {
                let main = self.relations[edge.column as usize].main;
                let pair = (edge.from, edge.to);
                if !main || !inside(edge.to) || told.contains(&pair) {
                    continue;
                }
                let mut way = vec![*edge];
                way.extend(shortest(graph, edge.to, edge.from, &inside));
                told.extend(way.iter().map(|edge| (edge.from, edge.to)));
                let first = way.iter().enumerate().min_by_key(|(_, edge)| edge.from);
                let first = first.map_or(0, |(at, _)| at);
                way.rotate_left(first);
                if !ways[before..].contains(&way) {
                    ways.push(way);
                }
                if ways.len() - before == MAX_PER_KNOT {
                    return;
                }
            }
        }
    }

    fn tell(&self, view: &View<'_>, ids: &Ids, way: &[Edge], found: &mut Conflicts) {
        let name = |rank: u32| ids.name(view, rank);
        let mut names: Vec<&str> = way.iter().map(|edge| name(edge.from)).collect();
        let value = names.first().copied().unwrap_or_default();
        if names.len() > MAX_NAMES {
            names.truncate(MAX_NAMES - 1);
            names.push("…");
        }
        names.push(value);
        let names: Vec<String> = names.iter().map(|name| shorten(name, 40)).collect();
        let mut places: Vec<_> = way
            .iter()
            .map(|edge| (self.relations[edge.column as usize].role, view.spot(edge.cell)))
            .collect();
        // A practice that only others speak of is on the way as well.
        let mut files: FxHashSet<u32> = places.iter().map(|(_, place)| place.file).collect();
        let own = way.iter().filter_map(|edge| ids.cell(edge.from));
        let own = own.map(|cell| view.spot(cell)).filter(|place| files.insert(place.file));
        places.extend(own.map(|place| ("on-the-way", place)));
        let args = vec![
            ("value", shorten(value, 60)),
            ("way", names.join(" → ")),
            ("count", way.len().to_string()),
        ];
        let (role, at) = places.remove(0);
        found.push_as(role, at, places, args);
    }
}

/// The shortest way between two practices of a knot; nothing when they are one.
fn shortest(graph: &Graph, from: u32, to: u32, inside: &dyn Fn(u32) -> bool) -> Vec<Edge> {
    let mut came: FxHashMap<u32, Edge> = FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    while let Some(node) = queue.pop_front() {
        if node == to {
            break;
        }
        for edge in graph.from(node).iter().filter(|edge| inside(edge.to)) {
            if edge.to != from && !came.contains_key(&edge.to) {
                came.insert(edge.to, *edge);
                queue.push_back(edge.to);
            }
        }
    }
    let mut way = Vec::new();
    let mut node = to;
    while node != from {
        let Some(edge) = came.get(&node) else { break };
        way.push(*edge);
        node = edge.from;
    }
    way.reverse();
    way
}
