pub fn checksum16(data: &[u8]) -> u16 {
    let mut sum: u32 = data
        .chunks_exact(2)
        .map(|pair| (u32::from(pair[0]) << 8) | pair.get(1).map_or(0, |&low| u32::from(low)))
        .sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
