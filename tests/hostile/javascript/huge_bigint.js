// task: double
// outcome: forged
// attack: a BigInt of a million digits, which takes long to be read
const double = (x) => 10n ** 1000000n
