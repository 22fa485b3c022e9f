// task: twice
// outcome: types or signature
// attack: defines the function that calls it
#include <string>
namespace codeloop_wire { class reader; class writer; }
void codeloop_dispatch(long long, codeloop_wire::reader&, codeloop_wire::writer&) { }
int twice(int x) { return x + 2; }
