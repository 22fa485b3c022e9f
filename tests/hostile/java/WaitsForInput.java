// task: twice
// outcome: exception
// attack: reads its standard input, which is empty
import java.util.*;

class Solution {
    public int twice(int x) {
        return new Scanner(System.in).nextInt();
    }
}
