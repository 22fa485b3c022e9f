pub fn run_length(data: &[u8], out: &mut [u8]) -> usize {
    let mut used = 0;
    let mut rest = data;
    while let Some(&first) = rest.first() {
        let count = rest.iter().take(256).take_while(|&&byte| byte == first).count();
        let Some(pair) = out.get_mut(used..used + 2) else {
            return 0;
        };
        pair.copy_from_slice(&[count as u8, first]);
        used += 2;
        rest = &rest[count..];
    }
    used
}
