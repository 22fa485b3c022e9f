pub fn to_celsius(fahrenheit: f64) -> i32 {
    let tenths = (fahrenheit - 32.0) * 50.0 / 9.0;
    (tenths + 0.5).floor() as i32
}
