const DEPTH: u32 = 4;

pub struct State {
    pub stack: [i32; DEPTH as usize],
    pub top: u32,
    pub errors: i32,
}

pub fn push(state: &mut State, value: i32) {
    if state.top == DEPTH {
        state.errors += 1;
    } else {
        state.stack[state.top as usize] = value;
        state.top += 1;
    }
}

pub fn pop(state: &mut State) -> i32 {
    if state.top == 0 {
        state.errors += 1;
        return 0;
    }
    state.top -= 1;
    state.stack[state.top as usize]
}

pub fn apply(state: &mut State, operation: i32) {
    let a = pop(state) as u32;
    let b = pop(state) as u32;
    let result = match operation {
        0 => a.wrapping_add(b),
        1 => a.wrapping_sub(b),
        2 => a.wrapping_mul(b),
        3 => a.checked_div(b).unwrap_or(0),
        _ => {
            state.errors += 100;
            return;
        }
    };
    push(state, result as i32);
}
