pub struct State {
    pub lcg_state: u32,
    pub lcg_calls: u32,
}

pub fn lcg_seed(state: &mut State, seed: u32) {
    state.lcg_state = seed.max(1);
    state.lcg_calls = 0;
}

pub fn lcg_next(state: &mut State, bound: u32) -> u32 {
    state.lcg_state = state.lcg_state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    state.lcg_calls = state.lcg_calls.wrapping_add(1);
    (state.lcg_state >> 8).checked_rem(bound).unwrap_or(0)
}
