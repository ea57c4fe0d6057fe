//! `file:` addresses and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

/// The file that an address names; nothing where it names none on this machine.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    if !matches!(host, "" | "localhost") {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let decoded = decode(path)?;
    // `/C:/x` of Windows.
    let drive = decoded.get(1..).filter(|rest| rest.get(1..2) == Some(":"));
    match drive.filter(|_| cfg!(windows)) {
        Some(windows) => Some(PathBuf::from(windows.replace('/', "\\"))),
        None => Some(PathBuf::from(decoded)),
    }
}

/// The address of a file, as clients write it.
pub fn of(path: &Path) -> Option<Uri> {
    let absolute = std::path::absolute(path).ok()?;
    let text = absolute.to_str()?.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let mut uri = String::from("file://");
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(byte.into());
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    Uri::from_str(&uri).ok()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(others.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &others[2..];
        } else {
            bytes.push(first);
            rest = others;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let uri = |text: &str| Uri::from_str(text).expect("an address");
        assert_eq!(
            path(&uri("file:///a/t%C3%ADtulo%20b.yaml")),
            Some("/a/título b.yaml".into())
        );
        assert_eq!(path(&uri("untitled:Untitled-1")), None);
        assert_eq!(path(&uri("file://server/share/x.yaml")), None);
        for name in ["/a/título b.yaml", "/x/#1%?.yaml", "/plain.yaml"] {
            let there = of(Path::new(name)).expect("an address");
            assert_eq!(path(&there).as_deref(), Some(Path::new(name)), "{}", there.as_str());
        }
    }
}
