static unsigned next(const char **text)
{
    unsigned number = 0;

    while (**text >= '0' && **text <= '9')
        number = number * 10 + (unsigned)(*(*text)++ - '0');
    if (**text)
        ++*text;
    return number;
}

/* -1, 0 or 1. */
int compare_versions(const char *left, const char *right)
{
    while (*left || *right) {
        unsigned a = next(&left), b = next(&right);
        if (a != b)
            return a < b ? -1 : 1;
    }
    return 0;
}
