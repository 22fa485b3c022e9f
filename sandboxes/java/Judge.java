import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Runs the generated test class against the candidate's classes and reports each case on descriptor 0.
 *
 * Candidate code runs in this JVM. So nothing that can make a report true is static or reachable from an object the
 * candidate is handed: the nonce and the stream live in one private instance on the harness's own stack, and the
 * candidate's loader has the platform as its parent, so that it finds neither harness nor tests by name.
 * A hostile program in the same process can walk the stack to this class and to the test class. It finds no instance of
 * the one; the other runs once, and the bytes it was made of are gone before the candidate's first line runs. What is
 * left is reading memory, and that is what the image's file modes and the flags of ``languages/java.py`` are against.
 */
public final class Judge {
    private static final String TESTS = "CodeloopTests";
    private static final int CAP = 500; // characters of one shown value: enough to see a difference, too little to flood
    private static final long STACK = 64L << 20; // honest deep recursion must not fail for want of stack
    private static final String MUTANT = "codeloop.mutant"; // the property by which guards learn which one is chosen
    private static final long LATE_MS = 2000; // one mutant of many: past it, it gets a JVM and CPU time of its own

    private final String nonce;
    private static final boolean ENDS_AT_FAILURE = "1".equals(System.getenv("CODELOOP_FIRST_FAILURE"));
    private final String[] mutants;
    private final Map<String, byte[]> candidate;
    private final Map<String, byte[]> tests;
    private final OutputStream out = new FileOutputStream(FileDescriptor.in);

    private Judge(InputStream in) throws IOException {
        nonce = Frames.text(in);
        String numbers = Frames.text(in);
        mutants = numbers.isEmpty() ? new String[0] : numbers.split(",");
        candidate = classes(in);
        tests = classes(in);
    }

    public static void main(String[] args) throws Exception {
        Judge judge = new Judge(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
        System.setIn(new ByteArrayInputStream(new byte[0]));
        judge.line("begin", "");
        if (judge.mutants.length == 0) {
            Thread worker = new Thread(null, judge.new Work(), "main", STACK);
            worker.start();
            waitFor(worker);
        } else {
            judge.runMutants();
        }
        judge.line("done", "");
        System.out.flush(); // the candidate may have put a stream of its own there: it ends nothing but its own run
        System.err.flush();
        Runtime.getRuntime().halt(0); // hooks and threads of the candidate get no say
    }

    /**
     * Run the tests once for each mutant of one candidate, in class loaders of their own: no static of one is another's.
     *
     * What ends the JVM, comes late or leaves a thread behind ends this run of many; whoever asked goes on with the next.
     */
    private void runMutants() throws InterruptedException {
        int threads = Thread.activeCount();
        for (String number : mutants) {
            System.setProperty(MUTANT, number);
            line("mutant", ",\"number\":" + number);
            Thread worker = new Thread(null, new Work(), "main", STACK);
            worker.setDaemon(true);
            worker.start();
            worker.join(LATE_MS);
            if (worker.isAlive()) {
                return;
            }
            line("judged", ",\"number\":" + number);
            if (Thread.activeCount() > threads) {
                return;
            }
        }
    }

    /** An interrupt from the candidate must not end the wait early. */
    private static void waitFor(Thread worker) {
        while (true) {
            try {
                worker.join();
                return;
            } catch (InterruptedException again) {
                // wait on
            }
        }
    }

    private static Map<String, byte[]> classes(InputStream in) throws IOException {
        Map<String, byte[]> found = new HashMap<>();
        for (int left = Integer.parseInt(Frames.text(in)); left > 0; left--) {
            found.put(Frames.text(in), Frames.bytes(in));
        }
        return found;
    }

    private void work() {
        try {
            if (tests.isEmpty()) {
                return;
            }
            ClassLoader theirs = new Loader(ClassLoader.getPlatformClassLoader(), candidate);
            Loader ours = new Loader(theirs, tests);
            ours.setDefaultAssertionStatus(true); // an assert that is not evaluated checks nothing
            ours.loadAll();
            if (mutants.length == 0) {
                tests.clear();
            }
            ours.loadClass(TESTS).getMethod("run", BiConsumer.class).invoke(null, new Recorder());
        } catch (InvocationTargetException raised) {
            if (!(raised.getCause() instanceof Enough)) {
                crash(raised.getCause());
            }
        } catch (Throwable raised) {
            crash(raised);
        }
    }

    private void crash(Throwable raised) {
        line("crash", describe(raised));
    }

    /** What the test class calls: the plan first, then one call for each case. */
    private void record(String event, Object[] values) {
        if (event.equals("plan")) {
            StringBuilder names = new StringBuilder();
            for (Object value : values) {
                names.append(names.length() == 0 ? "" : ",").append(Json.quote((String) value));
            }
            line("plan", ",\"names\":[" + names + "]");
        } else if (event.equals("raised")) {
            Throwable raised = (Throwable) values[1];
            if (raised instanceof Enough) {
                throw (Enough) raised;
            }
            boolean failed = (Boolean) values[2] && raised.getClass() == AssertionError.class;
            line("case", ",\"index\":" + values[0] + status(failed ? "failed" : "raised") + describe(raised));
            endAtFailure();
        } else {
            boolean passed = (Boolean) values[1];
            String shown = values.length < 4 ? "" : Json.field("expected", show(values[2])) + Json.field("actual", show(values[3]));
            line("case", ",\"index\":" + values[0] + status(passed ? "passed" : "failed") + shown);
            if (!passed) {
                endAtFailure();
            }
        }
    }

    private static void endAtFailure() {
        if (ENDS_AT_FAILURE) {
            throw new Enough();
        }
    }

    private static String status(String word) {
        return Json.field("status", word);
    }

    private void line(String event, String rest) {
        String text = "{\"nonce\":" + Json.quote(nonce) + Json.field("event", event) + rest + "}\n";
        try {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            Runtime.getRuntime().halt(70); // the candidate closed the descriptor: no report, so no pass
        }
    }

    /** Type, message and line; every method of a candidate's own exception may itself throw. */
    private String describe(Throwable raised) {
        String message = "";
        int line = 0;
        try {
            message = raised.getMessage();
            for (StackTraceElement frame : raised.getStackTrace()) {
                if (candidate.containsKey(frame.getClassName()) && frame.getLineNumber() > 0) {
                    line = frame.getLineNumber();
                    break;
                }
            }
        } catch (Throwable hostile) {
            message = "(no message: it raised " + hostile.getClass().getName() + ")";
        }
        String type = raised.getClass().getName();
        return Json.field("exception", cap(message == null || message.isEmpty() ? type : type + ": " + message))
            + (line > 0 ? ",\"line\":" + line : "") + Json.field("type", type);
    }

    private static String cap(String text) {
        return text.length() <= CAP ? text : text.substring(0, CAP) + "…";
    }

    private static String show(Object value) {
        try {
            return cap(text(value, 0));
        } catch (Throwable hostile) {
            return "(not shown: toString raised " + hostile.getClass().getName() + ")";
        }
    }

    private static String text(Object value, int depth) {
        if (value instanceof String s) {
            return '"' + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
        }
        if (value instanceof Character c) {
            return "'" + c + "'";
        }
        if (value != null && value.getClass().isArray()) {
            String deep = Arrays.deepToString(new Object[] {value});
            return deep.substring(1, deep.length() - 1);
        }
        boolean isListed = value instanceof List && value.getClass().getClassLoader() == null && depth < 4;
        // Elements beyond the cap are never asked for: a list without end would fill the heap with its text first.
        boolean isLong = value instanceof Collection<?> c && c.size() > CAP;
        return isListed || isLong && depth < 4 ? listed((Collection<?>) value, depth) : String.valueOf(value);
    }

    /** Strings in lists are quoted too: [a, b] may be one element or two. */
    private static String listed(Collection<?> values, int depth) {
        List<String> parts = new ArrayList<>();
        int size = 0;
        for (Object value : values) {
            String part = text(value, depth + 1);
            parts.add(part);
            size += part.length() + 2;
            if (size > CAP) {
                break;
            }
        }
        return "[" + String.join(", ", parts) + "]";
    }

    // Classes with a name instead of lambdas: the first lambda of a JVM brings in all of method handles, some 2 ms.

    /** A case failed, and no more is asked. */
    private static final class Enough extends Error {
        Enough() {
            super(null, null, false, false);
        }
    }

    private final class Work implements Runnable {
        @Override
        public void run() {
            work();
        }
    }

    private final class Recorder implements BiConsumer<String, Object[]> {
        @Override
        public void accept(String event, Object[] values) {
            record(event, values);
        }
    }

    /** Classes from memory, looked for here before the parent. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> own;

        Loader(ClassLoader parent, Map<String, byte[]> own) {
            super(parent);
            this.own = new HashMap<>(own);
        }

        /** Define every class now and forget the bytes: the constants in those of the tests are the expected values. */
        void loadAll() throws ClassNotFoundException {
            for (String name : List.copyOf(own.keySet())) {
                loadClass(name);
            }
            own.clear();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                byte[] bytes = own.get(name);
                if (bytes == null) {
                    return super.loadClass(name, resolve);
                }
                return defineClass(name, bytes, 0, bytes.length);
            }
        }
    }
}

/** Length-prefixed frames: four bytes big-endian, then the bytes. */
final class Frames {
    private Frames() {}

    /** The next frame; raises EOFException where there is none. No DataInputStream: its first int brings in all of variable handles. */
    static byte[] bytes(InputStream in) throws IOException {
        byte[] head = exactly(in, 4);
        return exactly(in, (head[0] & 255) << 24 | (head[1] & 255) << 16 | (head[2] & 255) << 8 | head[3] & 255);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    static String text(InputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }
}

/** JSON out, in ASCII, so that a lone surrogate in a candidate's string is text and not an encoding error. */
final class Json {
    private Json() {}

    static String field(String name, String value) {
        return ",\"" + name + "\":" + quote(value);
    }

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append("\\u").append(Integer.toHexString(c | 1 << 16), 1, 5); // a Formatter would bring classes along
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}

/** As much of a class file as the harness needs: names of supertypes and methods, and the access flags. */
final class ClassFile {
    private static final int PUBLIC = 1;
    private static final int PRIVATE = 2;
    private static final int PROTECTED = 4;

    final List<String> supertypes = new ArrayList<>();
    final List<String> methods = new ArrayList<>();
    private final byte[] bytes;
    private final List<Integer> flagPlaces = new ArrayList<>();
    private final Map<Integer, String> words = new HashMap<>();
    private final Map<Integer, Integer> classNames = new HashMap<>();
    private int at;

    ClassFile(byte[] bytes) {
        this.bytes = bytes.clone();
        at = 8;
        readConstants();
        flagPlaces.add(at);
        at += 4;
        supertypes.add(className(u2()));
        for (int left = u2(); left > 0; left--) {
            supertypes.add(className(u2()));
        }
        readMembers(false);
        readMembers(true);
    }

    /**
     * The same class with every member that is not private made public: tests live in another loader, and for the JVM
     * that is another package, though in the source they share one with the candidate.
     */
    byte[] opened() {
        byte[] changed = bytes.clone();
        for (int place : flagPlaces) {
            if ((changed[place + 1] & PRIVATE) == 0) {
                changed[place + 1] = (byte) (changed[place + 1] & ~PROTECTED | PUBLIC);
            }
        }
        return changed;
    }

    private String className(int index) {
        return index == 0 ? "" : words.get(classNames.get(index)).replace('/', '.');
    }

    private int u2() {
        at += 2;
        return (bytes[at - 2] & 255) << 8 | bytes[at - 1] & 255;
    }

    private int u4() {
        return u2() << 16 | u2();
    }

    private void readConstants() {
        int count = u2();
        for (int i = 1; i < count; i++) {
            int tag = bytes[at++];
            switch (tag) {
                case 1 -> {
                    int length = u2();
                    words.put(i, new String(bytes, at, length, StandardCharsets.UTF_8));
                    at += length;
                }
                case 7 -> classNames.put(i, u2());
                case 8, 16, 19, 20 -> at += 2;
                case 15 -> at += 3;
                case 5, 6 -> {
                    at += 8;
                    i++; // a long or double takes two places
                }
                default -> at += 4;
            }
        }
    }

    private void readMembers(boolean areMethods) {
        for (int left = u2(); left > 0; left--) {
            flagPlaces.add(at);
            at += 2;
            String name = words.get(u2());
            if (areMethods) {
                methods.add(name);
            }
            at += 2;
            skipAttributes();
        }
    }

    private void skipAttributes() {
        for (int left = u2(); left > 0; left--) {
            at += 2;
            int length = u4();
            at += length;
        }
    }
}
