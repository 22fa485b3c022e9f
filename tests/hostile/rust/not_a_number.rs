// task: half
// outcome: wrong_answer
// attack: NaN, which no comparison holds for
fn half(_: f64) -> f64 {
    f64::NAN
}
