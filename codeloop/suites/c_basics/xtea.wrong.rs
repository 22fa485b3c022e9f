const ROUNDS: u32 = 32;
const DELTA: u32 = 0x9E37_79B9;

fn mixed(half: u32, sum: u32, key: u32) -> u32 {
    ((half << 4) ^ (half >> 5)).wrapping_add(half) ^ sum.wrapping_add(key)
}

pub fn xtea_encrypt(block: &mut [u32; 2], key: &[u32; 4]) {
    let [mut left, mut right] = *block;
    let mut sum = 0u32;
    for _ in 0..ROUNDS {
        left = left.wrapping_add(mixed(right, sum, key[(sum & 3) as usize]));
        sum = sum.wrapping_add(DELTA);
        right = right.wrapping_add(mixed(left, sum, key[((sum >> 11) & 3) as usize]));
    }
    *block = [left, right];
}

pub fn xtea_decrypt(block: &mut [u32; 2], key: &[u32; 4]) {
    let [mut left, mut right] = *block;
    let mut sum = DELTA.wrapping_mul(ROUNDS);
    for _ in 0..ROUNDS {
        right = right.wrapping_sub(mixed(left, sum, key[((sum >> 11) & 3) as usize]));
        sum = sum.wrapping_sub(DELTA);
        left = left.wrapping_sub(mixed(right, sum, key[((sum >> 11) & 3) as usize]));
    }
    *block = [left, right];
}
