pub fn count_words(text: &[u8]) -> usize {
    text.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).count()
}
