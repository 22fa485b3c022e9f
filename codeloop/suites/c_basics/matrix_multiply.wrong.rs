const SIZE: usize = 3;

pub fn matrix_multiply(a: &[[u32; SIZE]; SIZE], b: &[[u32; SIZE]; SIZE], c: &mut [[u32; SIZE]; SIZE]) {
    for (row, result) in a.iter().zip(c) {
        for (j, cell) in result.iter_mut().enumerate() {
            *cell = row.iter().zip(b).fold(0u32, |sum, (x, line)| sum.wrapping_add(x * line[j]));
        }
    }
}

pub fn transpose(m: &mut [[u32; SIZE]; SIZE]) {
    let before = *m;
    for (i, row) in m.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell = before[j][i];
        }
    }
}
