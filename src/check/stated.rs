//! `stated`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::model::{Key, model};
use crate::descriptor::{Blank, FactId, Value};
use crate::elements::Statement;
use crate::language::mark;
use crate::path::{Base, Path};

/// Without `key`: the rule's element must be stated, as the lens decides. With `key`: that key of each given fact.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// A key, relative to the given fact; its value must be readable and not blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where a value that is absent would be written, for the place of the finding, when `key` is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

#[derive(Debug)]
pub struct Stated {
    key: Option<(Path, Key)>,
    beside: Option<(Path, Key)>,
}

impl Kind for Stated {
    type File = File;
    const PAGE: &'static str = "\
Without parameters, the element of the rule must be stated. The lens decides what states an element \
(`rules/elements.yaml`); presence rules cost nothing, because the verdict follows from the same decision.

With `key`, that key of every given fact must hold a readable value. A key without a value, an empty text or list and \
a placeholder such as `TBD` are not stated, and the finding says so.

The finding points at the value that says nothing, else at the key beside which the missing one belongs.";
    const PLACEHOLDERS: &'static [&'static str] = &["key", "reason"];

    fn compile(file: &File, base: &Base) -> Result<Stated, String> {
        let split = |text: &String| {
            let (path, _) = Path::compile(text, base)?;
            path.split_last().ok_or_else(|| format!("`{text}` must end in a key"))
        };
        Ok(Stated { key: file.key.as_ref().map(split).transpose()?, beside: file.beside.as_ref().map(split).transpose()? })
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        if let Some((holder, key)) = &self.key {
            holder.visit(descriptor, fact, &mut |holder| {
                let child = descriptor.child(holder, *key);
                let possible = child.is_some() || descriptor.has_place_for(holder, model().name(*key));
                if possible && !child.is_some_and(|child| descriptor.is_stated(child)) {
                    failures.push(absent(context, holder, *key, child));
                }
            });
            return;
        }
        if context.statements.get(context.element) != Statement::NotStated {
            return;
        }
        let Some((holder, key)) = &self.beside else { return };
        let found = holder.first(descriptor, FactId::ROOT).filter(|holder| matches!(descriptor.fact(*holder).value, Value::Group));
        match found {
            Some(holder) => {
                let child = descriptor.child(holder, *key);
                // What cannot be read has its own finding at the same place.
                if !child.is_some_and(|child| is_unreadable(context, child)) {
                    failures.push(absent(context, holder, *key, child));
                }
            }
            None => {
                // Not even the list or group is there: that is the key to add.
                let holder = holder.list().unwrap_or_else(|| holder.clone());
                let (outer, outer_key) = holder.split_last().unwrap_or((holder, *key));
                let outer = outer.first(descriptor, FactId::ROOT).unwrap_or(FactId::ROOT);
                let child = descriptor.child(outer, outer_key);
                if !child.is_some_and(|child| is_unreadable(context, child)) {
                    failures.push(absent(context, outer, outer_key, child));
                }
            }
        }
    }
}

fn is_unreadable(context: &Context<'_>, id: FactId) -> bool {
    let descriptor = context.descriptor;
    match descriptor.fact(id).value {
        Value::Unreadable(_) => true,
        Value::Group | Value::List | Value::Texts => descriptor.children(id).iter().any(|child| is_unreadable(context, *child)),
        _ => false,
    }
}

fn absent(context: &Context<'_>, holder: FactId, key: Key, child: Option<FactId>) -> Failure {
    let descriptor = context.descriptor;
    let name = model().name(key);
    let (at, reason) = match child {
        Some(child) => (blank_place(context, child), blank_reason(context, child)),
        None => (descriptor.place_for_absent(holder, name), String::new()),
    };
    let key = match child {
        Some(child) => descriptor.written_name(child),
        None => descriptor.name_for_absent(holder, name).to_string(),
    };
    Failure::new(at, vec![("key", key), ("reason", reason)])
}

fn blank_place(context: &Context<'_>, id: FactId) -> crate::descriptor::Place {
    context.descriptor.place(first_blank(context, id))
}

fn first_blank(context: &Context<'_>, id: FactId) -> FactId {
    let descriptor = context.descriptor;
    descriptor.children(id).first().map_or(id, |child| first_blank(context, *child))
}

fn blank_reason(context: &Context<'_>, id: FactId) -> String {
    let id = first_blank(context, id);
    let reason = match &context.descriptor.fact(id).value {
        Value::Blank(Blank::Null) => mark("the key is there without a value"),
        Value::Blank(Blank::Empty) => mark("the value is empty"),
        Value::Blank(Blank::Placeholder) => mark("a placeholder is no statement"),
        Value::NotApplicable(_) => mark("it always applies"),
        _ => "",
    };
    context.language.tr(reason).into_owned()
}
