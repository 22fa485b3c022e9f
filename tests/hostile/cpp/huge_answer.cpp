// task: evens
// outcome: exception
// attack: a vector of ten million numbers
#include <vector>
using namespace std;
vector<int> evens(vector<int> values) { return vector<int>(10000000, 2); }
