pub fn next_power(n: u32) -> u32 {
    n.checked_next_power_of_two().unwrap_or(0)
}
