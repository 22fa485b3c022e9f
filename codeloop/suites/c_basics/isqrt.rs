pub fn isqrt(n: u32) -> u32 {
    let n = u64::from(n);
    let (mut low, mut high) = (0u64, 65_536u64);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle * middle <= n {
            low = middle;
        } else {
            high = middle;
        }
    }
    low as u32
}
