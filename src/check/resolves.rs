//! `resolves`

use std::sync::Arc;

use rustc_hash::FxHashSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Across, Kind};
use crate::catalogue::{Cell, Column, Conflicts, View};
use crate::condition::ConditionFile;
use crate::descriptor::shorten;
use crate::language::Language;
use crate::path::Base;
use crate::vocabulary::nearest;

/// The references and what they may name.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The references: absolute paths.
    pub of: Vec<String>,
    /// The ids of the catalogue: an absolute path.
    pub to: String,
    /// Says that a reference leads out of the catalogue; relative paths start at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<ConditionFile>,
}

#[derive(Debug)]
pub struct Resolves {
    /// The references, the ids, and, for each column of references, those that lead elsewhere. Few do, and other checks
    /// look at the references as well, so that this keeps less than two lists of references would.
    columns: Vec<Arc<Column>>,
    ids: usize,
}

impl Kind for Resolves {
    type File = File;
    const PAGE: &'static str = "\
Every reference on the paths under `of` must equal an id on `to` of some practice in the catalogue. References for which \
`unless` holds lead elsewhere and are not looked at. An id that differs little is suggested.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "key", "suggestion"];

    fn compile(file: &File, _: &Base) -> Result<Resolves, String> {
        let mut columns = Vec::new();
        for path in file.of.iter().chain([&file.to]) {
            columns.push(Arc::new(Column::new(path)?));
        }
        if let Some(condition) = &file.unless {
            for path in &file.of {
                columns.push(Arc::new(Column::new(path)?.only(condition)?));
            }
        }
        let ids = file.of.len();
        Ok(Resolves { columns, ids })
    }

    fn across(&self) -> Option<&dyn Across> {
        Some(self)
    }
}

impl Across for Resolves {
    fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    fn run(&self, view: &View<'_>, _: Language, found: &mut Conflicts) -> bool {
        let ids = self.ids;
        let known: FxHashSet<u32> = view.cells(ids).map(|cell| view.symbol(cell)).collect();
        let mut unknown: Vec<(Cell, usize)> = Vec::new();
        let mut any = false;
        for column in 0..ids {
            let elsewhere = view.cells(ids + 1 + column).map(|cell| (cell.rank, view.spot(cell)));
            let elsewhere: FxHashSet<_> = elsewhere.collect();
            for cell in view.cells(column) {
                if elsewhere.contains(&(cell.rank, view.spot(cell))) {
                    continue;
                }
                any = true;
                if !known.contains(&view.symbol(cell)) {
                    unknown.push((cell, column));
                }
            }
        }
        unknown.sort_unstable();
        let neighbours = (!unknown.is_empty()).then(|| Neighbours::new(view, ids));
        for (cell, column) in unknown {
            let value = view.text(cell);
            let known = neighbours.as_ref().filter(|_| !found.is_full());
            let suggestion = known.and_then(|known| known.nearest(value));
            let args = vec![
                ("value", shorten(value, 60)),
                ("key", self.columns[column].key()),
                ("suggestion", suggestion.unwrap_or_default().to_string()),
            ];
            found.push(view.spot(cell), Vec::new(), args);
        }
        any
    }
}

/// All ids by their beginnings and by their ends. Who mistypes an id gets one of the two right, so that the one that was
/// meant stands near it in one of the two orders; comparing with every id would be a square.
struct Neighbours<'a> {
    forward: Vec<&'a str>,
    backward: Vec<&'a str>,
}

/// How many ids on either side are compared.
const NEAR: usize = 8;

impl<'a> Neighbours<'a> {
    fn new(view: &View<'a>, ids: usize) -> Neighbours<'a> {
        let mut forward: Vec<&str> = view.cells(ids).map(|cell| view.text(cell)).collect();
        forward.sort_unstable_by(|a, b| beginning(a).cmp(beginning(b)).then(a.cmp(b)));
        forward.dedup();
        let mut backward = forward.clone();
        backward.sort_unstable_by(|a, b| end(a).cmp(end(b)).then(a.cmp(b)));
        Neighbours { forward, backward }
    }

    fn nearest(&self, value: &str) -> Option<&'a str> {
        let around = |list: &[&'a str], at: usize| list[at.saturating_sub(NEAR)..(at + NEAR).min(list.len())].to_vec();
        let before = self.forward.partition_point(|id| beginning(id).lt(beginning(value)));
        let behind = self.backward.partition_point(|id| end(id).lt(end(value)));
        let mut candidates = around(&self.forward, before);
        candidates.extend(around(&self.backward, behind));
        let folded: Vec<String> = candidates.iter().map(|id| id.to_lowercase()).collect();
        let near = nearest(&value.to_lowercase(), folded.iter().map(String::as_str))?;
        let at = folded.iter().position(|id| id == near)?;
        Some(candidates[at])
    }
}

fn beginning(id: &str) -> impl Iterator<Item = u8> {
    id.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn end(id: &str) -> impl Iterator<Item = u8> {
    id.bytes().rev().map(|byte| byte.to_ascii_lowercase())
}
