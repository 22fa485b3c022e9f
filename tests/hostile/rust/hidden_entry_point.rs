// task: twice
// outcome: missing_entry_point
// attack: the function stands in a module
mod inner {
    pub fn twice(x: i32) -> i32 {
        2 * x
    }
}
