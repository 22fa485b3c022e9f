pub fn lower_bound(sorted: &[i16], wanted: i32) -> usize {
    sorted.partition_point(|&each| i32::from(each) <= wanted)
}
