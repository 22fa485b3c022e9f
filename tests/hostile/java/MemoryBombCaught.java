// task: twice
// outcome: out_of_memory or timeout
// attack: takes memory without end and catches what that raises
import java.util.*;

class Solution {
    private static final List<byte[]> KEPT = new ArrayList<>();

    public int twice(int x) {
        while (true) {
            try {
                KEPT.add(new byte[1 << 16]);
            } catch (OutOfMemoryError again) {
                continue;
            }
        }
    }
}
