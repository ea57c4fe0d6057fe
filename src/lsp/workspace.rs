//! The practices of the workspace, by their ids.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{Location, Range};

use super::outline::Outline;
use super::position::{Encoding, Text};
use super::{goto, uri};
use crate::config::Config;
use crate::input::{self, Item};
use crate::lint::Presence;
use crate::source::Form;

/// A practice in a file that need not be open.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Option<String>,
    range: Range,
}

/// All practices that have an id.
#[derive(Debug, Default)]
pub struct Index {
    files: BTreeMap<PathBuf, Vec<Named>>,
    encoding: Encoding,
}

impl Index {
    /// Looks through folders, as a check of them would.
    pub fn of(folders: &[PathBuf], encoding: Encoding) -> Index {
        let mut index = Index {
            files: BTreeMap::new(),
            encoding,
        };
        for folder in folders {
            let config = Config::find(folder).unwrap_or_default();
            for item in input::catalogue(folder, &config, 2).iter() {
                index.read(&item);
            }
        }
        index
    }

    /// Looks at a file once more; one that is gone has no practices.
    pub fn refresh(&mut self, path: &Path) {
        let item = Item {
            path: Some(path.to_path_buf()),
            shown: path.display().to_string(),
            presence: Presence::Walked,
            mapping: None,
        };
        self.read(&item);
    }

    fn read(&mut self, item: &Item) {
        let Some(path) = &item.path else { return };
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let is_wanted = matches!(Form::of(&path), Some(Form::Yaml | Form::Json));
        let text = is_wanted.then(|| input::read(item).ok()).flatten();
        let named = text.map_or_else(Vec::new, |text| practices(&Text::new(text, self.encoding)));
        if named.is_empty() {
            self.files.remove(&path);
        } else {
            self.files.insert(path, named);
        }
    }

    /// Where practices with an id stand, in files that are not left out.
    pub fn find(&self, id: &str, but: &dyn Fn(&Path) -> bool) -> Vec<Location> {
        let places = self.files.iter().filter(|(path, _)| !but(path));
        let named = places.flat_map(|(path, named)| named.iter().map(move |named| (path, named)));
        let with_id = named.filter(|(_, named)| named.id == id);
        with_id
            .filter_map(|(path, named)| Some(Location::new(uri::of(path)?, named.range)))
            .collect()
    }

    /// All practices.
    pub fn all(&self) -> impl Iterator<Item = &Named> {
        self.files.values().flatten()
    }
}

/// The practices of a text.
fn practices(text: &Text) -> Vec<Named> {
    if !text.as_str().contains("descriptor") {
        return Vec::new();
    }
    let outline = Outline::of(text.as_str());
    let known = goto::practices(&outline, text.as_str()).into_iter();
    known
        .map(|known| Named {
            range: text.range(known.span),
            id: known.id,
            title: known.title,
        })
        .collect()
}
