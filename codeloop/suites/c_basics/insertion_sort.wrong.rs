pub fn insertion_sort(values: &mut [i32]) -> usize {
    let mut moves = 0;
    for i in 1..values.len() {
        let mut j = i;
        while j > 1 && values[j - 1] > values[j] {
            values.swap(j - 1, j);
            j -= 1;
            moves += 1;
        }
    }
    moves
}
