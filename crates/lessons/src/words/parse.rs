//! The file format of texts.

/// Calls `entry` with key and text of every entry, paragraphs separated by
/// one line break.
pub fn entries(file: &str, mut entry: impl FnMut(String, String)) {
    let mut open: Option<(String, String)> = None;
    let mut was_blank = false;
    for line in file.lines() {
        let text = line.trim();
        if text.is_empty() {
            was_blank = true;
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = &mut open {
                if !value.is_empty() {
                    value.push(if was_blank { '\n' } else { ' ' });
                }
                value.push_str(text);
            }
        } else if !text.starts_with('#') {
            if let Some((key, value)) = open.take() {
                entry(key, value);
            }
            if let Some((key, value)) = text.split_once('=') {
                open = Some((key.trim().to_owned(), value.trim().to_owned()));
            }
        }
        was_blank = false;
    }
    if let Some((key, value)) = open {
        entry(key, value);
    }
}
