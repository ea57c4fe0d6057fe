//! The texts that are open in the editor, kept in step with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};

use super::position::{Encoding, Text};
use super::uri;
use crate::source::Form;

/// An open text.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its address.
    pub uri: Uri,
    /// Its file, if it has one.
    pub path: Option<PathBuf>,
    /// The version that the client gave it last.
    pub version: i32,
    /// The text.
    pub text: Arc<Text>,
    form: Option<Form>,
}

impl Document {
    /// A text that was opened.
    pub fn open(item: TextDocumentItem, encoding: Encoding) -> Document {
        let path = uri::path(&item.uri);
        let by_name = Form::of(path.as_deref().unwrap_or(Path::new(item.uri.as_str())));
        let form = by_name.or(match item.language_id.as_str() {
            "yaml" => Some(Form::Yaml),
            "json" => Some(Form::Json),
            _ => None,
        });
        Document {
            path,
            form,
            uri: item.uri,
            version: item.version,
            text: Arc::new(Text::new(item.text, encoding)),
        }
    }

    /// The same text after changes, each of which speaks of the text behind the one before.
    pub fn changed(&self, changes: Vec<TextDocumentContentChangeEvent>, version: i32) -> Document {
        let mut text = Arc::clone(&self.text);
        for change in changes {
            let encoding = text.encoding();
            let new = match change.range {
                None => change.text,
                Some(range) => {
                    let mut own = text.as_str().to_string();
                    own.replace_range(text.span(range).range(), &change.text);
                    own
                }
            };
            text = Arc::new(Text::new(new, encoding));
        }
        Document {
            text,
            version,
            ..self.clone()
        }
    }

    /// Whether it is text of the kind in which descriptors are written. Streams of records are left to `check`.
    pub fn is_yaml_or_json(&self) -> bool {
        matches!(self.form, Some(Form::Yaml | Form::Json))
    }

    /// Whether it has to be strict JSON.
    pub fn is_json(&self) -> bool {
        self.form == Some(Form::Json)
    }

    /// The name under which it is checked; its ending says what it is.
    pub fn name(&self) -> String {
        let untitled = || {
            if self.is_json() {
                "untitled.json"
            } else {
                "untitled.yaml"
            }
            .to_string()
        };
        let named = self.path.as_ref().filter(|path| Form::of(path) == self.form);
        named.map_or_else(untitled, |path| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use lsp_types::{Position, Range};

    use super::*;

    fn change(from: (u32, u32), to: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        TextDocumentContentChangeEvent {
            range: Some(Range::new(Position::new(from.0, from.1), Position::new(to.0, to.1))),
            range_length: None,
            text: text.to_string(),
        }
    }

    #[test]
    fn changes_follow_each_other() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let uri = Uri::from_str("file:///x.yaml").expect("an address");
            let item = TextDocumentItem::new(uri, "yaml".to_string(), 1, "título: á\r\nb: 1\r\n".to_string());
            let document = Document::open(item, encoding);
            let width = |text: &str| match encoding {
                Encoding::Utf8 => text.len() as u32,
                Encoding::Utf16 => text.encode_utf16().count() as u32,
            };
            let end = width("título: á");
            let changes = vec![
                change((0, end), (0, end), "𐐀"),
                change((0, end), (0, end + width("𐐀")), "é"),
                change((1, 3), (1, 4), "22"),
                change((2, 0), (2, 0), "c: 3"),
            ];
            let document = document.changed(changes, 2);
            assert_eq!(document.text.as_str(), "título: áé\r\nb: 22\r\nc: 3");
            assert_eq!(document.version, 2);
        }
    }
}
