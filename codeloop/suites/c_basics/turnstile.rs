const LOCKED: i32 = 0;
const UNLOCKED: i32 = 1;
const BROKEN: i32 = 2;
const COIN: i32 = 1;
const PUSH: i32 = 2;
const KICK: i32 = 5;

pub struct Gate {
    pub state: i32,
    pub coins: u8,
    pub kicks: u16,
}

pub fn turnstile(gate: &mut Gate, event: i32) -> i32 {
    match event {
        COIN => {
            if gate.state != BROKEN {
                gate.state = UNLOCKED;
            }
            gate.coins = gate.coins.wrapping_add(1);
            0
        }
        PUSH if gate.state == LOCKED => 0,
        PUSH => {
            if gate.state == UNLOCKED {
                gate.state = LOCKED;
            }
            1
        }
        KICK => {
            gate.kicks = gate.kicks.wrapping_add(1);
            if gate.kicks % 3 == 0 {
                gate.state = BROKEN;
            }
            0
        }
        _ => -1,
    }
}
