pub fn rotate_left(value: u32, by: u32) -> u32 {
    value.rotate_left(by)
}
