//! What the page counts: verdicts by element and by group, and gaps. Everything that grows with the number of practices
//! is a count, so that a catalogue of any size takes the same room.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::profile::Silence;
use crate::score::{Gap, Verdict};

/// Most groups that are told apart in one dimension; practices of later ones are counted together.
const MAX_GROUPS: usize = 1_000;

/// How often each verdict was given on one element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts([u32; Verdict::ALL.len()]);

impl Counts {
    pub(super) fn add(&mut self, verdict: Verdict) {
        self.0[verdict as usize] += 1;
    }

    pub(super) fn of(&self, verdict: Verdict) -> u32 {
        self.0[verdict as usize]
    }

    pub(super) fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// How often something was said, also that it does not apply.
    pub(super) fn stated(&self) -> u32 {
        self.total() - self.of(Verdict::NotStated)
    }

    /// How often the element is known to be missing, wholly or in part.
    pub(super) fn wanting(&self) -> u32 {
        self.of(Verdict::Gap) + self.of(Verdict::Partial)
    }

    /// The gap of the element over these practices, counted as the gap of a practice is: in halves.
    pub(super) fn gap(&self, silence: Silence) -> Gap {
        let known = 2 * self.of(Verdict::Gap) + self.of(Verdict::Partial);
        let silent = 2 * self.of(Verdict::NotStated);
        let (missing, open) = match silence {
            Silence::Gap => (known + silent, 0),
            Silence::Unknown => (known, silent),
        };
        Gap {
            missing,
            open,
            applicable: 2 * (self.total() - self.of(Verdict::NotApplicable)),
            silent,
        }
    }

    fn merge(&mut self, other: &Counts) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own += other);
    }
}

impl From<crate::patterns::Counts> for Counts {
    fn from(counts: crate::patterns::Counts) -> Counts {
        Counts(Verdict::ALL.map(|verdict| u32::try_from(counts.get(verdict)).unwrap_or(u32::MAX)))
    }
}

/// The practices of one group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Its name for people.
    pub(super) name: String,
    /// How many practices.
    pub(super) size: u32,
    /// One count for each element.
    pub(super) counts: Vec<Counts>,
}

impl Group {
    fn new(name: String, elements: usize) -> Group {
        Group {
            name,
            size: 0,
            counts: vec![Counts::default(); elements],
        }
    }

    fn add(&mut self, verdicts: impl Iterator<Item = Verdict>) {
        self.size += 1;
        self.counts
            .iter_mut()
            .zip(verdicts)
            .for_each(|(counts, verdict)| counts.add(verdict));
    }

    fn merge(&mut self, other: &Group) {
        self.size += other.size;
        self.counts
            .iter_mut()
            .zip(&other.counts)
            .for_each(|(own, other)| own.merge(other));
    }
}

/// Practices by something that is said of them. `K` puts the groups in order.
#[derive(Clone, Debug)]
pub(super) struct Groups<K> {
    groups: BTreeMap<K, Group>,
    /// Practices of which nothing is said.
    unsaid: Group,
    /// Practices of groups beyond [`MAX_GROUPS`].
    further: Group,
}

impl<K: Ord> Groups<K> {
    pub(super) fn new(elements: usize) -> Groups<K> {
        Groups {
            groups: BTreeMap::new(),
            unsaid: Group::new(String::new(), elements),
            further: Group::new(String::new(), elements),
        }
    }

    pub(super) fn add(&mut self, group: Option<(K, String)>, verdicts: impl Iterator<Item = Verdict>) {
        let Some((key, name)) = group else {
            self.unsaid.add(verdicts);
            return;
        };
        if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&key) {
            self.further.add(verdicts);
            return;
        }
        let elements = self.unsaid.counts.len();
        self.groups
            .entry(key)
            .or_insert_with(|| Group::new(name, elements))
            .add(verdicts);
    }

    /// The names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.groups.values().map(|group| group.name.as_str())
    }

    /// At most `most` groups in order, then all others together under `further`, then those of which nothing is said
    /// under `unsaid`. Where there are more than `most` the largest are kept. Nothing where nothing is said of any.
    pub(super) fn shown(&self, most: usize, further: &str, unsaid: &str) -> Vec<Group> {
        if self.groups.is_empty() {
            return Vec::new();
        }
        let all: Vec<&Group> = self.groups.values().collect();
        let mut kept: Vec<usize> = (0..all.len()).collect();
        kept.sort_by_key(|number| std::cmp::Reverse(all[*number].size));
        let rest = kept.split_off(most.min(kept.len()));
        kept.sort_unstable();
        let mut shown: Vec<Group> = kept.into_iter().map(|number| all[number].clone()).collect();
        let mut others = self.further.clone();
        rest.into_iter().for_each(|number| others.merge(all[number]));
        for (mut group, name) in [(others, further), (self.unsaid.clone(), unsaid)] {
            if group.size > 0 {
                group.name = name.to_string();
                shown.push(group);
            }
        }
        shown
    }
}

/// The order of practices: what is missing, then how much is stated; never the upper end. What cannot be scored comes last.
pub(super) fn order(a: Gap, b: Gap) -> Ordering {
    let share = |part: u32, other: Gap| u64::from(part) * u64::from(other.applicable);
    let key = |own: Gap, other: Gap| (own.applicable == 0, share(own.missing, other), share(own.silent, other));
    key(a, b).cmp(&key(b, a))
}

/// Gaps and how often each occurs.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps(BTreeMap<[u32; 4], usize>);

impl Gaps {
    pub(super) fn add(&mut self, gap: Gap) {
        *self
            .0
            .entry([gap.missing, gap.open, gap.applicable, gap.silent])
            .or_default() += 1;
    }

    pub(super) fn count(&self) -> usize {
        self.0.values().sum()
    }

    /// At most `most` bands of practices that follow one another in [`order`]: the first and the last number of each, and
    /// the gap of the practice in its middle.
    pub(super) fn bands(&self, most: usize) -> Vec<(usize, usize, Gap)> {
        let mut gaps: Vec<(Gap, usize)> = self
            .0
            .iter()
            .map(|(&[missing, open, applicable, silent], &count)| {
                let gap = Gap {
                    missing,
                    open,
                    applicable,
                    silent,
                };
                (gap, count)
            })
            .collect();
        gaps.sort_by(|a, b| order(a.0, b.0));
        let total = self.count();
        let size = total.div_ceil(most.max(1)).max(1);
        (0..total)
            .step_by(size)
            .map(|first| {
                let last = (first + size).min(total);
                let mut middle = first + (last - first - 1) / 2;
                let own = gaps.iter().find(|(_, count)| {
                    let here = middle < *count;
                    middle = middle.saturating_sub(*count);
                    here
                });
                (first + 1, last, own.map(|(gap, _)| *gap).unwrap_or_default())
            })
            .collect()
    }
}

/// One piece of a bar, in thousandths of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The class that colours it.
    pub(super) class: &'static str,
    /// Where it begins.
    pub(super) x: u32,
    /// How long it is.
    pub(super) width: u32,
}

impl Piece {
    /// Where it begins, in percent.
    pub(super) fn x(&self) -> String {
        percent(self.x)
    }

    /// How long it is, in percent.
    pub(super) fn width(&self) -> String {
        percent(self.width)
    }
}

fn percent(thousandths: u32) -> String {
    match (thousandths / 10, thousandths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenths) => format!("{whole}.{tenths}"),
    }
}

/// Parts of a whole as pieces side by side; empty ones are left out. Their ends are rounded, not their lengths, so that
/// they fill the bar.
pub(super) fn pieces(whole: u32, parts: &[(&'static str, u32)]) -> Vec<Piece> {
    let place = |part: u32| (u64::from(part) * 2_000 + u64::from(whole)) / (u64::from(whole.max(1)) * 2);
    let mut before = 0;
    let mut pieces = Vec::new();
    for &(class, part) in parts {
        let (start, end) = (place(before) as u32, place(before + part) as u32);
        before += part;
        if end > start {
            pieces.push(Piece {
                class,
                x: start,
                width: end - start,
            });
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(missing: u32, open: u32, applicable: u32) -> Gap {
        Gap {
            missing,
            open,
            applicable,
            silent: open,
        }
    }

    #[test]
    fn pieces_fill_the_bar() {
        for whole in 1..60 {
            for first in 0..=whole {
                let pieces = pieces(whole, &[("a", first), ("b", whole - first)]);
                assert_eq!(pieces.iter().map(|piece| piece.width).sum::<u32>(), 1_000);
                assert_eq!(pieces.iter().find(|piece| piece.width == 0), None);
            }
        }
        assert_eq!(pieces(0, &[("a", 0)]), []);
    }

    #[test]
    fn the_order_is_by_what_is_missing_then_by_what_is_stated() {
        let mut gaps = [
            gap(4, 0, 0),
            gap(6, 4, 20),
            gap(0, 18, 20),
            gap(2, 14, 18),
            gap(0, 8, 20),
            gap(6, 14, 20),
        ];
        gaps.sort_by(|a, b| order(*a, *b));
        let seen: Vec<(u32, u32)> = gaps.iter().map(|gap| (gap.missing, gap.open)).collect();
        assert_eq!(seen, [(0, 8), (0, 18), (2, 14), (6, 4), (6, 14), (4, 0)]);
        assert_eq!(order(gap(1, 0, 2), gap(2, 0, 4)), Ordering::Equal);
    }

    #[test]
    fn bands_cover_every_practice_once() {
        for total in [1, 2, 39, 40, 41, 1_000] {
            let mut gaps = Gaps::default();
            (0..total).for_each(|number| gaps.add(gap(number % 20, 0, 20)));
            let bands = gaps.bands(40);
            assert!(bands.len() <= 40);
            let mut next = 1;
            for (first, last, _) in &bands {
                assert_eq!(*first, next);
                next = last + 1;
            }
            assert_eq!(next, total as usize + 1);
            let low: Vec<u32> = bands.iter().map(|band| band.2.missing).collect();
            assert!(low.is_sorted());
        }
    }

    #[test]
    fn small_groups_and_silent_ones_come_last() {
        let mut groups = Groups::new(1);
        for (key, size) in [("a", 1), ("b", 3), ("c", 2)] {
            (0..size).for_each(|_| groups.add(Some((key, key.to_uppercase())), [Verdict::Met].into_iter()));
        }
        groups.add(None, [Verdict::Gap].into_iter());
        let names = |most| -> Vec<(String, u32)> {
            let shown = groups.shown(most, "others", "not stated");
            shown.into_iter().map(|group| (group.name, group.size)).collect()
        };
        let own = |names: &[(&str, u32)]| {
            names
                .iter()
                .map(|(name, size)| ((*name).to_string(), *size))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(9), own(&[("A", 1), ("B", 3), ("C", 2), ("not stated", 1)]));
        assert_eq!(names(2), own(&[("B", 3), ("C", 2), ("others", 1), ("not stated", 1)]));
        assert_eq!(names(1), own(&[("B", 3), ("others", 3), ("not stated", 1)]));
    }
}
