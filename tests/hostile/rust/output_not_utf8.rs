// task: twice
// outcome: wrong_answer
// attack: prints bytes that are no text and returns
use std::io::Write;

fn twice(x: i32) -> i32 {
    let _ = std::io::stdout().write_all(&[0xff, 0xfe, 0, 0x80]);
    x
}
