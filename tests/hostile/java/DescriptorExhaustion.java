// task: twice
// outcome: exception
// attack: opens files until it may no more
import java.io.*;
import java.util.*;

class Solution {
    public int twice(int x) throws Exception {
        List<Object> kept = new ArrayList<>();
        while (true) {
            kept.add(new FileInputStream("/dev/null"));
        }
    }
}
