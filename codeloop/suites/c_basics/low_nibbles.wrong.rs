pub fn low_nibbles(a: u8, b: u8) -> u32 {
    let high = u32::from(!a >> 4) & 0xffff;
    let low = a.wrapping_add(b) >> 1;
    let whole = (u32::from(a) + u32::from(b)) >> 1;
    (high << 8) | u32::from(low) | (whole << 24)
}
