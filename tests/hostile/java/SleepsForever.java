// task: twice
// outcome: wall_timeout
// attack: sleeps
class Solution {
    public int twice(int x) throws Exception {
        while (true) {
            Thread.sleep(1_000_000);
        }
    }
}
