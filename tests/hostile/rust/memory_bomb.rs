// task: twice
// outcome: out_of_memory
// attack: allocates and touches without end
fn twice(x: i32) -> i32 {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![x as u8 | 1; 1 << 24]);
    }
}
