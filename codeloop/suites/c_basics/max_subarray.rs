pub fn max_subarray(values: &[i32], from: &mut usize, to: &mut usize) -> i64 {
    let (mut best, mut sum, mut start) = (i64::from(values[0]), i64::from(values[0]), 0);
    (*from, *to) = (0, 0);
    for (i, &value) in values.iter().enumerate().skip(1) {
        if sum < 0 {
            (sum, start) = (0, i);
        }
        sum += i64::from(value);
        if sum > best {
            best = sum;
            (*from, *to) = (start, i);
        }
    }
    best
}
