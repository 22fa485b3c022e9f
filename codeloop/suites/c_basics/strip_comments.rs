pub fn strip_comments(text: &mut Vec<u8>) {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some(&first) = rest.first() {
        if rest.starts_with(b"/*") {
            rest = &rest[2..];
            let end = rest.windows(2).position(|pair| pair == b"*/");
            rest = end.map_or(&[], |at| &rest[at + 2..]);
            kept.push(b' ');
        } else if rest.starts_with(b"//") {
            let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            rest = &rest[end..];
        } else {
            kept.push(first);
            rest = &rest[1..];
        }
    }
    *text = kept;
}
