// task: twice
// outcome: out_of_memory
// attack: takes memory without end
import java.util.*;

class Solution {
    public int twice(int x) {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new byte[1 << 22]);
        }
    }
}
