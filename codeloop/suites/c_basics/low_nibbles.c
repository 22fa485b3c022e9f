/* What is left of the complement of a byte, in an int. */
unsigned low_nibbles(unsigned char a, unsigned char b)
{
    unsigned high = (unsigned)(~a >> 4) & 0xffffu;
    unsigned char low = (unsigned char)(a + b) >> 1;

    return (high << 8) | (unsigned)low | (unsigned)((a + b) >> 1) << 24;
}
