// task: twice
// outcome: exception
// attack: throws what failed tests throw, and errors of linkage
class Solution {
    public int twice(int x) throws Throwable {
        throw x == 1 ? new AssertionError(2) : x == 21 ? new NoClassDefFoundError("CodeloopTests") : new ThreadDeath();
    }
}
