// task: twice
// outcome: exception
// attack: recursion without end
class Solution {
    public int twice(int x) {
        return twice(x);
    }
}
