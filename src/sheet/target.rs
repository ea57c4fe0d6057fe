//! Where in the field model a canonical path leads, and how what stands there is read.

use std::sync::OnceLock;

use crate::descriptor::model::{Key, LineKind, Shape, model};
use crate::descriptor::native::is_language_tag;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A key.
    Key(String),
    /// Every item of a list: the values of a cell fill them one after the other.
    Every,
    /// One item.
    Item(usize),
}

/// Where a path leads.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The way there.
    pub(super) steps: Vec<Step>,
    /// How the value is read.
    pub(super) leaf: &'static Shape,
    /// Whether the path ends in a list whose items the values of a cell are.
    pub(super) is_list: bool,
    /// The steps behind which `none` can be said, the innermost first.
    pub(super) states: Vec<usize>,
}

/// Why a path leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// There is no such path.
    Unknown,
    /// It leads to a group; a key of it is needed.
    Group,
}

impl Target {
    /// Follows a path: `/assessment/*/type`, `/title/es`, `/participation/mode`.
    pub(super) fn of(path: &str) -> Result<Target, Astray> {
        let rest = path.strip_prefix('/').ok_or(Astray::Unknown)?;
        let (mut steps, mut states) = (Vec::new(), Vec::new());
        let mut here = Here::Group(model().root());
        for segment in rest.split('/') {
            let (step, next, says) = here.go(segment).ok_or(Astray::Unknown)?;
            steps.push(step);
            if says {
                states.insert(0, steps.len());
            }
            here = next;
        }
        let (leaf, is_list) = here.end().ok_or(Astray::Group)?;
        Ok(Target {
            steps,
            leaf,
            is_list,
            states,
        })
    }

    /// Every path to a value, for suggestions: those into the evidence of one element stand for all.
    pub(super) fn all() -> &'static [String] {
        static ALL: OnceLock<Vec<String>> = OnceLock::new();
        ALL.get_or_init(|| {
            let mut all = Vec::new();
            let root = model().root();
            for field in root.fields.iter().filter(|field| !field.only_issued) {
                collect(&format!("/{}", model().name(field.key)), &field.shape, 0, &mut all);
            }
            all
        })
    }
}

fn collect(path: &str, shape: &'static Shape, depth: usize, all: &mut Vec<String>) {
    if depth > 6 {
        return;
    }
    match shape {
        Shape::Any => {}
        Shape::Group(group) => {
            for field in &group.fields {
                let inner = format!("{path}/{}", model().name(field.key));
                collect(&inner, &field.shape, depth + 1, all);
            }
        }
        Shape::List { item, .. } => match &**item {
            Shape::Group(_) | Shape::Choice(_) => collect(&format!("{path}/*"), item, depth + 1, all),
            Shape::Any => {}
            _ => all.push(path.to_string()),
        },
        Shape::Choice(shapes) => shapes.iter().for_each(|shape| collect(path, shape, depth + 1, all)),
        Shape::Table(_) => {}
        _ => all.push(path.to_string()),
    }
}

/// A place in the model.
enum Here {
    Group(&'static crate::descriptor::model::Group),
    Shape(&'static Shape),
    /// A free key of an open group.
    Free,
}

static LINE: Shape = Shape::Line(LineKind::Line);
static ID: Shape = Shape::Line(LineKind::Id);

impl Here {
    /// One step further; whether `none` can be said there.
    fn go(&self, segment: &str) -> Option<(Step, Here, bool)> {
        let key = || Step::Key(segment.to_string());
        let shape = match self {
            Here::Free => return None,
            Here::Group(group) => {
                let known = model().key(segment).and_then(|key: Key| group.field(key));
                return match known {
                    Some((_, field)) if field.only_issued => None,
                    Some((_, field)) => Some((key(), Here::Shape(&field.shape), field.states)),
                    None if group.open && !segment.is_empty() && !segment.starts_with('*') => {
                        Some((key(), Here::Free, false))
                    }
                    None => None,
                };
            }
            Here::Shape(shape) => *shape,
        };
        match shape {
            Shape::Group(group) => Here::Group(group).go(segment),
            Shape::List { item, .. } if segment == "*" => Some((Step::Every, Here::Shape(item), false)),
            Shape::List { item, .. } => match segment.parse::<usize>() {
                Ok(number) if number < 100 => Some((Step::Item(number), Here::Shape(item), false)),
                Ok(_) => None,
                // A list of one may be left out.
                Err(_) => Here::Shape(item).go(segment),
            },
            Shape::Text if is_language_tag(segment) => Some((key(), Here::Shape(&LINE), false)),
            Shape::Table(item) if !segment.is_empty() && segment != "*" => Some((key(), Here::Shape(item), false)),
            Shape::Choice(shapes) => shapes.iter().find_map(|shape| Here::Shape(shape).go(segment)),
            _ => None,
        }
    }

    /// How a value here is read, and whether here is a list of such.
    fn end(&self) -> Option<(&'static Shape, bool)> {
        let shape = match self {
            Here::Free => return Some((&LINE, false)),
            Here::Group(_) => return None,
            Here::Shape(shape) => *shape,
        };
        match shape {
            Shape::Any | Shape::Table(_) => None,
            Shape::Group(group) => {
                let (_, field) = group.field(group.shorthand?)?;
                Some((&field.shape, false))
            }
            Shape::List { item, .. } => Here::Shape(item).end().map(|(leaf, _)| (leaf, true)),
            Shape::Choice(shapes) => {
                let plain = |shape: &&&'static Shape| !matches!(shape, Shape::Group(_) | Shape::List { .. });
                let first = shapes.iter().collect::<Vec<_>>();
                let plainest = first.iter().find(plain).or(first.first())?;
                Here::Shape(plainest).end()
            }
            // In a cell a description inside another can only be the id of one.
            Shape::Descriptor => Some((&ID, false)),
            leaf => Some((leaf, false)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_into_the_model() {
        let target = Target::of("/assessment/*/supervision").expect("known");
        assert_eq!(target.steps[1], Step::Every);
        assert!(matches!(target.leaf, Shape::Code(_)) && !target.is_list);
        assert_eq!(
            target.states,
            [3, 1],
            "`none` of the supervision, else of the assessment"
        );
        for (path, is_list) in [
            ("/participation/mode", true),
            ("/learning_outcomes", true),
            ("/title/es", false),
            ("/title", false),
            ("/prerequisites", false),
            ("/level/eqf", false),
            ("/level/nqf/*/level", false),
            ("/evidence/learning-outcomes/verdict", false),
            ("/practice/region", false),
            ("/sources/report/title", false),
            ("/assessment/1/type", false),
            ("/assessment/*/proves", true),
            ("/units", true),
        ] {
            assert_eq!(
                Target::of(path).map(|target| target.is_list).ok(),
                Some(is_list),
                "{path}"
            );
        }
        for path in ["/workload", "/extra", "/assessment", "/evidence/title", "/sources"] {
            assert_eq!(Target::of(path).err(), Some(Astray::Group), "{path}");
        }
        for path in [
            "title",
            "/titel",
            "/workload/hour",
            "/title/x y",
            "",
            "/",
            "/issued/learner",
            "/practice/",
        ] {
            assert_eq!(Target::of(path).err(), Some(Astray::Unknown), "{path}");
        }
    }

    #[test]
    fn every_path_that_is_suggested_leads_somewhere() {
        assert!(Target::all().len() > 100);
        for path in Target::all() {
            assert!(Target::of(path).is_ok(), "{path}");
        }
    }
}
