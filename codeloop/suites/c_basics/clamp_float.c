/* Between low and high; what is not a number becomes low. */
float clamp_float(float value, float low, float high)
{
    if (!(value > low))
        return low;
    return value < high ? value : high;
}
