pub fn to_gray(n: u32) -> u32 {
    n ^ (n >> 1)
}

pub fn from_gray(gray: u32) -> u32 {
    let mut value = gray;
    for shift in [1, 2, 4, 8] {
        value ^= value >> shift;
    }
    value
}
