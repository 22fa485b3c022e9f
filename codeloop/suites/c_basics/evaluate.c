/* Sums and products of numbers, with parentheses. */
static long expression(const char **at, int *failed, int depth);

static long factor(const char **at, int *failed, int depth)
{
    long value = 0;

    if (**at == '-' && depth < 20) {
        ++*at;
        return -factor(at, failed, depth + 1);
    }
    if (**at == '(' && depth < 20) {
        ++*at;
        value = expression(at, failed, depth + 1);
        if (**at != ')')
            *failed = 1;
        else
            ++*at;
        return value;
    }
    if (**at < '0' || **at > '9')
        *failed = 1;
    while (**at >= '0' && **at <= '9')
        value = value * 10 + (*(*at)++ - '0');
    return value;
}

static long expression(const char **at, int *failed, int depth)
{
    long sum = 0, product = factor(at, failed, depth);

    while (!*failed && (**at == '+' || **at == '-' || **at == '*')) {
        char sign = *(*at)++;
        long next = factor(at, failed, depth);

        if (sign == '*') {
            product *= next;
        } else {
            sum += product;
            product = sign == '-' ? -next : next;
        }
    }
    return sum + product;
}

/* 0 and a result, or -1 where the text is no expression. */
int evaluate(const char *text, long *result)
{
    int failed = 0;
    long value = expression(&text, &failed, 0);

    if (failed || *text)
        return -1;
    *result = value;
    return 0;
}
