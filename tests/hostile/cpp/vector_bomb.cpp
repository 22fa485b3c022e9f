// task: evens
// outcome: exception or out_of_memory
// attack: a vector of a trillion elements
#include <vector>
using namespace std;
vector<int> evens(vector<int> values) { return vector<int>(1000000000000ull); }
