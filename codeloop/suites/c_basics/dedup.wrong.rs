pub fn dedup(values: &mut [i64]) -> usize {
    let mut kept = 0;
    for i in 0..values.len() {
        if kept == 0 || values[i] != values[kept - 1] {
            values.swap(kept, i);
            kept += 1;
        }
    }
    kept
}
