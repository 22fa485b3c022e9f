pub fn is_palindrome(text: &[u8]) -> bool {
    let letters = || text.iter().map(|byte| byte | 0x20).filter(|byte| (b'a'..=b'{').contains(byte));
    letters().eq(letters().rev())
}
