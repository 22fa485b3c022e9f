// task: twice
// outcome: exception
// attack: empty files until none can be made
import java.io.*;

class Solution {
    public int twice(int x) throws Exception {
        for (int i = 0;; i++) {
            new FileOutputStream("n" + i).close();
        }
    }
}
