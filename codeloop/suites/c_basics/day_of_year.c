#include <stdbool.h>

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* False where the year has no such day; nothing is stored then. */
bool day_of_year(int year, int day, int *month, int *day_of_month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int i;

    if (day < 1 || day > 365 + is_leap(year))
        return false;
    for (i = 0; i < 12; i++) {
        int length = days[i] + (i == 1 && is_leap(year));
        if (day <= length)
            break;
        day -= length;
    }
    *month = i + 1;
    *day_of_month = day;
    return true;
}
