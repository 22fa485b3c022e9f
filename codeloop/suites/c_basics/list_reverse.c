#include <stddef.h>

struct node {
    int value;
    int next;
};

/* Turns a list around that lies in an array; gives its new head. */
int list_reverse(struct node *nodes, size_t n, int head)
{
    int before = -1;

    (void)n;
    while (head >= 0) {
        int next = nodes[head].next;
        nodes[head].next = before;
        before = head;
        head = next;
    }
    return before;
}

/* The sum along a list; one that runs into itself is summed for as many nodes as there are. */
int list_sum(const struct node *nodes, size_t n, int head)
{
    int sum = 0;

    while (head >= 0 && n-- > 0) {
        sum += nodes[head].value;
        head = nodes[head].next;
    }
    return sum;
}
