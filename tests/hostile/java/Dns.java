// task: twice
// outcome: exception
// attack: asks for a name
class Solution {
    public int twice(int x) throws Exception {
        return java.net.InetAddress.getByName("example.com").getAddress().length;
    }
}
