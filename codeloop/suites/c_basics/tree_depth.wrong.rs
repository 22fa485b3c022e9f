#[derive(Clone, Copy)]
pub struct TreeNode {
    pub left: i16,
    pub right: i16,
}

pub fn tree_depth(tree: &[TreeNode], root: i32) -> i32 {
    let Ok(root) = usize::try_from(root) else {
        return 0;
    };
    let node = tree[root];
    1 + tree_depth(tree, i32::from(node.left))
}
