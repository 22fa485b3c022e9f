// task: twice
// outcome: exception
// attack: an error in the static initialiser
class Solution {
    static {
        if (true) {
            throw new IllegalStateException("no");
        }
    }

    public int twice(int x) {
        return 2;
    }
}
