/* Where a value stands last, or -1. With no values it reads one before the first: nobody may ask that of it. */
int last_index(const int *values, int n, int wanted)
{
    int i = n - 1;

    while (values[i] != wanted) {
        if (i == 0)
            return -1;
        i--;
    }
    return i;
}
