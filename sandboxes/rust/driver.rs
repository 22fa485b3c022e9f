//! Reads one job from descriptor 0 and makes a program of it: the candidate as a crate of its own, the tests as another
//! that links it. It executes nothing of either. A job is two frames (four bytes of length, big-endian, then text):
//! candidate, tests (blank: only the candidate is compiled). Answers are JSON lines on descriptor 0:
//!
//!     {"begin":true}                                 it came up
//!     {"part":"candidate"|"tests","rustc":{…}}       one line of rustc's own JSON
//!     {"part":…,"crash":N}                           rustc was ended by signal N
//!     {"done":true|false,"steps":{"candidate":0.1,…}}   the program is there or not; seconds of each step
//!
//! The tests are written only after the candidate's rustc has ended: what it may include, they are not.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::io::FromRawFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{exit, Command, Stdio};
use std::time::Instant;

const RUSTC: &str = env!("CODELOOP_RUSTC"); // the one that compiled this and the crates
const HOME: &str = "/opt/codeloop/rust";
const MAX_LINES: usize = 60; // of one step: more findings help nobody
const MAX_LINE: usize = 200_000;

fn main() {
    let given = unsafe { File::from_raw_fd(0) };
    let mut channel = given.try_clone().unwrap_or_else(|error| fail(&error.to_string()));
    say(&mut channel, "{\"begin\":true}");
    let mut data = Vec::new();
    if let Err(error) = (&given).read_to_end(&mut data) {
        fail(&error.to_string());
    }
    let (code, rest) = frame(&data);
    let (tests, _) = frame(rest);
    let mut steps = Vec::new();
    write("solution.rs", code);
    let mut ok = step(&mut channel, &mut steps, "candidate", &[
        "--crate-name", "candidate", "--crate-type", "rlib", "-A", "warnings", "--force-warn", "unsafe_code", "-o", "libcandidate.rlib",
        "solution.rs",
    ]);
    let _ = fs::remove_file("solution.rs");
    if ok && !tests.iter().all(u8::is_ascii_whitespace) {
        write("tests.rs", tests);
        let verdict = format!("codeloop_verdict={HOME}/libcodeloop_verdict.so");
        ok = step(&mut channel, &mut steps, "tests", &[
            "--crate-name", "tests", "--crate-type", "bin", "--cap-lints", "allow", "-o", "prog",
            "--extern", "candidate=libcandidate.rlib", "--extern", &verdict, "-L", &format!("dependency={HOME}"),
            "-C", "prefer-dynamic", "-C", "strip=symbols", &format!("@{HOME}/link.args"), "tests.rs",
        ]);
        let _ = fs::remove_file("tests.rs");
        if ok {
            // Who runs what it cannot read is not dumpable.
            if let Err(error) = fs::set_permissions("prog", fs::Permissions::from_mode(0o711)) {
                fail(&error.to_string());
            }
        }
    }
    let _ = fs::remove_file("libcandidate.rlib");
    let times: Vec<String> = steps.iter().map(|(name, seconds)| format!("\"{name}\":{seconds:.4}")).collect();
    say(&mut channel, &format!("{{\"done\":{ok},\"steps\":{{{}}}}}", times.join(",")));
}

fn frame(data: &[u8]) -> (&[u8], &[u8]) {
    if data.len() < 4 {
        fail("a frame is missing");
    }
    let size = u32::from_be_bytes([data[0], data[1], data[2], data[3]]) as usize;
    if data.len() < 4 + size {
        fail("a frame is cut");
    }
    data[4..].split_at(size)
}

fn write(name: &str, text: &[u8]) {
    let _ = fs::remove_file(name);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(name);
    if let Err(error) = file.and_then(|mut file| file.write_all(text)) {
        fail(&error.to_string());
    }
}

fn step(channel: &mut File, steps: &mut Vec<(&'static str, f64)>, name: &'static str, args: &[&str]) -> bool {
    let began = Instant::now();
    let crates = ["rand", "regex", "md5"].map(|each| format!("{each}={HOME}/lib{each}.rlib"));
    let mut command = Command::new(RUSTC);
    command.args(["--edition", "2021", "--error-format", "json", "-C", "debuginfo=0"]);
    command.args(["-C", "codegen-units=1", "-C", "opt-level=0", "-C", "overflow-checks=on", "-C", "debug-assertions=on"]);
    command.args(["-L", &format!("dependency={HOME}/deps"), "--remap-path-prefix", &format!("{}=", here())]);
    for each in &crates {
        command.args(["--extern", each]);
    }
    command.args(args).env_clear().env("PATH", "/usr/bin").env("TMPDIR", here()).env("HOME", here());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| fail(&error.to_string()));
    let mut count = 0;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).split(b'\n') {
            let raw = match line {
                Ok(raw) => raw,
                Err(_) => break,
            };
            count += 1;
            if count > MAX_LINES || raw.len() > MAX_LINE {
                continue;
            }
            let text = String::from_utf8_lossy(&raw);
            if text.starts_with('{') {
                say(channel, &format!("{{\"part\":\"{name}\",\"rustc\":{text}}}"));
            } else {
                eprintln!("{text}");
            }
        }
    }
    let status = child.wait().unwrap_or_else(|error| fail(&error.to_string()));
    if let Some(signal) = status.signal() {
        say(channel, &format!("{{\"part\":\"{name}\",\"crash\":{signal}}}"));
    }
    steps.push((name, began.elapsed().as_secs_f64()));
    status.success()
}

fn here() -> String {
    std::env::current_dir().ok().and_then(|path| path.to_str().map(String::from)).unwrap_or_else(|| "/".into())
}

fn say(channel: &mut File, line: &str) {
    if channel.write_all(format!("{line}\n").as_bytes()).is_err() {
        exit(70);
    }
}

/// Ends with a status that means: the machine's fault.
fn fail(text: &str) -> ! {
    eprintln!("codeloop: {text}");
    exit(70)
}
