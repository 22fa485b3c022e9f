pub fn sieve(is_prime: &mut [bool]) -> usize {
    for (i, each) in is_prime.iter_mut().enumerate() {
        *each = i >= 2;
    }
    let n = is_prime.len();
    let mut count = 0;
    for i in 2..n {
        if is_prime[i] {
            count += 1;
            for multiple in (i * i + i..n).step_by(i) {
                is_prime[multiple] = false;
            }
        }
    }
    count
}
