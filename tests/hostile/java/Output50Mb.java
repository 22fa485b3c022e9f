// task: twice
// outcome: output_limit
// attack: prints 50 MB
class Solution {
    public int twice(int x) {
        String line = "x".repeat(1 << 20);
        for (int i = 0; i < 50; i++) {
            System.out.print(line);
        }
        return x;
    }
}
