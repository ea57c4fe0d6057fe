//! A run over many files: read, checked and drawn on several threads, handed over in order, dropped.

use std::io;
use std::sync::Arc;

use crate::cache::Cache;
use crate::input::stream::{self, Job, Place, Text};
use crate::input::{Item, Items, ReadError};
use crate::lint::{Options, Practice, State, lint_source, not_utf8};
use crate::ordered::{Push, Step, ordered};
use crate::rule::set::RuleSet;
use crate::source::Source;
use crate::waivers::Waivers;

/// What is to be done.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The rules.
    pub set: &'a RuleSet,
    /// What the run as a whole decides.
    pub options: &'a Options,
    /// The files.
    pub items: &'a Items,
    /// How many threads work.
    pub threads: usize,
    /// What is known from earlier runs.
    pub cache: Option<&'a Cache>,
    /// Which findings are waived.
    pub waivers: &'a Waivers,
    /// Whether what was found in a file that could be read is left out.
    pub only_catalogue: bool,
}

/// Makes texts of a practice, on any thread: one for each form that wants it.
pub type Draw<'a> = &'a (dyn Fn(&Practice) -> Vec<String> + Sync);

/// A text that has been checked.
#[derive(Debug)]
pub struct Checked {
    /// The number of its file.
    pub item: usize,
    /// Its name for people: the file, and the line where it is not all of it.
    pub shown: String,
    /// Where it stands in its file, if it is not all of it.
    pub place: Option<Place>,
    /// The text.
    pub source: Arc<Source>,
    /// What was found in it.
    pub practices: Vec<Practice>,
    /// The texts made of each practice, where some were wanted.
    pub drawn: Vec<Vec<String>>,
    /// How many findings of it were left out.
    pub left_out: usize,
    /// Why it could not be read.
    pub error: Option<ReadError>,
}

/// Some texts in a row, and how much of the run is done with them.
#[derive(Debug)]
pub struct Batch {
    /// The texts.
    pub texts: Vec<Checked>,
    /// From 0 to 1, where that can be known.
    pub progress: Option<f64>,
}

impl Run<'_> {
    /// Checks everything, and hands it over in order.
    pub fn each(&self, draw: Option<Draw<'_>>, take: &mut dyn FnMut(Step<Batch>) -> io::Result<()>) -> io::Result<()> {
        // One small file is not worth a thread.
        if let Some(job) = stream::only_one(self.items) {
            return take(Step::Done(self.check(job, draw)));
        }
        let feed = |push: Push<'_, Job>| stream::feed(self.items, push);
        ordered(self.threads, feed, |job| self.check(job, draw), take)
    }

    fn check(&self, mut job: Job, draw: Option<Draw<'_>>) -> Batch {
        let (progress, turn) = (job.progress, job.turn());
        let mut texts = Vec::new();
        job.each(self.items, &mut |item, text| texts.push(self.text(item, text)));
        if let Some(turn) = turn {
            let own = texts.iter().map(|text| text.practices.len()).sum();
            let numbers = turn.pass(own) + 1..;
            let practices = texts.iter_mut().flat_map(|text| &mut text.practices);
            practices
                .zip(numbers)
                .for_each(|(practice, number)| practice.document = number);
        }
        if let Some(draw) = draw {
            for text in &mut texts {
                text.drawn = text.practices.iter().map(draw).collect();
            }
        }
        Batch { texts, progress }
    }

    fn text(&self, item: &Item, text: Text) -> Checked {
        let source = |content: String| Arc::new(Source::chunk(item.shown.clone(), content, text.base));
        let mut left_out = 0;
        let (source, practices, error) = match text.content {
            Ok(source) => {
                let source = Arc::new(source);
                let mut practices = self.practices(item, &source);
                let day = self.options.as_of;
                self.waivers.apply(self.set, day, item.path.as_deref(), &mut practices);
                if self.only_catalogue {
                    left_out = practices.iter_mut().map(leave_out).sum();
                }
                (source, practices, None)
            }
            Err(ReadError::NotUtf8 { lossy, valid_up_to }) => {
                let source = source(lossy);
                let practice = not_utf8(self.set, self.options, source.clone(), valid_up_to);
                let lossy = String::new();
                (source, vec![practice], Some(ReadError::NotUtf8 { lossy, valid_up_to }))
            }
            Err(error) => {
                let source = source(String::new());
                let mut practice = Practice::empty(source.clone(), 1, State::Unreadable);
                practice.problem = Some(error.to_string());
                (source, vec![practice], Some(error))
            }
        };
        let shown = match text.base.line {
            0 => item.shown.clone(),
            line => format!("{}:{}", item.shown, line + 1),
        };
        Checked {
            item: text.item,
            shown,
            place: text.place,
            source,
            practices,
            drawn: Vec::new(),
            left_out,
            error,
        }
    }

    /// What is found in a text; from the cache, where it is known.
    fn practices(&self, item: &Item, source: &Arc<Source>) -> Vec<Practice> {
        let check = || lint_source(self.set, self.options, source, item.presence);
        match self.cache {
            None => check(),
            Some(cache) => cache.get_or(source, item.presence, check),
        }
    }
}

/// Takes the findings from a practice and says how many of them counted. Of what was not checked, as it could not be read,
/// they stay: it is no part of the catalogue, and must not pass because it was not seen.
fn leave_out(practice: &mut Practice) -> usize {
    if !matches!(practice.state, State::Checked | State::Headings) {
        return 0;
    }
    let counted = practice.counted().count() + practice.omitted;
    practice.findings.clear();
    practice.omitted = 0;
    counted
}
