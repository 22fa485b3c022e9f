/* Days since the first of January 1970, in the calendar of today. */
long day_number(int year, unsigned month, unsigned day)
{
    long era;
    unsigned year_of_era, day_of_year, day_of_era;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year_of_era = (unsigned)(year - era * 400);
    day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + (long)day_of_era - 719468;
}

/* 0 is Sunday. */
int weekday(int year, unsigned month, unsigned day)
{
    long days = day_number(year, month, day);

    return (int)(days >= -4 ? (days + 4) % 7 : (days + 5) % 7 + 6);
}
