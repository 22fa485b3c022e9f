int floor_div(int a, int b)
{
    int quotient = a / b;

    if ((a % b != 0) && ((a < 0) != (b < 0)))
        quotient--;
    return quotient;
}

int floor_mod(int a, int b)
{
    int rest = a % b;

    if (rest != 0 && (rest < 0) != (b < 0))
        rest += b;
    return rest;
}
