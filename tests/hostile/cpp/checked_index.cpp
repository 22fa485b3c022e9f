// task: evens
// outcome: crashed
// attack: reads beyond the end of a vector: the library asserts
#include <vector>
using namespace std;
vector<int> evens(vector<int> values) { return {values[1000]}; }
