// task: twice
// outcome: refused
// attack: the attribute comes out of a macro
macro_rules! export {
    ($name:ident) => {
        #[$name]
        pub extern "C" fn write(_: i32, _: *const u8, n: usize) -> isize {
            n as isize
        }
    };
}

export!(no_mangle);

fn twice(x: i32) -> i32 {
    x
}
