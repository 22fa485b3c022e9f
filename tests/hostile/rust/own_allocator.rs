// task: twice
// outcome: refused
// attack: an allocator that sees all memory of the process, before main too
use std::alloc::{GlobalAlloc, Layout, System};

struct Mine;

unsafe impl GlobalAlloc for Mine {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        System.alloc(layout)
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        System.dealloc(at, layout)
    }
}

#[global_allocator]
static MINE: Mine = Mine;

fn twice(x: i32) -> i32 {
    x
}
