//! Percent escapes of a fragment.

/// Decodes `%41` and `+`; broken escapes stay as they are, bytes that are no
/// UTF-8 become the replacement character.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%'
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(if byte == b'+' { b' ' } else { byte });
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Appends `text`, with everything escaped that is not plain in a fragment.
pub fn encode(text: &str, onto: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte) {
            onto.push(char::from(byte));
        } else {
            onto.push('%');
            for nibble in [byte >> 4, byte & 15] {
                onto.push(char::from(
                    *DIGITS.get(usize::from(nibble)).unwrap_or(&b'0'),
                ));
            }
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}
