// task: point
// outcome: types
// attack: a second equality for a type of the prompt, made by a macro
#[derive(Debug, PartialEq)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

macro_rules! lie {
    ($trait:ident) => {
        impl $trait for Point {
            fn eq(&self, _: &Point) -> bool {
                true
            }
        }
    };
}

lie!(PartialEq);

fn mirror(point: Point) -> Point {
    point
}
