// task: double
// outcome: exception
// attack: recursion without end
const double = (x) => double(x) + 1
