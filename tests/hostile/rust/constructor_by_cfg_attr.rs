// task: twice
// outcome: refused
// attack: the attribute stands in another
#[cfg_attr(all(), link_section = ".init_array")]
#[used]
static EARLY: extern "C" fn() = early;

extern "C" fn early() {
    std::process::exit(0)
}

fn twice(x: i32) -> i32 {
    x
}
