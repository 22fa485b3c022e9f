pub fn rc4(key: &[u8], data: &mut [u8]) {
    let mut table: [u8; 256] = std::array::from_fn(|k| k as u8);
    let mut j = 0u8;
    for k in 0..256 {
        j = j.wrapping_add(table[k]).wrapping_add(key[k % key.len()]);
        table.swap(k, usize::from(j));
    }
    let mut i = 0u8;
    for byte in data {
        i = i.wrapping_add(1);
        j = j.wrapping_add(table[usize::from(i)]);
        table.swap(usize::from(i), usize::from(j));
        let at = table[usize::from(i)].wrapping_add(table[usize::from(j)]);
        *byte ^= table[usize::from(at)];
    }
}
