// task: twice
// outcome: types or syntax or out_of_memory
// attack: a macro that calls itself
macro_rules! again {
    ($($any:tt)*) => {
        again!($($any)* $($any)* x)
    };
}

fn twice(x: i32) -> i32 {
    again!(x)
}
