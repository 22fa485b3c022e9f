// task: twice
// outcome: crashed or exception
// attack: asks for more memory than there can be
fn twice(x: i32) -> i32 {
    let all: Vec<u8> = Vec::with_capacity(1 << 46);
    all.len() as i32 + x
}
