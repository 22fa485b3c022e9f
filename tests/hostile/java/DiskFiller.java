// task: twice
// outcome: exception
// attack: fills the file system
import java.io.*;

class Solution {
    public int twice(int x) throws Exception {
        for (int i = 0;; i++) {
            try (FileOutputStream out = new FileOutputStream("f" + i)) {
                out.write(new byte[1 << 24]);
            }
        }
    }
}
