// task: twice
// outcome: refused
// attack: a module whose source is another file
#[path = "/etc/passwd"]
mod other;

fn twice(x: i32) -> i32 {
    x
}
