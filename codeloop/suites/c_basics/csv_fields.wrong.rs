#[derive(PartialEq)]
enum Place {
    Plain,
    Quoted,
    QuoteInQuoted,
}

pub fn csv_fields(line: &[u8]) -> i32 {
    let mut place = Place::Plain;
    let mut fields = 1;
    for &byte in line {
        if byte == b'\n' {
            break;
        }
        place = match (place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (_, b'"') => Place::Quoted,
            (Place::Plain | Place::QuoteInQuoted, _) => {
                fields += i32::from(byte == b',');
                Place::Plain
            }
        };
    }
    if place == Place::Quoted {
        -1
    } else {
        fields
    }
}
