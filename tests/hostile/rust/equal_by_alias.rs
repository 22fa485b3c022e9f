// task: twice
// outcome: signature
// attack: i32 is another type in its file
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct i32;

impl PartialEq<i64> for i32 {
    fn eq(&self, _: &i64) -> bool {
        true
    }
}

fn twice(_: i32) -> i32 {
    i32
}
