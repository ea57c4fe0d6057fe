//! How far a run is, for somebody who waits at a terminal.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::language::Language;

/// Whoever is quicker than this needs no bar.
const DELAY: Duration = Duration::from_millis(500);

/// Between two drawings.
const PAUSE: Duration = Duration::from_millis(100);

/// Back to the first column, and the line empty.
const CLEAR: &str = "\r\x1b[2K";

/// A line that is drawn over and over.
#[derive(Debug)]
pub struct Progress {
    language: Language,
    started: Instant,
    drawn: Option<Instant>,
    visible: bool,
    wanted: bool,
    /// Practices met.
    pub count: usize,
    /// How much is done, from 0 to 1, where that can be known.
    pub share: Option<f64>,
}

impl Progress {
    /// A line that nobody sees yet; never, where it is not wanted.
    pub fn new(language: Language, wanted: bool) -> Progress {
        Progress {
            language,
            started: Instant::now(),
            drawn: None,
            visible: false,
            wanted,
            count: 0,
            share: None,
        }
    }

    /// Whether it is time to draw.
    pub fn is_due(&self) -> bool {
        let rested = self.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE);
        self.wanted && rested && self.started.elapsed() >= DELAY
    }

    /// Draws the line. Whoever calls this has written out what comes before.
    pub fn draw(&mut self, to: &mut dyn Write) -> io::Result<()> {
        let line = self.line(self.started.elapsed());
        self.drawn = Some(Instant::now());
        self.visible = true;
        write!(to, "{CLEAR}{line}")?;
        to.flush()
    }

    /// Takes the line away before something else is written.
    pub fn clear(&mut self, to: &mut dyn Write) -> io::Result<()> {
        if std::mem::take(&mut self.visible) {
            write!(to, "{CLEAR}")?;
            to.flush()?;
        }
        Ok(())
    }

    fn line(&self, elapsed: Duration) -> String {
        let seconds = elapsed.as_secs_f64().max(0.001);
        let rate = (self.count as f64 / seconds).round() as u64;
        let mut line = self.language.fill(
            "{n} practices, {rate} a second",
            &[("n", &grouped(self.count as u64)), ("rate", &grouped(rate))],
        );
        // A remaining time from the first hundredth of the work is a guess.
        if let Some(share) = self.share.filter(|share| *share >= 0.01) {
            let left = (seconds * (1.0 - share) / share).round() as u64;
            let left = format!("{}:{:02}", left / 60, left % 60);
            let percent = (share * 100.0) as u64;
            line.push_str(&self.language.fill(
                ", {percent} % done, {left} left",
                &[("percent", &percent), ("left", &left)],
            ));
        }
        line
    }
}

/// A number in groups of three, by the narrow space that every language here takes.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join("\u{202F}")
}

/// Writes to one stream, and first takes the line away that stands on the other.
pub struct Over<'a> {
    /// Where text goes.
    pub out: &'a mut dyn Write,
    /// Where the line stands.
    pub err: &'a mut dyn Write,
    /// The line.
    pub progress: &'a mut Progress,
}

impl Write for Over<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.progress.clear(self.err)?;
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_remaining_time() {
        let mut progress = Progress::new(Language::ENGLISH, true);
        progress.count = 1_234_567;
        progress.share = Some(0.25);
        let line = progress.line(Duration::from_secs(100));
        assert_eq!(
            line,
            "1\u{202F}234\u{202F}567 practices, 12\u{202F}346 a second, 25 % done, 5:00 left"
        );
        progress.share = None;
        progress.count = 12;
        assert_eq!(progress.line(Duration::from_secs(3)), "12 practices, 4 a second");
    }

    #[test]
    fn the_line_goes_before_anything_is_written() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut progress = Progress::new(Language::ENGLISH, true);
        assert!(!progress.is_due());
        progress.draw(&mut err).expect("drawn");
        let mut over = Over {
            out: &mut out,
            err: &mut err,
            progress: &mut progress,
        };
        over.write_all(b"a\n").expect("written");
        over.write_all(b"b\n").expect("written");
        assert_eq!(out, b"a\nb\n");
        let err = String::from_utf8(err).expect("text");
        assert!(err.ends_with("0 a second\r\x1b[2K"), "{err:?}");
    }
}
