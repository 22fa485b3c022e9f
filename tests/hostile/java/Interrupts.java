// task: twice
// outcome: wrong_answer
// attack: interrupts every thread and replaces their handlers
class Solution {
    public int twice(int x) {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> Runtime.getRuntime().halt(0));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            thread.setUncaughtExceptionHandler((t, error) -> Runtime.getRuntime().halt(0));
            thread.interrupt();
        }
        return x;
    }
}
