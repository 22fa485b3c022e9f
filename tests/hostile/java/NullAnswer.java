// task: reversed
// outcome: wrong_answer
// attack: null where an object is expected
import java.util.*;

class Solution {
    public List<String> reversed(List<String> words) {
        return null;
    }
}
