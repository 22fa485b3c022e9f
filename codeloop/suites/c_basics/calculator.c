#define DEPTH 4

static int stack[DEPTH];
static unsigned top;
int errors;

void push(int value)
{
    if (top == DEPTH)
        errors++;
    else
        stack[top++] = value;
}

int pop(void)
{
    if (top == 0) {
        errors++;
        return 0;
    }
    return stack[--top];
}

/* Takes two numbers off the stack, and puts back one; an unknown operation puts back nothing. */
void apply(int operation)
{
    unsigned b = (unsigned)pop(), a = (unsigned)pop();

    switch (operation) {
    case 0:
        push((int)(a + b));
        break;
    case 1:
        push((int)(a - b));
        break;
    case 2:
        push((int)(a * b));
        break;
    case 3:
        push((int)(b ? a / b : 0));
        break;
    default:
        errors += 100;
    }
}
