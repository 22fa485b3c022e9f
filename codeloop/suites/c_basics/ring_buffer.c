#include <stdbool.h>
#include <stdint.h>

#define CAPACITY 8

typedef struct {
    uint16_t items[CAPACITY];
    unsigned head;
    unsigned count;
    bool overrun;
} ring_t;

/* Puts in an item; the oldest makes room where there is none. */
void ring_push(ring_t *ring, uint16_t item)
{
    if (ring->count == CAPACITY) {
        ring->head = (ring->head + 1) % CAPACITY;
        ring->count--;
        ring->overrun = true;
    }
    ring->items[(ring->head + ring->count) % CAPACITY] = item;
    ring->count++;
}

/* Takes out the oldest item; -1 where there is none. */
int ring_pop(ring_t *ring)
{
    int item;

    if (ring->count == 0)
        return -1;
    item = ring->items[ring->head];
    ring->head = (ring->head + 1) % CAPACITY;
    ring->count--;
    ring->overrun = false;
    return item;
}
