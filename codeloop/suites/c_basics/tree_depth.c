#include <stddef.h>
#include <stdint.h>

typedef struct tree_node {
    int16_t left, right;
} tree_node;

/* How many nodes the longest way down has. */
int tree_depth(const tree_node *tree, size_t n, int root)
{
    int left, right;

    if (root < 0)
        return 0;
    left = tree_depth(tree, n, tree[root].left);
    right = tree_depth(tree, n, tree[root].right);
    return 1 + (left > right ? left : right);
}
