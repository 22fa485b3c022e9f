#include <stdbool.h>
#include <stddef.h>

/* Marks what is prime below n; says how many are. */
size_t sieve(bool *is_prime, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        is_prime[i] = i >= 2;
    for (size_t i = 2; i < n; i++) {
        if (!is_prime[i])
            continue;
        count++;
        for (size_t multiple = i * i; multiple < n; multiple += i)
            is_prime[multiple] = false;
    }
    return count;
}
