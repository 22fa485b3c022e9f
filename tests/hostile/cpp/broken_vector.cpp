// task: evens
// outcome: crashed or forged or exception
// attack: a vector whose pointers are overwritten
#include <string.h>
#include <vector>
using namespace std;
vector<int> evens(vector<int> values) {
    vector<int> found = {1};
    void* wild[3] = {(void*)8, (void*)4096, (void*)4096};
    memcpy((void*)&found, wild, sizeof wild);
    return found;
}
