// task: twice
// outcome: timeout
// attack: threads that spin while the answer waits for them
class Solution {
    public int twice(int x) throws Exception {
        for (int i = 0; i < 20; i++) {
            new Thread(() -> {
                while (true) {
                    Thread.onSpinWait();
                }
            }).start();
        }
        Thread.currentThread().join();
        return x;
    }
}
