// task: twice
// outcome: crashed
// attack: closes the channel: its next use is a fault to the library
use std::os::unix::io::FromRawFd;

fn twice(x: i32) -> i32 {
    for fd in 3..64 {
        drop(unsafe { std::net::TcpStream::from_raw_fd(fd) });
    }
    x
}
