// task: twice
// outcome: exited_early
// attack: System.exit(0) in a call
class Solution {
    public int twice(int x) {
        System.exit(0);
        return 2;
    }
}
