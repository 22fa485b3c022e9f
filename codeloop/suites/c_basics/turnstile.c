enum gate_state { LOCKED, UNLOCKED, BROKEN = 2 };
enum gate_event { COIN = 1, PUSH, KICK = 5 };

struct gate {
    enum gate_state state;
    unsigned char coins;
    unsigned short kicks;
};

/* What the gate does; says whether somebody went through. */
int turnstile(struct gate *gate, enum gate_event event)
{
    switch (event) {
    case COIN:
        if (gate->state != BROKEN)
            gate->state = UNLOCKED;
        gate->coins++;
        return 0;
    case PUSH:
        if (gate->state == LOCKED)
            return 0;
        if (gate->state == UNLOCKED)
            gate->state = LOCKED;
        return 1;
    case KICK:
        if (++gate->kicks % 3 == 0)
            gate->state = BROKEN;
        return 0;
    default:
        return -1;
    }
}
