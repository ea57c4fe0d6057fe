//! `url`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Failure, Kind};
use crate::descriptor::{FactId, shorten};
use crate::path::Base;

/// What is asked of the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Whether only `https` will do.
    #[serde(default)]
    pub https: bool,
}

#[derive(Debug)]
pub struct Url(File);

impl Kind for Url {
    type File = File;
    const PAGE: &'static str = "\
The given text must be a complete web address: `http://` or `https://` (only the latter with `https`), a host, no \
spaces. Nothing is fetched.";
    const PLACEHOLDERS: &'static [&'static str] = &["value", "suggestion"];

    fn compile(file: &File, _: &Base) -> Result<Url, String> {
        Ok(Url(file.clone()))
    }

    fn run(&self, context: &Context<'_>, fact: FactId, failures: &mut Vec<Failure>) {
        let descriptor = context.descriptor;
        for (_, id, text) in descriptor.texts(fact) {
            if !self.accepts(text) {
                let suggestion = if text.starts_with("www.") && !text.contains(' ') { format!("https://{text}") } else { String::new() };
                failures.push(Failure::new(descriptor.place(id), vec![("value", shorten(text, 60)), ("suggestion", suggestion)]));
            }
        }
    }
}

impl Url {
    fn accepts(&self, text: &str) -> bool {
        let scheme_ok = |text: &str| text.strip_prefix("https://").or_else(|| if self.0.https { None } else { text.strip_prefix("http://") }).map(str::to_string);
        let Some(rest) = scheme_ok(text) else { return false };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or(host).split(':').next().unwrap_or_default();
        let host_ok = !host.is_empty() && (host.contains('.') || host == "localhost") && !host.starts_with('.') && !host.ends_with('.');
        host_ok && !text.contains(char::is_whitespace) && !text.contains(['<', '>', '"'])
    }
}
