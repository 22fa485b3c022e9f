// task: twice
// outcome: exception
// attack: connects to the world
class Solution {
    public int twice(int x) throws Exception {
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(new java.net.InetSocketAddress("1.1.1.1", 53), 3000);
        }
        return x;
    }
}
