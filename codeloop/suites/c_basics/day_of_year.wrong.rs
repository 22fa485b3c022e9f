fn is_leap(year: i32) -> bool {
    year % 4 == 0 && year % 100 != 0
}

pub fn day_of_year(year: i32, day: i32, month: &mut i32, day_of_month: &mut i32) -> bool {
    let february = 28 + i32::from(is_leap(year));
    let mut rest = day;
    for (length, number) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().zip(1..) {
        if rest <= length {
            if rest < 1 {
                return false;
            }
            (*month, *day_of_month) = (number, rest);
            return true;
        }
        rest -= length;
    }
    false
}
