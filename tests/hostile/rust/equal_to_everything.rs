// task: twice
// outcome: signature
// attack: returns a type that is equal to every number
#[derive(Debug)]
pub struct Liar;

impl PartialEq<i32> for Liar {
    fn eq(&self, _: &i32) -> bool {
        true
    }
}

fn twice(_: i32) -> Liar {
    Liar
}
