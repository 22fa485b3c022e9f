/* Adds two numbers; what does not fit stays at the nearest end. */
int clamp_add(int a, int b, int low, int high)
{
    long sum = (long)a + b;

    if (sum < low)
        return low;
    if (sum > high)
        return high;
    return (int)sum;
}
