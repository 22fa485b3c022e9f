pub fn is_palindrome(text: &[u8]) -> bool {
    let letters = || text.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase);
    letters().eq(letters().rev())
}
