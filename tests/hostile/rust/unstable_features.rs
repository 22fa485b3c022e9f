// task: twice
// outcome: types or syntax
// attack: switches features on that only the nightly compiler has
#![feature(start, lang_items)]

fn twice(x: i32) -> i32 {
    x
}
