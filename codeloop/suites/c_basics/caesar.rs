fn moved(letter: u8, first: u8, by: u8) -> u8 {
    first + (letter - first + by) % 26
}

#[allow(clippy::ptr_arg)]
pub fn caesar(text: &mut Vec<u8>, by: i32) {
    let by = by.rem_euclid(26) as u8;
    for letter in text.iter_mut() {
        if letter.is_ascii_lowercase() {
            *letter = moved(*letter, b'a', by);
        } else if letter.is_ascii_uppercase() {
            *letter = moved(*letter, b'A', by);
        }
    }
}
