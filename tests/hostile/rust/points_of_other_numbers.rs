// task: point
// outcome: types or signature
// attack: the type as given, but i32 is another
#[derive(Debug, PartialEq)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct i32;

impl PartialEq for i32 {
    fn eq(&self, _: &i32) -> bool {
        true
    }
}

fn mirror(point: Point) -> Point {
    point
}
