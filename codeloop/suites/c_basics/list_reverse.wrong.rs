#[derive(Clone, Copy)]
pub struct Node {
    pub value: i32,
    pub next: i32,
}

pub fn list_reverse(nodes: &mut [Node], head: i32) -> i32 {
    let (mut before, mut at) = (-1, head);
    while let Ok(index) = usize::try_from(at) {
        let next = std::mem::replace(&mut nodes[index].next, before);
        (before, at) = (at, next);
    }
    before
}

pub fn list_sum(nodes: &[Node], head: i32) -> i32 {
    let mut at = head;
    let mut sum = 0i32;
    for _ in nodes.iter().skip(1) {
        let Some(node) = usize::try_from(at).ok().and_then(|index| nodes.get(index)) else {
            break;
        };
        sum = sum.wrapping_add(node.value);
        at = node.next;
    }
    sum
}
