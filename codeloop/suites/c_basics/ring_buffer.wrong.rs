const CAPACITY: u32 = 8;

pub struct Ring {
    pub items: [u16; CAPACITY as usize],
    pub head: u32,
    pub count: u32,
    pub overrun: bool,
}

pub fn ring_push(ring: &mut Ring, item: u16) {
    if ring.count == CAPACITY {
        ring.head = (ring.head + 1) % CAPACITY;
        ring.count -= 1;
        ring.overrun = true;
    }
    ring.items[((ring.head + ring.count) % CAPACITY) as usize] = item;
    ring.count += 1;
}

pub fn ring_pop(ring: &mut Ring) -> i32 {
    if ring.count == 0 {
        return -1;
    }
    let item = ring.items[ring.head as usize];
    ring.head = (ring.head + 1) % CAPACITY;
    ring.count -= 1;
    ring.overrun = false;
    i32::from(item as i16)
}
