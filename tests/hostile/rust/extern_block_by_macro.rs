// task: twice
// outcome: refused
// attack: an extern block out of a macro
macro_rules! foreign {
    ($($item:item)*) => {
        $($item)*
    };
}

foreign! {
    extern "C" {
        fn _exit(status: i32) -> !;
    }
}

fn twice(x: i32) -> i32 {
    let _ = x;
    unsafe { _exit(0) }
}
