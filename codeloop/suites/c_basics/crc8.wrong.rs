pub fn crc8(data: &[u8], start: u8) -> u8 {
    data.iter().fold(start, |crc, byte| {
        (0..7).fold(crc ^ byte, |crc, _| if crc & 0x80 != 0 { (crc << 1) ^ 0x07 } else { crc << 1 })
    })
}
