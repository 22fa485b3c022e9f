/* Never negative; of 0 and 0 it is 0. */
unsigned gcd(int a, int b)
{
    unsigned x = a < 0 ? -(unsigned)a : (unsigned)a;
    unsigned y = b < 0 ? -(unsigned)b : (unsigned)b;

    while (y != 0) {
        unsigned rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}
