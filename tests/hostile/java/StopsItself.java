// task: twice
// outcome: wall_timeout
// attack: stops its own process
class Solution {
    public int twice(int x) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -STOP $PPID").start().waitFor();
        Thread.sleep(60_000);
        return x;
    }
}
