// task: twice
// outcome: timeout
// attack: a static initialiser without end
class Solution {
    static {
        long n = 0;
        while (n >= 0) {
            n = n > 1000 ? 0 : n + 1;
        }
    }

    public int twice(int x) {
        return 2;
    }
}
