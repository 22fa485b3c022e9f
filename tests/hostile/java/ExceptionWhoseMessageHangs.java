// task: twice
// outcome: timeout
// attack: an exception whose message never ends
class Solution {
    static class Evil extends Error {
        public String getMessage() {
            while (true) {
                Thread.onSpinWait();
            }
        }
    }

    public int twice(int x) {
        throw new Evil();
    }
}
