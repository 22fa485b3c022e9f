//! Runs cases and reports each of them on the private socket that the process was given as descriptor 0.
//!
//! Candidate code runs in this process, as a crate of its own that is not told where this one is. `begin` is the first
//! thing in main: what would run before it (constructors, an allocator of its own) is refused when it is compiled. For
//! safe Rust the nonce is then out of reach; what `unsafe` can read is a known limit.
//!
//! Compiled once, into a shared library that holds the standard library and the crates of the suites too: linking a check's
//! program is then a matter of two small objects.

pub use {md5, rand, regex};

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::io::{AsRawFd, FromRawFd};
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

const SHOWN: usize = 500; // characters of one value: enough to see a difference, too little to flood
const STACK: usize = 256 << 20; // honest deep recursion must not fail for want of stack; only what is touched is used
const SOURCE: &str = "solution.rs";

struct Channel {
    nonce: String,
    file: File,
}

#[derive(Default)]
struct Said {
    line: u32,
    is_ours: bool,
}

static CHANNEL: Mutex<Option<Channel>> = Mutex::new(None);
static ENDS_AT_FAILURE: AtomicBool = AtomicBool::new(false);

thread_local! {
    static FAILED: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    static SAID: RefCell<Said> = RefCell::new(Said::default());
}

extern "C" {
    fn dup2(from: i32, to: i32) -> i32;
    fn _exit(status: i32) -> !;
}

fn give_up() -> ! {
    unsafe { _exit(70) }
}

/// Takes the nonce and hides the descriptor; runs `tests` in a thread with a large stack; ends the process.
pub fn run(tests: fn()) -> ! {
    begin();
    let worker = std::thread::Builder::new().stack_size(STACK).name("tests".into()).spawn(tests);
    match worker.map(|handle| handle.join()) {
        Ok(Ok(())) => line("done", ""),
        Ok(Err(raised)) => line("crash", &raised_by(raised.as_ref())),
        Err(_) => give_up(),
    }
    unsafe { _exit(0) } // threads of the candidate get no say
}

fn begin() {
    let mut given = unsafe { File::from_raw_fd(0) };
    let mut nonce = String::new();
    let kept = given.try_clone(); // closed on exec
    if given.read_to_string(&mut nonce).is_err() {
        give_up();
    }
    std::mem::forget(given);
    let null = OpenOptions::new().read(true).write(true).open("/dev/null");
    match (kept, null) {
        (Ok(file), Ok(null)) if unsafe { dup2(null.as_raw_fd(), 0) } == 0 => {
            *CHANNEL.lock().unwrap() = Some(Channel { nonce, file });
        }
        _ => give_up(),
    }
    let ends_at = std::env::var("CODELOOP_FIRST_FAILURE");
    ENDS_AT_FAILURE.store(ends_at.as_deref() == Ok("1"), Ordering::Relaxed);
    line("begin", "");
}

/// Names every case, before the first of them: its expression, or "" for an opaque one.
pub fn plan(expressions: &[&str]) {
    let names: Vec<String> = expressions.iter().map(|text| quote(text)).collect();
    line("plan", &format!(",\"names\":[{}]", names.join(",")));
}

/// Runs one case. An assertion of the tests' own that panics is a failure, any other panic was raised by the candidate.
/// No parameter here is generic: what depends on a type is compiled anew with every check's tests.
pub fn case(index: usize, body: Box<dyn FnOnce() + '_>) {
    FAILED.with(|failed| failed.borrow_mut().take());
    SAID.with(|said| *said.borrow_mut() = Said::default());
    set_hook(Box::new(|info| {
        let place = info.location();
        let said = Said {
            line: place.map_or(0, |at| if at.file().ends_with(SOURCE) { at.line() } else { 0 }),
            is_ours: place.map_or(false, |at| at.file().ends_with("tests.rs")),
        };
        SAID.with(|last| *last.borrow_mut() = said);
    }));
    let report = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(()) => match FAILED.with(|failed| failed.borrow_mut().take()) {
            None => field("status", "passed"),
            Some((expected, actual)) => {
                field("status", "failed") + &field("expected", &expected) + &field("actual", &actual)
            }
        },
        Err(raised) => {
            let text = raised_by(raised.as_ref());
            let is_ours = SAID.with(|said| said.borrow().is_ours);
            std::mem::forget(raised); // a payload whose drop panics ends nothing but itself
            field("status", if is_ours { "failed" } else { "raised" }) + &text
        }
    };
    line("case", &format!(",\"index\":{index}{report}"));
    if report != field("status", "passed") && ENDS_AT_FAILURE.load(Ordering::Relaxed) {
        line("done", "");
        unsafe { _exit(0) }
    }
}

/// Records that a comparison failed.
pub fn differ(expected: String, actual: String) {
    let shown = (cut(&expected), cut(&actual));
    FAILED.with(|failed| {
        failed.borrow_mut().get_or_insert(shown);
    });
}

/// Records an assertion of something true or false.
pub fn check_bool(expected: bool, actual: bool) {
    if expected != actual {
        differ(expected.to_string(), actual.to_string());
    }
}

/// Shows what has Debug, and says so of what has not: `(&Shown(&value)).show()`.
pub struct Shown<'a, T: ?Sized>(pub &'a T);

pub trait ByDebug {
    fn show(&self) -> String;
}

impl<T: Debug + ?Sized> ByDebug for Shown<'_, T> {
    fn show(&self) -> String {
        text_by_debug(&self.0)
    }
}

fn text_by_debug(value: &dyn Debug) -> String {
    let mut out = Capped(String::new());
    let _ = std::fmt::write(&mut out, format_args!("{value:?}"));
    out.0
}

pub trait ByName {
    fn show(&self) -> String;
}

impl<T: ?Sized> ByName for &Shown<'_, T> {
    fn show(&self) -> String {
        in_brackets(std::any::type_name::<T>())
    }
}

fn in_brackets(name: &str) -> String {
    format!("({name})")
}

/// Stops a Debug that would write without end.
struct Capped(String);

impl std::fmt::Write for Capped {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.push_str(&cut(text));
        if self.0.len() > 4 * SHOWN { Err(std::fmt::Error) } else { Ok(()) }
    }
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text.to_string(),
        (_, Some(text)) => text.clone(),
        _ => "(a panic without a text)".to_string(),
    }
}

fn raised_by(raised: &(dyn Any + Send)) -> String {
    let at = SAID.with(|said| said.borrow().line);
    let place = if at > 0 { format!(",\"line\":{at}") } else { String::new() };
    field("exception", &format!("panic: {}", cut(&text_of(raised)))) + &field("type", "panic") + &place
}

fn line(event: &str, rest: &str) {
    let mut channel = CHANNEL.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let open = channel.as_mut().unwrap_or_else(|| give_up());
    let text = format!("{{\"nonce\":{}{}{rest}}}\n", quote(&open.nonce), field("event", event));
    if open.file.write_all(text.as_bytes()).is_err() {
        give_up(); // the candidate closed the descriptor: no report, so no pass
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

fn field(name: &str, value: &str) -> String {
    format!(",\"{name}\":{}", quote(value))
}

/// Writes a JSON string in ASCII.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'"') => quoted.push_str("\\\""),
            Ok(b'\\') => quoted.push_str("\\\\"),
            Ok(byte @ b' '..=b'~') => quoted.push(byte as char),
            _ => quoted.push_str(&format!("\\u{unit:04x}")),
        }
    }
    quoted.push('"');
    quoted
}
