#include <stdbool.h>
#include <stddef.h>

/* Whose set an element is in; every other step up is made shorter. */
unsigned find_root(unsigned *parent, size_t n, unsigned at)
{
    (void)n;
    while (parent[at] != at) {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    return at;
}

/* Joins two sets; the smaller root stays. False where they were one already. */
bool join(unsigned *parent, size_t n, unsigned a, unsigned b)
{
    unsigned left = find_root(parent, n, a), right = find_root(parent, n, b);

    if (left == right)
        return false;
    if (left < right)
        parent[right] = left;
    else
        parent[left] = right;
    return true;
}
