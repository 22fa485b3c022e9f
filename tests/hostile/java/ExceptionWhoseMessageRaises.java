// task: twice
// outcome: exception
// attack: an exception whose message, class and trace raise
class Solution {
    static class Evil extends RuntimeException {
        public String getMessage() {
            throw this;
        }

        public String toString() {
            throw new StackOverflowError();
        }

        public StackTraceElement[] getStackTrace() {
            throw new ThreadDeath();
        }
    }

    public int twice(int x) {
        throw new Evil();
    }
}
