pub fn count_words(text: &[u8]) -> usize {
    String::from_utf8_lossy(text)
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .count()
}
