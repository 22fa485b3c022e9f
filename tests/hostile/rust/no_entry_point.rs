// task: twice
// outcome: missing_entry_point
// attack: a method of that name is no function
pub struct T;

impl T {
    fn twice(x: i32) -> i32 {
        2 * x
    }
}
