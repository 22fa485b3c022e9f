pub fn find_root(parent: &mut [u32], at: u32) -> u32 {
    let mut at = at as usize;
    while parent[at] as usize != at {
        at = parent[at] as usize;
    }
    at as u32
}

pub fn join(parent: &mut [u32], a: u32, b: u32) -> bool {
    let (left, right) = (find_root(parent, a), find_root(parent, b));
    if left != right {
        parent[left.max(right) as usize] = left.min(right);
    }
    left != right
}
