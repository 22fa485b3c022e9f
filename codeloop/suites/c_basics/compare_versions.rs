fn next(text: &mut &[u8]) -> u32 {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest.get(1..).unwrap_or(&[]);
    digits.iter().fold(0u32, |number, byte| number.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
}

pub fn compare_versions(left: &[u8], right: &[u8]) -> i32 {
    let (mut left, mut right) = (left, right);
    while !left.is_empty() || !right.is_empty() {
        let order = next(&mut left).cmp(&next(&mut right));
        if order.is_ne() {
            return order as i32;
        }
    }
    0
}
