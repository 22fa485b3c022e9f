// task: twice
// outcome: timeout
// attack: recursion that catches its own overflow and goes on
class Solution {
    public int twice(int x) {
        while (true) {
            try {
                twice(x);
            } catch (StackOverflowError again) {
                continue;
            }
        }
    }
}
