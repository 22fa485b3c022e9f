// task: twice
// outcome: output_limit
// attack: prints 50 MB
fn twice(x: i32) -> i32 {
    let line = "x".repeat(1 << 20);
    for _ in 0..50 {
        println!("{line}");
    }
    2 * x
}
