//! How firm the order of practices is: what other weights do to it, and what the silence in the record leaves open.
//!
//! **Place.** The order is that of the score: by what is known to be missing, then by how much is stated. Practices with
//! the same of both share a place, and the next ones count on behind all of them: 1, 2, 2, 4.
//!
//! **One at a time.** Each weight by itself at half and at one and a half of its value; which places change.
//!
//! **Draws.** In a draw every weight is taken from 50 to 150 percent of its value, each whole percent as likely as any
//! other: the same range as one at a time, and whole numbers, so that gaps are compared as exact fractions. (A Dirichlet
//! distribution needs logarithms, whose last digit differs between machines, and it puts nearly all weight on one
//! element now and then, which nobody means who weighs elements.) Every element that nobody has spoken of becomes met,
//! partial or gap, each as likely: the choice that claims least about practices of which nothing is known. It is no
//! estimate. Where a profile takes silence for missing, nothing is left to draw, and silence stays missing.
//! Then everything applicable has a verdict, each gap is one number, and the places follow from it.
//!
//! **Repeatable.** The numbers come from ChaCha8. A draw has its own stream, and a practice its own key, made from the
//! seed and from its id (else from the digest of its text): neither the machine, nor the number of threads, nor the order
//! of the files, nor which other practices are there changes what is drawn for it. Each element has a fixed number of its
//! own, so what is stated of one element does not move another.
//!
//! **Safe, or not.** Whether an order can be turned at all is not drawn but worked out, for every weight in the range and
//! for whatever the silence may hide. An order that cannot be turned is safe. One that silence alone can turn, at the
//! profile's own weights, rests on silence; any other rests on weights. Where different elements apply to two practices,
//! the bounds of their gaps are compared, which may deny safety to an order that is safe, never the other way round.

use std::cmp::Ordering;
use std::collections::HashMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::lint::Practice;
use crate::profile::{Block, Silence};
use crate::score::Verdict;
use crate::standard::Element;

/// Draws, where the user asks for none in particular: a share is then known to about three percentage points.
pub const DRAWS: u32 = 1000;

/// Most practices whose pairs are compared; of 500 there are 124,750.
pub const MAX_PAIRED: usize = 500;

/// Most places that are kept at once (practices times draws); they take 400 MB.
pub const MAX_PLACES: usize = 50_000_000;

/// The range of weights, in percent of what each is.
const PERCENT: std::ops::RangeInclusive<u64> = 50..=150;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// How many draws.
    pub draws: u32,
    /// Where the random numbers begin.
    pub seed: u64,
    /// How many threads share the work; the result does not depend on it.
    pub threads: usize,
}

/// One practice: who it is, and its verdicts on the elements of the headline block, in their order.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The file.
    pub file: String,
    /// 1-based number of the document in the file.
    pub document: usize,
    /// SHA-256 of its text.
    pub sha256: Option<String>,
    /// Its verdicts.
    pub verdicts: Vec<Verdict>,
}

impl Row {
    /// The row of a practice.
    pub fn of(practice: &Practice, block: &Block) -> Row {
        Row {
            id: practice.id.clone(),
            name: practice.name.clone(),
            file: practice.source().name().to_string(),
            document: practice.document,
            sha256: practice.digest(),
            verdicts: block
                .elements
                .iter()
                .map(|element| practice.verdict(*element))
                .collect(),
        }
    }
}

/// How firm the order of the practices is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Sensitivity {
    /// The block whose gap is ranked.
    pub block: String,
    /// How many draws.
    pub draws: u32,
    /// Where the random numbers begin; the same seed gives the same draws everywhere.
    pub seed: u64,
    /// In every draw each weight is a whole percentage of its own, from here …
    pub weights_from_percent: u32,
    /// … to here, all as likely.
    pub weights_to_percent: u32,
    /// What became of silence.
    pub silence: SilenceDrawn,
    /// The practices that can be ranked, by place, then id, file and document.
    pub practices: Vec<Ranked>,
    /// Practices to which nothing of the block applies; they have no place.
    pub not_ranked: usize,
    /// What one weight changes by itself, at half and at one and a half of its value.
    pub one_at_a_time: Vec<OneAtATime>,
    /// How many comparisons are safe; absent for more than 500 practices.
    pub comparisons: Option<Comparisons>,
    /// Every pair of practices; absent for more than 500.
    pub pairs: Option<Vec<Pair>>,
}

/// What became of silence in the draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SilenceDrawn {
    /// Each element that is not stated was met, partial or gap, as likely as the others.
    MetPartialOrGap,
    /// The profile takes silence for missing, and so do all draws.
    Missing,
}

/// A practice and its places.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Ranked {
    /// Its id, if it says one.
    pub id: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The file.
    pub file: String,
    /// 1-based number of the document in the file.
    pub document: usize,
    /// Its place by the score: 1 has least missing. Equals share a place.
    pub place: u32,
    /// Elements of the block that are not stated.
    pub not_stated: usize,
    /// The middle place of all draws; of an even number the better of the two in the middle.
    pub median: u32,
    /// The places that nine of ten draws give: from the 5th to the 95th percentile (nearest rank).
    pub nine_in_ten: Places,
    /// The best and the worst place of any draw.
    pub all: Places,
}

/// A range of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Places {
    /// The best.
    pub from: u32,
    /// The worst.
    pub to: u32,
}

/// One weight changed, all others as they are.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OneAtATime {
    /// Whose weight.
    pub element: Element,
    /// The percentage of its value that it has: 50 or 150.
    pub percent: u32,
    /// Practices whose place changes; silence stays open, as in the score.
    pub changes: Vec<Change>,
}

/// A practice that changes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// Number of the practice in the list, from 0.
    pub practice: usize,
    /// Its place.
    pub from: u32,
    /// Its place with the other weight.
    pub to: u32,
}

/// Two practices. `first` stands before `second` in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    /// Number of the one in the list, from 0.
    pub first: usize,
    /// Number of the other.
    pub second: usize,
    /// Whether they share a place.
    pub equal: bool,
    /// Draws in which the first has less missing.
    pub before: u32,
    /// Draws in which both miss the same.
    pub level: u32,
    /// Draws in which the second has less missing.
    pub behind: u32,
    /// What could turn the order.
    pub rests_on: RestsOn,
}

impl Pair {
    /// Draws in which the order of the list holds: the first before the second, or level where they share a place.
    pub fn holds(&self) -> u32 {
        if self.equal { self.level } else { self.before }
    }
}

/// On what an order rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestsOn {
    /// On what is stated: no weight in the range and nothing that silence may hide can turn it.
    Stated,
    /// On the weights: with others in the range it may turn.
    Weights,
    /// On silence: what nobody has said can turn it, at the profile's own weights.
    Silence,
}

/// How many pairs rest on what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Comparisons {
    /// Safe: on what is stated.
    pub safe: usize,
    /// On weights.
    pub on_weights: usize,
    /// On silence.
    pub on_silence: usize,
}

/// What a practice contributes for one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// So many half-weights are missing: 0, 1 or 2.
    Known(u64),
    Silent,
    NotApplicable,
}

impl Cell {
    fn of(verdict: Verdict, silence: Silence) -> Cell {
        match verdict {
            Verdict::Met => Cell::Known(0),
            Verdict::Partial => Cell::Known(1),
            Verdict::Gap => Cell::Known(2),
            Verdict::NotStated if silence == Silence::Gap => Cell::Known(2),
            Verdict::NotStated => Cell::Silent,
            Verdict::NotApplicable => Cell::NotApplicable,
        }
    }

    /// What is missing, silence taken for so much; nothing where the element does not apply.
    fn missing(self, silent: u64) -> Option<u64> {
        match self {
            Cell::Known(missing) => Some(missing),
            Cell::Silent => Some(silent),
            Cell::NotApplicable => None,
        }
    }
}

/// A gap: what is missing of what applies. Whole numbers, compared exactly: with weights of at most 1,000, 150 percent
/// and 17 elements both stay below 2^23, and their products below 2^46.
#[derive(Clone, Copy, Debug)]
struct Share {
    part: u64,
    whole: u64,
}

impl Share {
    fn compare(self, other: Share) -> Ordering {
        (self.part * other.whole).cmp(&(other.part * self.whole))
    }
}

/// What is missing of what applies, under some weights.
fn gap(cells: &[Cell], weights: &[u64], missing: impl Fn(usize, Cell) -> Option<u64>) -> Share {
    let mut share = Share { part: 0, whole: 0 };
    for (number, (cell, weight)) in cells.iter().zip(weights).enumerate() {
        if let Some(missing) = missing(number, *cell) {
            share.part += missing * weight;
            share.whole += 2 * weight;
        }
    }
    share
}

/// A row in the analysis.
struct Entry {
    row: Row,
    cells: Vec<Cell>,
    /// The key of its random numbers.
    key: [u8; 32],
    silent: bool,
}

/// Ranks practices under many weightings. The result does not depend on the order of the rows.
pub fn analyse(block: &Block, silence: Silence, rows: Vec<Row>, request: Request) -> Sensitivity {
    let own: Vec<u64> = block
        .elements
        .iter()
        .map(|element| block.weight(*element).into())
        .collect();
    let weights: Vec<u64> = own.iter().map(|weight| weight * 100).collect();
    let all = rows.len();
    let mut entries = entries(rows, silence, request.seed);
    entries.retain(|entry| gap(&entry.cells, &weights, |_, cell| cell.missing(0)).whole > 0);
    let places = by_score(&entries, &weights);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let identity = |entry: &Entry| {
        let row = &entry.row;
        (row.id.clone(), row.file.clone(), row.document)
    };
    order.sort_by_cached_key(|number| (places[*number], identity(&entries[*number])));
    let mut sorted: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let entries: Vec<Entry> = order.iter().filter_map(|number| sorted[*number].take()).collect();
    let places: Vec<u32> = order.iter().map(|number| places[*number]).collect();

    let drawn = draw(block, &own, &entries, request);
    let practices = entries
        .iter()
        .enumerate()
        .map(|(number, entry)| ranked(entry, places[number], &drawn[number]))
        .collect();
    let pairs = (entries.len() <= MAX_PAIRED).then(|| pairs(&entries, &own, &places, &drawn));
    let comparisons = pairs.as_ref().map(|pairs| {
        let count = |what| pairs.iter().filter(|pair| pair.rests_on == what).count();
        Comparisons {
            safe: count(RestsOn::Stated),
            on_weights: count(RestsOn::Weights),
            on_silence: count(RestsOn::Silence),
        }
    });
    Sensitivity {
        block: block.block.clone(),
        draws: request.draws,
        seed: request.seed,
        weights_from_percent: *PERCENT.start() as u32,
        weights_to_percent: *PERCENT.end() as u32,
        silence: match silence {
            Silence::Gap => SilenceDrawn::Missing,
            Silence::Unknown => SilenceDrawn::MetPartialOrGap,
        },
        not_ranked: all - entries.len(),
        one_at_a_time: one_at_a_time(block, &entries, &own, &places),
        practices,
        comparisons,
        pairs,
    }
}

/// A practice's random numbers hang on its id; where none or several have it, on its text too.
fn entries(rows: Vec<Row>, silence: Silence, seed: u64) -> Vec<Entry> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for id in rows.iter().filter_map(|row| row.id.clone()) {
        *times.entry(id).or_default() += 1;
    }
    let entry = |row: Row| {
        let own = row.id.as_deref().filter(|id| times.get(*id) == Some(&1));
        let key = match own {
            Some(id) => key(seed, &["id", id]),
            None => {
                let text = row
                    .sha256
                    .clone()
                    .unwrap_or_else(|| format!("{}#{}", row.file, row.document));
                key(seed, &["text", row.id.as_deref().unwrap_or_default(), &text])
            }
        };
        let cells: Vec<Cell> = row.verdicts.iter().map(|verdict| Cell::of(*verdict, silence)).collect();
        Entry {
            key,
            silent: cells.contains(&Cell::Silent),
            cells,
            row,
        }
    };
    rows.into_iter().map(entry).collect()
}

fn key(seed: u64, parts: &[&str]) -> [u8; 32] {
    let mut digest = Sha256::new()
        .chain_update(b"credlint sensitivity 1")
        .chain_update(seed.to_le_bytes());
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

/// The places of the score: what is known to be missing, then how much is silent.
fn by_score(entries: &[Entry], weights: &[u64]) -> Vec<u32> {
    let share = |entry: &Entry, of: &dyn Fn(Cell) -> Option<u64>| gap(&entry.cells, weights, |_, cell| of(cell));
    let known = |entry: &Entry| share(entry, &|cell| cell.missing(0));
    let silent = |entry: &Entry| {
        share(entry, &|cell| match cell {
            Cell::Known(_) => Some(0),
            Cell::Silent => Some(2),
            Cell::NotApplicable => None,
        })
    };
    let keys: Vec<(Share, Share)> = entries.iter().map(|entry| (known(entry), silent(entry))).collect();
    ranks(keys.len(), |a, b| {
        keys[a].0.compare(keys[b].0).then_with(|| keys[a].1.compare(keys[b].1))
    })
}

/// Places from an order: as many as stand strictly before, and one.
fn ranks(count: usize, compare: impl Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_unstable_by(|a, b| compare(*a, *b));
    let mut places = vec![0; count];
    for (at, number) in order.iter().enumerate() {
        let level = at > 0 && compare(order[at - 1], *number) == Ordering::Equal;
        places[*number] = if level { places[order[at - 1]] } else { at as u32 + 1 };
    }
    places
}

/// The places of every practice in every draw, by practice.
fn draw(block: &Block, own: &[u64], entries: &[Entry], request: Request) -> Vec<Vec<u32>> {
    let (count, draws) = (entries.len(), request.draws as usize);
    if count == 0 {
        return Vec::new();
    }
    let weights_key = key(request.seed, &["weights"]);
    let in_draw = |number: u64| {
        let numbers = numbers(weights_key, number);
        let span = PERCENT.end() - PERCENT.start() + 1;
        let factor = |element: &Element| PERCENT.start() + scaled(numbers[element.index()], span);
        let weights: Vec<u64> = block
            .elements
            .iter()
            .zip(own)
            .map(|(element, own)| own * factor(element))
            .collect();
        let drawn = |entry: &Entry| {
            if !entry.silent {
                return gap(&entry.cells, &weights, |_, cell| cell.missing(0));
            }
            let numbers = self::numbers(entry.key, number);
            gap(&entry.cells, &weights, |at, cell| {
                cell.missing(scaled(numbers[block.elements[at].index()], 3))
            })
        };
        let gaps: Vec<Share> = entries.iter().map(drawn).collect();
        ranks(count, |a, b| gaps[a].compare(gaps[b]))
    };
    let mut by_draw = vec![0; count * draws];
    let share = draws.div_ceil(request.threads.max(1)).max(1);
    std::thread::scope(|scope| {
        for (part, chunk) in by_draw.chunks_mut(share * count).enumerate() {
            let in_draw = &in_draw;
            scope.spawn(move || {
                for (at, places) in chunk.chunks_mut(count).enumerate() {
                    places.copy_from_slice(&in_draw((part * share + at) as u64));
                }
            });
        }
    });
    let of = |number: usize| by_draw.iter().skip(number).step_by(count).copied().collect();
    (0..count).map(of).collect()
}

/// One number for each element, always the same for a key and a draw.
fn numbers(key: [u8; 32], draw: u64) -> [u32; Element::ALL.len()] {
    let mut random = ChaCha8Rng::from_seed(key);
    random.set_stream(draw);
    std::array::from_fn(|_| random.next_u32())
}

/// A number below `count` from one of 32 bits. No number is thrown away, so that elements keep theirs; what one value is
/// more likely than another is less than one in ten million.
fn scaled(number: u32, count: u64) -> u64 {
    (u64::from(number) * count) >> 32
}

fn ranked(entry: &Entry, place: u32, drawn: &[u32]) -> Ranked {
    let mut drawn = drawn.to_vec();
    drawn.sort_unstable();
    let percentile = |percent: usize| drawn[(percent * drawn.len()).div_ceil(100).max(1) - 1];
    Ranked {
        id: entry.row.id.clone(),
        name: entry.row.name.clone(),
        file: entry.row.file.clone(),
        document: entry.row.document,
        place,
        not_stated: entry
            .row
            .verdicts
            .iter()
            .filter(|verdict| **verdict == Verdict::NotStated)
            .count(),
        median: percentile(50),
        nine_in_ten: Places {
            from: percentile(5),
            to: percentile(95),
        },
        all: Places {
            from: drawn[0],
            to: drawn[drawn.len() - 1],
        },
    }
}

fn one_at_a_time(block: &Block, entries: &[Entry], own: &[u64], places: &[u32]) -> Vec<OneAtATime> {
    let mut all = Vec::new();
    for (number, element) in block.elements.iter().enumerate().filter(|(number, _)| own[*number] > 0) {
        for percent in [*PERCENT.start(), *PERCENT.end()] {
            let weight = |(at, own): (usize, &u64)| own * if at == number { percent } else { 100 };
            let weights: Vec<u64> = own.iter().enumerate().map(weight).collect();
            let other = by_score(entries, &weights);
            let changes = places
                .iter()
                .zip(&other)
                .enumerate()
                .filter(|(_, (from, to))| from != to);
            let change = |(practice, (from, to)): (usize, (&u32, &u32))| Change {
                practice,
                from: *from,
                to: *to,
            };
            all.push(OneAtATime {
                element: *element,
                percent: percent as u32,
                changes: changes.map(change).collect(),
            });
        }
    }
    all
}

fn pairs(entries: &[Entry], own: &[u64], places: &[u32], drawn: &[Vec<u32>]) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(entries.len() * entries.len().saturating_sub(1) / 2);
    for first in 0..entries.len() {
        for second in first + 1..entries.len() {
            let (mut before, mut level) = (0, 0);
            for (a, b) in drawn[first].iter().zip(&drawn[second]) {
                before += u32::from(a < b);
                level += u32::from(a == b);
            }
            let equal = places[first] == places[second];
            pairs.push(Pair {
                first,
                second,
                equal,
                before,
                level,
                behind: drawn[first].len() as u32 - before - level,
                rests_on: rests_on(&entries[first].cells, &entries[second].cells, own, equal),
            });
        }
    }
    pairs
}

/// What could turn the order of two practices of which the first stands before the second, or level with it.
fn rests_on(first: &[Cell], second: &[Cell], own: &[u64], equal: bool) -> RestsOn {
    let turned_by_silence = |a: &[Cell], b: &[Cell]| {
        let worst = gap(a, own, |_, cell| cell.missing(2));
        let best = gap(b, own, |_, cell| cell.missing(0));
        worst.compare(best) == Ordering::Greater
    };
    let either = |turned: &dyn Fn(&[Cell], &[Cell]) -> bool| turned(first, second) || (equal && turned(second, first));
    if either(&turned_by_silence) {
        RestsOn::Silence
    } else if either(&|a, b| can_turn(a, b, own)) {
        RestsOn::Weights
    } else {
        RestsOn::Stated
    }
}

/// Whether some weights in the range and something in the silence put `b` strictly before `a`.
fn can_turn(a: &[Cell], b: &[Cell], own: &[u64]) -> bool {
    let (low, high) = (*PERCENT.start(), *PERCENT.end());
    let worst: Vec<Option<u64>> = a.iter().map(|cell| cell.missing(2)).collect();
    let best: Vec<Option<u64>> = b.iter().map(|cell| cell.missing(0)).collect();
    let alike = worst.iter().zip(&best).all(|(a, b)| a.is_some() == b.is_some());
    if !alike {
        return largest(&worst, own).compare(smallest(&best, own)) == Ordering::Greater;
    }
    // The same elements apply, so that the gaps have one denominator and their difference is a sum over elements:
    // largest where each element that speaks for `b` weighs most and every other least.
    let mut more = 0;
    let mut less = 0;
    for ((a, b), own) in worst.iter().zip(&best).zip(own) {
        let (a, b) = (a.unwrap_or(0), b.unwrap_or(0));
        more += own * high * a.saturating_sub(b);
        less += own * low * b.saturating_sub(a);
    }
    more > less
}

/// The largest gap that weights in the range give: the elements with most missing weigh most.
fn largest(missing: &[Option<u64>], own: &[u64]) -> Share {
    extreme(missing, own, |missing, bound| missing >= bound, Ordering::Greater)
}

/// The smallest.
fn smallest(missing: &[Option<u64>], own: &[u64]) -> Share {
    extreme(missing, own, |missing, bound| missing < bound, Ordering::Less)
}

/// A fraction of sums is largest where all elements above some bound weigh most and all others least; with 0, 1 and 2
/// half-weights there are two bounds to try.
fn extreme(missing: &[Option<u64>], own: &[u64], heavy: impl Fn(u64, u64) -> bool, wanted: Ordering) -> Share {
    let under = |bound: u64| {
        let mut share = Share { part: 0, whole: 0 };
        for (missing, own) in missing.iter().zip(own) {
            let Some(missing) = *missing else { continue };
            let percent = if heavy(missing, bound) {
                PERCENT.end()
            } else {
                PERCENT.start()
            };
            share.part += missing * own * percent;
            share.whole += 2 * own * percent;
        }
        share
    };
    let (one, two) = (under(1), under(2));
    if one.compare(two) == wanted { one } else { two }
}
