//! What earlier runs found, by the content of the texts.
//!
//! An entry belongs to a text (of a spreadsheet: to the file, its mapping, and the rows), to how it is read (the form that its name promises, whether it was named), and to
//! everything that decides what is found in it: program, rules, levels, profiles and weights, vocabularies, language,
//! format. To the day only where a rule asked for it ([`Practice::dated`]). The name of a file does not matter: it is
//! not in an entry, and a report takes it from the file.
//!
//! A run writes what it did not find into a pack of its own, `<what decides>-<unique>.pack`, under a name that no other
//! run takes for a pack until it is whole. So runs may go on side by side, and an interrupted one leaves nothing that
//! could be taken for something. Every entry carries its key and a checksum; what does not fit is checked anew.

use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rustc_hash::FxHasher;
use sha2::{Digest, Sha256};

use crate::digest::hex;
use crate::lint::{FormatIn, Options, Practice, Presence, kept};
use crate::rule::set::RuleSet;
use crate::source::{Form, Source};

/// Most bytes that the packs of a folder take; the oldest go first.
pub const MAX_BYTES: u64 = 4 << 30;

/// Most packs of one kind; above that they become one.
const MAX_PACKS: usize = 8;

/// What a killed run leaves is taken away when it is older than this.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

const MAGIC: &[u8; 16] = b"credlint cache 1";
const HEAD: usize = 16 + 8 + 4;

type Key = [u8; 16];

/// Where an entry stands: the first half of its key, and the offset.
type Spot = (u64, u64);

/// The cache of a run.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// What decides what is found, as the beginning of the packs' names and of every key.
    environment: Key,
    day: String,
    packs: Vec<Pack>,
    writer: Mutex<Writer>,
}

#[derive(Debug)]
struct Pack {
    path: PathBuf,
    file: File,
    /// Sorted.
    spots: Vec<Spot>,
    used: AtomicBool,
}

#[derive(Debug)]
enum Writer {
    Idle,
    Open {
        path: PathBuf,
        file: BufWriter<File>,
        end: u64,
        spots: Vec<Spot>,
    },
    /// It could not be written, for that reason; the run goes on without.
    Failed(io::Error),
}

impl Cache {
    /// Opens the cache in a folder, which is made where it is not there.
    pub fn open(folder: &Path, set: &RuleSet, options: &Options) -> io::Result<Cache> {
        fs::create_dir_all(folder)?;
        let environment = environment(set, options);
        let mut packs = Vec::new();
        for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&hex(&environment)) && name.ends_with(".pack") {
                match Pack::open(&path) {
                    Ok(Some(pack)) => packs.push(pack),
                    // Whole packs do not change; this one is of no use to anybody.
                    Ok(None) => drop(fs::remove_file(&path)),
                    // Another run has just taken it away.
                    Err(_) => {}
                }
            }
        }
        packs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Cache {
            folder: folder.to_path_buf(),
            environment,
            day: options.as_of.to_string(),
            packs,
            writer: Mutex::new(Writer::Idle),
        })
    }

    /// What is known of a text; else what the check finds, which is known from then on.
    pub fn get_or(
        &self,
        source: &Arc<Source>,
        presence: Presence,
        check: impl FnOnce() -> Vec<Practice>,
    ) -> Vec<Practice> {
        let (always, today) = self.keys(source, presence);
        let known = [always, today].iter().find_map(|key| {
            let bytes = self.packs.iter().find_map(|pack| pack.get(key))?;
            kept::read(&bytes, source)
        });
        known.unwrap_or_else(|| {
            let practices = check();
            let dated = practices.iter().any(|practice| practice.dated);
            if let Some(bytes) = kept::write(&practices) {
                self.put(if dated { today } else { always }, &bytes);
            }
            practices
        })
    }

    /// The key of what holds on any day, and of what holds on the day of the run.
    fn keys(&self, source: &Source, presence: Presence) -> (Key, Key) {
        let reading = [
            u8::from(Form::is_strict(source.name())),
            u8::from(presence == Presence::Named),
        ];
        let always = match source.sheet() {
            None => digest(&[&self.environment, &reading, source.text().as_bytes()]),
            // The text of a spreadsheet is what was made of it; the file and its mapping decide, and which rows are meant.
            Some(sheet) => {
                let rows = source.rows();
                let rows = [rows.start, rows.end].map(|row| (row as u64).to_le_bytes()).concat();
                digest(&[&self.environment, &reading, b"sheet", &sheet.origin, &rows])
            }
        };
        (always, digest(&[&always, self.day.as_bytes()]))
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, key: Key, bytes: &[u8]) {
        let mut writer = self.writer();
        if matches!(*writer, Writer::Idle) {
            *writer = self.begin().unwrap_or_else(Writer::Failed);
        }
        if let Writer::Open { file, end, spots, .. } = &mut *writer {
            match write_entry(file, key, bytes) {
                Ok(length) => {
                    spots.push((first_half(key), *end));
                    *end += length;
                }
                Err(error) => *writer = Writer::Failed(error),
            }
        }
    }

    fn begin(&self) -> io::Result<Writer> {
        let path = self.folder.join(format!("{}.tmp", self.new_name()));
        let mut file = BufWriter::with_capacity(1 << 18, File::create_new(&path)?);
        file.write_all(MAGIC)?;
        Ok(Writer::Open {
            path,
            file,
            end: MAGIC.len() as u64,
            spots: Vec::new(),
        })
    }

    /// A name that no other run has.
    fn new_name(&self) -> String {
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let unique = format!("{:024x}-{:x}", since.as_nanos(), std::process::id());
        format!("{}-{unique}", hex(&self.environment))
    }

    /// Makes what was found ready for later runs, and the folder tidy.
    pub fn finish(&self) -> io::Result<()> {
        let now = SystemTime::now();
        for pack in self.packs.iter().filter(|pack| pack.used.load(Ordering::Relaxed)) {
            // The packs of one kind are used together, so the oldest are those that nobody needs. If another run has
            // taken it away, it is not needed.
            let _ = File::options()
                .append(true)
                .open(&pack.path)
                .and_then(|file| file.set_modified(now));
        }
        let ended = match std::mem::replace(&mut *self.writer(), Writer::Idle) {
            Writer::Idle => Ok(()),
            Writer::Failed(error) => Err(error),
            Writer::Open {
                path, mut file, spots, ..
            } => {
                let merged = if self.packs.len() >= MAX_PACKS {
                    self.merge(&mut file, spots)
                } else {
                    close(&mut file, spots)
                };
                drop(file);
                match merged.and_then(|()| fs::rename(&path, path.with_extension("pack"))) {
                    Ok(()) => {
                        if self.packs.len() >= MAX_PACKS {
                            self.packs.iter().for_each(|pack| drop(fs::remove_file(&pack.path)));
                        }
                        Ok(())
                    }
                    Err(error) => {
                        let _ = fs::remove_file(&path);
                        Err(error)
                    }
                }
            }
        };
        tidy(&self.folder, MAX_BYTES, now)?;
        ended
    }

    /// Adds the entries of all earlier packs.
    fn merge(&self, file: &mut BufWriter<File>, mut spots: Vec<Spot>) -> io::Result<()> {
        let mut end = file.stream_position()?;
        for pack in &self.packs {
            for spot in &pack.spots {
                if let Some((key, bytes)) = pack.entry(spot.1) {
                    let length = write_entry(file, key, &bytes)?;
                    spots.push((first_half(key), end));
                    end += length;
                }
            }
        }
        close(file, spots)
    }
}

impl Pack {
    /// A pack that is whole; nothing for any other.
    fn open(path: &Path) -> io::Result<Option<Pack>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let spots = read_spots(&mut file, length).ok().flatten();
        Ok(spots.map(|spots| Pack {
            path: path.to_path_buf(),
            file,
            spots,
            used: AtomicBool::new(false),
        }))
    }

    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let wanted = first_half(*key);
        let start = self.spots.partition_point(|spot| spot.0 < wanted);
        let alike = self.spots[start..].iter().take_while(|spot| spot.0 == wanted);
        let found = alike.filter_map(|spot| self.entry(spot.1)).find(|(own, _)| own == key);
        found.map(|(_, bytes)| {
            self.used.store(true, Ordering::Relaxed);
            bytes
        })
    }

    /// The entry at a place, if one is there and whole.
    fn entry(&self, at: u64) -> Option<(Key, Vec<u8>)> {
        let mut head = [0; HEAD];
        self.read(at, &mut head).ok()?;
        let key: Key = head[..16].try_into().ok()?;
        let sum = u64::from_le_bytes(head[16..24].try_into().ok()?);
        let length = u32::from_le_bytes(head[24..].try_into().ok()?) as usize;
        // A length that is wrong must not take the memory away.
        let mut bytes = vec![0; Some(length).filter(|length| *length <= 64 << 20)?];
        self.read(at + HEAD as u64, &mut bytes).ok()?;
        (checksum(&[&key, &bytes]) == sum).then_some((key, bytes))
    }

    #[cfg(unix)]
    fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, at)
    }

    #[cfg(windows)]
    fn read(&self, mut at: u64, mut bytes: &mut [u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let read = std::os::windows::fs::FileExt::seek_read(&self.file, bytes, at)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at += read as u64;
            bytes = &mut bytes[read..];
        }
        Ok(())
    }
}

fn write_entry(to: &mut impl Write, key: Key, bytes: &[u8]) -> io::Result<u64> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&key)?;
    to.write_all(&checksum(&[&key, bytes]).to_le_bytes())?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)?;
    Ok(HEAD as u64 + u64::from(length))
}

/// Ends a pack with the places of its entries, sorted, their number, a checksum of both, and the mark of a whole pack.
fn close(to: &mut BufWriter<File>, mut spots: Vec<Spot>) -> io::Result<()> {
    spots.sort_unstable();
    let mut sum = FxHasher::default();
    for (half, at) in &spots {
        let place = [half.to_le_bytes(), at.to_le_bytes()].concat();
        sum.write(&place);
        to.write_all(&place)?;
    }
    let count = (spots.len() as u64).to_le_bytes();
    sum.write(&count);
    to.write_all(&count)?;
    to.write_all(&sum.finish().to_le_bytes())?;
    to.write_all(MAGIC)?;
    to.flush()
}

/// The places of the entries of a pack; nothing where it is not whole.
fn read_spots(file: &mut File, length: u64) -> io::Result<Option<Vec<Spot>>> {
    const FOOT: u64 = 8 + 8 + 16;
    let mut magic = [0; 16];
    file.read_exact(&mut magic)?;
    if magic != *MAGIC || length < FOOT + 16 {
        return Ok(None);
    }
    let mut foot = [0; FOOT as usize];
    file.seek(SeekFrom::Start(length - FOOT))?;
    file.read_exact(&mut foot)?;
    let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let (count, wanted) = (number(&foot[..8]), number(&foot[8..16]));
    let Some(size) = count.checked_mul(16).filter(|size| *size <= length - FOOT - 16) else {
        return Ok(None);
    };
    if foot[16..] != *MAGIC {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length - FOOT - size))?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let (mut spots, mut sum, mut place) = (Vec::with_capacity(count as usize), FxHasher::default(), [0; 16]);
    for _ in 0..count {
        reader.read_exact(&mut place)?;
        sum.write(&place);
        spots.push((number(&place[..8]), number(&place[8..])));
    }
    sum.write(&foot[..8]);
    Ok((sum.finish() == wanted).then_some(spots))
}

/// Takes away what killed runs have left, and the oldest packs where all together are too large.
fn tidy(folder: &Path, most: u64, now: SystemTime) -> io::Result<()> {
    let mut packs = Vec::new();
    for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
        let path = entry.path();
        let Ok(metadata) = entry.metadata() else { continue };
        let modified = metadata.modified().unwrap_or(now);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("tmp") if now.duration_since(modified).is_ok_and(|age| age > STALE) => drop(fs::remove_file(&path)),
            Some("pack") => packs.push((modified, path, metadata.len())),
            _ => {}
        }
    }
    packs.sort_by(|a, b| b.cmp(a));
    let mut total = 0;
    for (_, path, length) in packs {
        total += length;
        if total > most {
            // Another run may have done it already.
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

/// Everything beside the text, its reading and the day that decides what is found.
fn environment(set: &RuleSet, options: &Options) -> Key {
    let format = match options.format_in {
        None => "",
        Some(FormatIn::Native) => "native",
        Some(FormatIn::Mapped(format)) => &format.format,
    };
    let profiles = format!("{:?} {:?} {:?}", set.profile, set.further_profiles, set.levels);
    digest(&[
        &kept::VERSION.to_le_bytes(),
        &program(),
        set.digest.as_bytes(),
        set.snapshot.as_bytes(),
        profiles.as_bytes(),
        options.language.code().as_bytes(),
        format.as_bytes(),
    ])
}

/// The program itself: its version, and its content, since not every change has a version of its own. While it is being
/// developed it is large and the time of its making says the same.
fn program() -> Vec<u8> {
    let mut identity = env!("CARGO_PKG_VERSION").as_bytes().to_vec();
    let file = std::env::current_exe().and_then(File::open);
    let content = file.and_then(|mut file| {
        if cfg!(debug_assertions) {
            let metadata = file.metadata()?;
            return Ok(format!("{} {:?}", metadata.len(), metadata.modified()?).into_bytes());
        }
        let (mut sum, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(sum.finalize().to_vec()),
                read => sum.update(&buffer[..read]),
            }
        }
    });
    identity.extend(content.unwrap_or_default());
    identity
}

/// The beginning of a SHA-256 over some parts, each with its length, so that no two lists of parts look alike.
fn digest(parts: &[&[u8]]) -> Key {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    let mut key = Key::default();
    key.copy_from_slice(&sum.finalize()[..16]);
    key
}

/// Against damage, not against malice: whoever can write into the folder can write anything.
fn checksum(parts: &[&[u8]]) -> u64 {
    let mut sum = FxHasher::default();
    parts.iter().for_each(|part| sum.write(part));
    sum.finish()
}

fn first_half(key: Key) -> u64 {
    u64::from_be_bytes(key[..8].try_into().unwrap_or_default())
}
