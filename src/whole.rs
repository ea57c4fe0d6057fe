//! Standard output, in whole lines: what an interrupted run has written ends behind one.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// From this on, what is there goes out.
const ENOUGH: usize = 1 << 16;

/// How long a run that was asked to stop may take to come to the end of a line.
const GRACE: Duration = Duration::from_secs(1);

/// A writer that hands on whole lines.
#[derive(Debug)]
pub struct Whole<'a, W: Write> {
    out: W,
    buffer: Vec<u8>,
    stop: &'a Stop,
}

impl<'a, W: Write> Whole<'a, W> {
    /// Writes to `out`.
    pub fn new(out: W, stop: &'a Stop) -> Whole<'a, W> {
        Whole {
            out,
            buffer: Vec::with_capacity(ENOUGH + (ENOUGH >> 2)),
            stop,
        }
    }

    /// Writes what stands behind the last line break as well.
    pub fn finish(&mut self) -> io::Result<()> {
        self.hand_on(self.buffer.len())
    }

    fn hand_on(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        self.stop.busy.store(true, Ordering::SeqCst);
        let written = self
            .out
            .write_all(&self.buffer[..bytes])
            .and_then(|()| self.out.flush());
        self.stop.busy.store(false, Ordering::SeqCst);
        self.buffer.drain(..bytes);
        written
    }

    fn lines(&self) -> usize {
        memchr::memrchr(b'\n', &self.buffer).map_or(0, |at| at + 1)
    }
}

impl<W: Write> Write for Whole<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= ENOUGH && bytes.contains(&b'\n') {
            self.hand_on(self.lines())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on(self.lines())
    }
}

/// Whether a run is to stop. Whoever writes looks between two practices.
#[derive(Debug, Default)]
pub struct Stop {
    asked: AtomicBool,
    busy: AtomicBool,
}

impl Stop {
    /// Nobody has asked yet.
    pub const fn new() -> Stop {
        Stop {
            asked: AtomicBool::new(false),
            busy: AtomicBool::new(false),
        }
    }

    /// Whether somebody has asked.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks; whether that has happened before.
    pub fn ask(&self) -> bool {
        self.asked.swap(true, Ordering::SeqCst)
    }

    /// Comes back when the run should have ended long since and is not in the middle of a line: it waits for something
    /// that may never come.
    pub fn out_of_patience(&self) {
        loop {
            std::thread::sleep(GRACE);
            if !self.busy.load(Ordering::SeqCst) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_go_out_before_the_end() {
        static STOP: Stop = Stop::new();
        let mut whole = Whole::new(Vec::new(), &STOP);
        whole.write_all(b"a\nb").expect("written");
        whole.flush().expect("flushed");
        assert_eq!(whole.out, b"a\n");
        let long = vec![b'x'; ENOUGH * 2];
        whole.write_all(&long).expect("written");
        assert_eq!(whole.out, b"a\n");
        whole.write_all(b"\nc").expect("written");
        assert_eq!(whole.out.len(), 2 + 1 + long.len() + 1);
        whole.finish().expect("written");
        assert!(whole.out.ends_with(b"x\nc"));
    }
}
