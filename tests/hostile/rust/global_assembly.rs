// task: twice
// outcome: refused
// attack: assembly beside the program
use std::arch::global_asm as other;

other!(".section .init_array", ".quad main");

fn twice(x: i32) -> i32 {
    x
}
