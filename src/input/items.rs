//! The files of a run, in order, compactly: a file of a folder takes the length of its name and 12 bytes.

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::mpsc::sync_channel;

use ignore::{WalkBuilder, WalkState};
use rustc_hash::FxHashMap;

use super::{Item, included, is_wanted};
use crate::config::{self, Config};
use crate::lint::Presence;

/// The files of a run.
#[derive(Debug, Default)]
pub struct Items {
    groups: Vec<Group>,
    /// The number of the first file behind each group.
    ends: Vec<usize>,
    /// The mapping file that the user named, for the spreadsheets among them.
    mapping: Option<PathBuf>,
}

#[derive(Debug)]
enum Group {
    Named(Vec<Item>),
    Walked(Walked),
}

impl Items {
    /// How many.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One file; there must be one of that number.
    pub fn get(&self, number: usize) -> Item {
        let (group, at) = self.place(number);
        let item = match group {
            Group::Named(items) => items[at].clone(),
            Group::Walked(walked) => walked.item(at),
        };
        Item {
            mapping: self.mapping.clone(),
            ..item
        }
    }

    /// All files.
    pub fn iter(&self) -> impl Iterator<Item = Item> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// Says what the columns of the spreadsheets among them are.
    pub fn map_by(&mut self, mapping: Option<&Path>) {
        self.mapping = mapping.map(Path::to_path_buf);
    }

    /// Leaves out files.
    pub fn retain(&mut self, mut keep: impl FnMut(&Item) -> bool) {
        let mut end = 0;
        for (group, own_end) in self.groups.iter_mut().zip(&mut self.ends) {
            match group {
                Group::Named(items) => items.retain(&mut keep),
                Group::Walked(walked) => {
                    let kept: Vec<bool> = (0..walked.files.len()).map(|at| keep(&walked.item(at))).collect();
                    let mut kept = kept.into_iter();
                    walked.files.retain(|_| kept.next().unwrap_or(true));
                }
            }
            end += match group {
                Group::Named(items) => items.len(),
                Group::Walked(walked) => walked.files.len(),
            };
            *own_end = end;
        }
    }

    /// Lets standard input be read from a file that holds what came in; false where it is not among them.
    pub fn read_stdin_from(&mut self, file: &Path) -> bool {
        let named = self.groups.iter_mut().filter_map(|group| match group {
            Group::Named(items) => Some(items),
            Group::Walked(_) => None,
        });
        let mut found = false;
        for item in named.flatten().filter(|item| item.path.is_none()) {
            item.path = Some(file.to_path_buf());
            found = true;
        }
        found
    }

    /// Names the files of a folder by their place in it.
    pub fn show_inside(&mut self, root: &Path) {
        let inside = |path: &Path| {
            let inside = path.strip_prefix(root).ok()?;
            Some(inside.display().to_string())
        };
        for group in &mut self.groups {
            match group {
                Group::Named(items) => {
                    for item in items {
                        let shown = item.path.as_deref().and_then(inside).filter(|shown| !shown.is_empty());
                        item.shown = shown.unwrap_or_else(|| item.shown.clone());
                    }
                }
                Group::Walked(walked) => {
                    for folder in &mut walked.folders {
                        if let Some(shown) = inside(&folder.path) {
                            folder.shown = if shown.is_empty() {
                                shown
                            } else {
                                shown + std::path::MAIN_SEPARATOR_STR
                            };
                        }
                    }
                }
            }
        }
    }

    /// The order of the names that two files have in reports.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        let ((folder, name), (other, others)) = (self.name(a), self.name(b));
        if folder == other {
            return name.cmp(others);
        }
        // Mostly the folders decide, and nothing has to be put together.
        let common = folder.len().min(other.len());
        let folders = folder.as_bytes()[..common].cmp(&other.as_bytes()[..common]);
        folders.then_with(|| [folder, name].concat().cmp(&[other, others].concat()))
    }

    /// The name of a file in two parts.
    fn name(&self, number: usize) -> (&str, &str) {
        match self.place(number) {
            (Group::Named(items), at) => ("", items[at].shown.as_str()),
            (Group::Walked(walked), at) => (walked.folder_of(at).shown.as_str(), walked.text(walked.files[at].1)),
        }
    }

    fn place(&self, number: usize) -> (&Group, usize) {
        let group = self.ends.partition_point(|end| *end <= number);
        let before = group.checked_sub(1).map_or(0, |before| self.ends[before]);
        (&self.groups[group], number - before)
    }

    /// Adds a file that the user named.
    pub(super) fn push(&mut self, item: Item) {
        let length = self.len();
        if let Some(Group::Named(items)) = self.groups.last_mut() {
            items.push(item);
            self.ends.pop();
        } else {
            self.groups.push(Group::Named(vec![item]));
        }
        self.ends.push(length + 1);
    }

    /// Adds what lies in a folder, in the order of the names.
    pub(super) fn walk(&mut self, root: &Path, config: &Config, threads: usize, naming: Naming) {
        let walked = Walked::new(root, config, threads, naming);
        self.ends.push(self.len() + walked.files.len());
        self.groups.push(Group::Walked(walked));
    }
}

/// How the files of a folder are called in reports.
#[derive(Clone, Copy, Debug)]
pub(super) enum Naming {
    /// As the folder was named.
    AsGiven,
    /// Relative to the current folder.
    FromHere,
}

impl Naming {
    fn of(self, folder: &Path) -> String {
        let shown = match self {
            Naming::AsGiven => folder.strip_prefix("./").unwrap_or(folder).display().to_string(),
            Naming::FromHere => config::display(folder),
        };
        if shown.is_empty() || shown.ends_with(MAIN_SEPARATOR) {
            shown
        } else {
            shown + std::path::MAIN_SEPARATOR_STR
        }
    }
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    shown: String,
}

/// A name among the names of a walk, and how the file was met.
#[derive(Clone, Copy, Debug)]
struct Name {
    start: u32,
    length: u16,
    presence: Presence,
}

/// What lies in a folder.
#[derive(Debug, Default)]
struct Walked {
    folders: Vec<Folder>,
    /// The folder of each file, and its name.
    files: Vec<(u32, Name)>,
    names: String,
    /// Names that are not Unicode, by where their replacements begin.
    odd: FxHashMap<u32, OsString>,
}

/// A folder while the walk goes on.
#[derive(Debug, Default)]
struct Found {
    path: PathBuf,
    files: Vec<Name>,
    folders: Vec<(OsString, usize)>,
}

impl Walked {
    /// Walks with several threads, and puts in order what they find.
    fn new(root: &Path, config: &Config, threads: usize, naming: Naming) -> Walked {
        let mut walked = Walked::default();
        let mut found = vec![Found {
            path: root.to_path_buf(),
            ..Found::default()
        }];
        let mut known: FxHashMap<PathBuf, usize> = FxHashMap::from_iter([(root.to_path_buf(), 0)]);
        let walker = WalkBuilder::new(root)
            .require_git(false)
            .threads(threads.max(1))
            .build_parallel();
        let (files, all) = sync_channel(1 << 10);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                walker.run(|| {
                    let files = files.clone();
                    Box::new(move |entry| {
                        let Ok(entry) = entry else { return WalkState::Continue };
                        // A named pipe called x.yaml is looked at too, so that it is skipped visibly; a folder is not a file.
                        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                        let path = entry.path();
                        if !is_folder && is_wanted(path, config) {
                            let presence = included(config, path, Presence::Walked);
                            let _ = files.send((entry.into_path(), presence));
                        }
                        WalkState::Continue
                    })
                });
            });
            for (path, presence) in all {
                let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                    continue;
                };
                let folder = place(folder, &mut found, &mut known);
                found[folder].files.push(walked.keep(name, presence));
            }
        });
        walked.add(0, &mut found, naming);
        walked
    }

    fn keep(&mut self, name: &OsStr, presence: Presence) -> Name {
        let start = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let text = name.to_string_lossy();
        if name.to_str().is_none() {
            self.odd.insert(start, name.to_os_string());
        }
        self.names.push_str(&text);
        Name {
            start,
            length: u16::try_from(text.len()).unwrap_or(u16::MAX),
            presence,
        }
    }

    /// Adds a folder: its files and folders by their names.
    fn add(&mut self, number: usize, found: &mut [Found], naming: Naming) {
        let Found {
            path,
            mut files,
            mut folders,
        } = std::mem::take(&mut found[number]);
        files.sort_unstable_by(|a, b| self.os_name(*a).cmp(self.os_name(*b)));
        folders.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let own = u32::try_from(self.folders.len()).unwrap_or(u32::MAX);
        let shown = naming.of(&path);
        self.folders.push(Folder { path, shown });
        let mut folders = folders.into_iter().peekable();
        for name in files {
            while let Some((_, folder)) = folders.next_if(|(folder, _)| folder.as_os_str() < self.os_name(name)) {
                self.add(folder, found, naming);
            }
            self.files.push((own, name));
        }
        for (_, folder) in folders {
            self.add(folder, found, naming);
        }
    }

    fn folder_of(&self, at: usize) -> &Folder {
        &self.folders[self.files[at].0 as usize]
    }

    fn os_name(&self, name: Name) -> &OsStr {
        self.odd
            .get(&name.start)
            .map_or_else(|| OsStr::new(self.text(name)), OsString::as_os_str)
    }

    fn text(&self, name: Name) -> &str {
        let start = name.start as usize;
        &self.names[start..start + usize::from(name.length)]
    }

    fn item(&self, at: usize) -> Item {
        let (folder, name) = (self.folder_of(at), self.files[at].1);
        Item {
            shown: [&folder.shown, self.text(name)].concat(),
            path: Some(folder.path.join(self.os_name(name))),
            presence: name.presence,
            mapping: None,
        }
    }
}

/// The number of a folder; those on the way to it are made as well.
fn place(path: &Path, found: &mut Vec<Found>, known: &mut FxHashMap<PathBuf, usize>) -> usize {
    if let Some(number) = known.get(path) {
        return *number;
    }
    let number = found.len();
    found.push(Found {
        path: path.to_path_buf(),
        ..Found::default()
    });
    known.insert(path.to_path_buf(), number);
    if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
        let parent = place(parent, found, known);
        found[parent].folders.push((name.to_os_string(), number));
    }
    number
}
