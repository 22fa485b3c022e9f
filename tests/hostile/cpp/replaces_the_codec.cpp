// task: twice
// outcome: forged or wrong_answer or types
// attack: functions of the codec defined once more, in the hope that these are linked
#include <string>
void codeloop_wire::writer::whole(long long value) { bytes.append(8, '\0'); }
int twice(int x) { return x + 2; }
