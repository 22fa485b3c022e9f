#[derive(Clone, Copy)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

pub fn overlap(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let width = (a.x + a.width).min(b.x + b.width) - x;
    let height = (a.y + a.height).min(b.y + b.height) - y;
    if width >= 0 && height >= 0 {
        Rect { x, y, width, height }
    } else {
        Rect { x: 0, y: 0, width: 0, height: 0 }
    }
}

pub fn area(r: &Rect) -> i64 {
    i64::from(r.width.max(0)) * i64::from(r.height.max(0))
}
