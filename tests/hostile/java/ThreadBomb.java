// task: twice
// outcome: exception
// attack: threads until no more can be started
class Solution {
    public int twice(int x) {
        while (true) {
            Thread thread = new Thread(() -> {
                while (true) {
                    try {
                        Thread.sleep(1_000_000);
                    } catch (InterruptedException again) {
                        continue;
                    }
                }
            });
            thread.start();
        }
    }
}
