fn is_space(byte: u8) -> bool {
    byte == b' ' || (b'\t'..=b'\r').contains(&byte)
}

pub fn trim(text: &mut Vec<u8>) -> usize {
    let end = text.iter().rposition(|&byte| !is_space(byte)).map_or(0, |at| at + 1);
    text.truncate(end);
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(0);
    text.drain(..start);
    text.len()
}
