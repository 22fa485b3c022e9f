pub fn hex_encode(data: &[u8], out: &mut [u8]) -> i32 {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let n = 2 * data.len();
    if out.len() < n + 1 {
        return -1;
    }
    for (pair, byte) in out.chunks_exact_mut(2).zip(data) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    out[n] = 0;
    n as i32
}
