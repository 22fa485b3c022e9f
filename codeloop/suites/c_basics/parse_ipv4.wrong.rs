fn parsed(text: &[u8]) -> Option<u32> {
    let mut address = 0u32;
    let mut n_parts = 0;
    for part in text.split(|&byte| byte == b'.') {
        if !(1..=3).contains(&part.len()) || !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = part.iter().fold(0u32, |number, byte| number * 10 + u32::from(byte - b'0'));
        if number > 256 {
            return None;
        }
        address = (address << 8) | number;
        n_parts += 1;
    }
    (n_parts == 4).then_some(address)
}

pub fn parse_ipv4(text: &[u8], address: &mut u32) -> i32 {
    let found = parsed(text);
    if let Some(value) = found {
        *address = value;
    }
    i32::from(found.is_some())
}
