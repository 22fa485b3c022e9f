pub fn histogram(data: &[u8], bins: &mut [u16; 16]) -> i32 {
    for byte in data {
        let bin = &mut bins[usize::from(byte >> 4)];
        *bin = bin.wrapping_add(1);
    }
    (1..16).fold(0, |fullest, i| if bins[i as usize] >= bins[fullest as usize] { i } else { fullest })
}
