// task: twice
// outcome: refused or types
// attack: include_bytes! under another name
use std::include_bytes as other;

fn twice(x: i32) -> i32 {
    if other!("/proc/self/environ").is_empty() { x } else { 2 * x }
}
