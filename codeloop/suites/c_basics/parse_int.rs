pub fn parse_int(text: &[u8], out: &mut i32) -> bool {
    let parsed = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    if let Some(value) = parsed {
        *out = value;
    }
    parsed.is_some()
}
