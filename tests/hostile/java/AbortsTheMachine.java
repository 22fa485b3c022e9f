// task: twice
// outcome: crashed
// attack: SIGABRT to its own virtual machine
class Solution {
    public int twice(int x) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -ABRT $PPID").start().waitFor();
        Thread.sleep(10_000);
        return x;
    }
}
