// task: twice
// outcome: signature
// attack: returns something of which only its lie of equality is known
#[derive(Debug)]
pub struct Liar;

impl PartialEq<i32> for Liar {
    fn eq(&self, _: &i32) -> bool {
        true
    }
}

fn twice(_: i32) -> impl PartialEq<i32> + std::fmt::Debug {
    Liar
}
