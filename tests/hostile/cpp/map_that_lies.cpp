// task: counts
// outcome: wrong_answer
// attack: a map with other counts, and an order of its own
#include <map>
#include <string>
using namespace std;
map<char, int> counts(const string& word) { return {{'a', 1}, {'b', 2}}; }
