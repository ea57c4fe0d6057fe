//! An earlier revision of files, from the version control that they are in. Part of the rim: asks `git`, and writes a
//! copy into a temporary folder that goes when the run ends.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::language::{Phrase, mark};

/// A copy of files as they were.
#[derive(Debug)]
pub struct Snapshot {
    folder: tempfile::TempDir,
    /// The root of the repository.
    pub root: PathBuf,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The paths are not in a repository.
    #[error("{0} is not in a git repository, so there is no earlier revision of it")]
    NoRepository(String),
    /// Git does not know the revision.
    #[error("git does not know the revision `{0}`; in a shallow clone it may have to be fetched first")]
    NoRevision(String),
    /// Git or the system says no.
    #[error("the earlier revision could not be read: {0}")]
    Failed(String),
}

impl RevisionError {
    /// The same for people, in any language.
    pub fn phrase(&self) -> Phrase {
        match self {
            RevisionError::NoRepository(path) => Phrase::new(mark(
                "{file} is not in a git repository, so there is no earlier revision of it",
            ))
            .with("file", path),
            RevisionError::NoRevision(name) => Phrase::new(mark(
                "git does not know the revision `{name}`; in a shallow clone it may have to be fetched first",
            ))
            .with("name", name),
            RevisionError::Failed(error) => {
                Phrase::new(mark("the earlier revision could not be read: {error}")).with("error", error)
            }
        }
    }
}

impl From<std::io::Error> for RevisionError {
    fn from(error: std::io::Error) -> RevisionError {
        RevisionError::Failed(error.to_string())
    }
}

impl Snapshot {
    /// The files of a revision that lie under some paths.
    pub fn of(revision: &str, paths: &[PathBuf]) -> Result<Snapshot, RevisionError> {
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let near = if first.is_dir() {
            first
        } else {
            first.parent().unwrap_or(first)
        };
        let near = if near.as_os_str().is_empty() {
            Path::new(".")
        } else {
            near
        };
        let root = git(near, &["rev-parse", "--show-toplevel"], &[])
            .map_err(|_| RevisionError::NoRepository(first.display().to_string()))?;
        let root = PathBuf::from(String::from_utf8_lossy(&root).trim_end_matches(['\n', '\r']));
        // The name must not be taken for an option.
        let commit = format!("{revision}^{{commit}}");
        let known = git(
            &root,
            &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit],
            &[],
        );
        let commit = known.map_err(|_| RevisionError::NoRevision(revision.to_string()))?;
        let commit = String::from_utf8_lossy(&commit).trim().to_string();
        let mut list = vec!["ls-tree", "-r", "--name-only", "-z", "--full-tree", &commit, "--"];
        let inside: Vec<String> = paths
            .iter()
            .map(|path| inside(&root, path))
            .collect::<Option<_>>()
            .ok_or_else(|| RevisionError::NoRepository(first.display().to_string()))?;
        if inside.iter().all(|path| !path.is_empty()) {
            list.extend(inside.iter().map(String::as_str));
        }
        let files = git(&root, &list, &[])?;
        let folder = tempfile::Builder::new().prefix("credlint-").tempdir()?;
        // An index of our own: that of the repository is not touched.
        let index = folder.path().join("index");
        let index = [("GIT_INDEX_FILE", index.as_os_str())];
        git(&root, &["read-tree", &commit], &index)?;
        let prefix = format!("--prefix={}/", folder.path().join("files").display());
        feed(&root, &["checkout-index", "-z", "--stdin", &prefix], &index, &files)?;
        Ok(Snapshot { folder, root })
    }

    /// The folder that stands for the root of the repository.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Where a path lies in the copy.
    pub fn path(&self, path: &Path) -> Option<PathBuf> {
        inside(&self.root, path).map(|inside| self.folder().join(inside))
    }
}

/// A path as it is named from the root of the repository; the root itself is an empty name.
fn inside(root: &Path, path: &Path) -> Option<String> {
    // Git gives the real path of the root, so that of the file is needed as well; a file that is gone has only its folder.
    let real = path.canonicalize().or_else(|_| {
        let absolute = std::path::absolute(path)?;
        let folder = absolute.parent().unwrap_or(&absolute).canonicalize()?;
        Ok::<PathBuf, std::io::Error>(folder.join(absolute.file_name().unwrap_or_default()))
    });
    let real = real.ok()?;
    let root = root.canonicalize().ok()?;
    let inside = real.strip_prefix(&root).ok()?;
    Some(inside.to_string_lossy().replace('\\', "/"))
}

type Environment<'a> = [(&'a str, &'a std::ffi::OsStr)];

fn command(folder: &Path, args: &[&str], environment: &Environment<'_>) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(args)
        .envs(environment.iter().copied());
    command
}

fn git(folder: &Path, args: &[&str], environment: &Environment<'_>) -> Result<Vec<u8>, RevisionError> {
    let output = command(folder, args, environment).stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(RevisionError::Failed(
            String::from_utf8_lossy(&output.stderr).trim().to_string(),
        )),
    }
}

fn feed(folder: &Path, args: &[&str], environment: &Environment<'_>, input: &[u8]) -> Result<(), RevisionError> {
    let mut child = command(folder, args, environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input)?;
    }
    let output = child.wait_with_output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(RevisionError::Failed(
            String::from_utf8_lossy(&output.stderr).trim().to_string(),
        )),
    }
}
