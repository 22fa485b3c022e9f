// task: twice
// outcome: timeout
// attack: a loop without end
class Solution {
    public int twice(int x) {
        while (true) {
            x++;
        }
    }
}
