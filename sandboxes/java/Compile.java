import com.sun.source.util.JavacTask;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles the candidate, then the tests against it, in memory; executes neither.
 *
 * The tests see the API classes of the candidate and nothing else of it: a candidate's own Arrays or AssertionError
 * would otherwise be what the tests mean by that name, since all of them share the unnamed package.
 */
public final class Compile {
    // Strings joined by plain code: the first invokedynamic sets up much of java.lang.invoke, in a JVM that lives for one check.
    private static final List<String> OPTIONS = List.of(
        "-proc:none", "-XDstringConcat=inline", "--should-stop=ifError=FLOW", "-Xmaxerrs", "9999", "-Xmaxwarns", "9999", "-implicit:none",
        "--limit-modules", "java.se");
    private static final String VALUES = "CodeloopValues"; // the one class of the harness that tests may name
    static final long STACK = 64L << 20; // javac recurses with the nesting of an expression
    static final int MESSAGES = 500; // lines out: the reader shows a few, the channel has a bound

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    static final StandardJavaFileManager PLATFORM = COMPILER.getStandardFileManager(null, Locale.ENGLISH, null);
    private static final int WARMUP = 40; // compiles of our own, until most of javac is machine code
    private static final Pattern CATEGORY = Pattern.compile("warning: \\[([a-z-]+)\\] "); // -Xlint's name, in toString alone

    private final PrintStream out;
    private final String source;
    private final String tests;
    private final String entryPoint;
    private final List<String> api = new ArrayList<>();
    private volatile boolean isCrashed;
    private volatile boolean isMade; // javac swallows its own stack overflow: no error, and no class file either

    private Compile(InputStream in, OutputStream out) throws IOException {
        this.out = new PrintStream(out, false);
        source = Frames.text(in);
        tests = Frames.text(in);
        entryPoint = Frames.text(in);
        for (int left = Integer.parseInt(Frames.text(in)); left > 0; left--) {
            api.add(Frames.text(in));
        }
    }

    /** Does one job, or with {@code --serve} one after another, each a frame in and a frame out. */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ENGLISH);
        InputStream in = new BufferedInputStream(new FileInputStream(FileDescriptor.in));
        OutputStream out = new FileOutputStream(FileDescriptor.in);
        if (List.of(args).contains("--serve")) {
            serve(in, new DataOutputStream(out));
        } else {
            isSound(in, out);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void serve(InputStream in, DataOutputStream out) throws Exception {
        for (int i = 0; i < WARMUP; i++) {
            isSound(Compile.class.getResourceAsStream("/sample"), OutputStream.nullOutputStream());
        }
        boolean isSound = true;
        while (isSound && isReady(in)) { // after a crash of javac the driver starts another
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            isSound = isSound(new ByteArrayInputStream(Frames.bytes(in)), answer);
            out.writeInt(answer.size());
            answer.writeTo(out);
        }
    }

    private static boolean isReady(InputStream in) throws IOException {
        in.mark(1);
        boolean isEnd = in.read() < 0;
        in.reset();
        return !isEnd;
    }

    /** Does one job, whose first frame says of what kind it is; says whether this process may do another. */
    private static boolean isSound(InputStream in, OutputStream out) throws Exception {
        if (Frames.text(in).equals("lint")) {
            return new Lint(Frames.text(in)).isSound(out);
        }
        Compile compile = new Compile(in, out);
        compile.run();
        return !compile.isCrashed;
    }

    private void run() throws InterruptedException {
        line("\"begin\":true");
        Thread worker = new Thread(null, this::work, "compile", STACK);
        worker.start();
        worker.join();
        line("\"done\":" + isMade);
        out.flush();
    }

    private void work() {
        try {
            rounds();
        } catch (Throwable crash) { // javac can be crashed by its input
            isCrashed = true;
            line("\"crash\":" + Json.quote(crash.toString()));
        }
    }

    private void rounds() throws IOException {
        Map<String, byte[]> candidate = new TreeMap<>();
        if (!compile(1, "Solution.java", source, Map.of(), candidate)) {
            return;
        }
        Map<String, byte[]> visible = visible(candidate);
        String missing = missing(visible);
        if (!missing.isEmpty()) {
            line("\"missing\":" + Json.quote(missing));
            return;
        }
        Map<String, byte[]> generated = new TreeMap<>();
        if (!tests.isBlank()) {
            byte[] values = ownClass(VALUES);
            visible.put(VALUES, values);
            if (!compile(2, "CodeloopTests.java", tests, visible, generated)) {
                return;
            }
            generated.put(VALUES, values); // the judge is handed it: to find it in the archive costs a JVM 4 ms
        }
        candidate.replaceAll((name, bytes) -> new ClassFile(bytes).opened());
        emit(1, candidate);
        emit(2, generated);
        isMade = true;
    }

    private static byte[] ownClass(String name) throws IOException {
        try (InputStream in = Compile.class.getResourceAsStream("/" + name + ".class")) {
            return in.readAllBytes();
        }
    }

    /** The API classes, their nested classes and the candidate's supertypes of them, unless those bear a platform name. */
    private Map<String, byte[]> visible(Map<String, byte[]> candidate) {
        Map<String, byte[]> visible = new TreeMap<>();
        Deque<String> todo = new ArrayDeque<>(api);
        while (!todo.isEmpty()) {
            String name = todo.pop();
            for (Map.Entry<String, byte[]> entry : candidate.entrySet()) {
                String found = entry.getKey();
                boolean wanted = found.equals(name) || found.startsWith(name + "$");
                if (wanted && visible.put(found, entry.getValue()) == null) {
                    for (String type : new ClassFile(entry.getValue()).supertypes) {
                        if (candidate.containsKey(type) && !isTaken(type)) {
                            todo.push(type);
                        }
                    }
                }
            }
        }
        return visible;
    }

    private static boolean isTaken(String name) {
        for (String home : List.of("java.lang.", "java.util.", "java.util.stream.", "java.math.", "java.security.")) {
            if (Compile.class.getClassLoader().getResource(home.replace('.', '/') + name + ".class") != null) {
                return true;
            }
        }
        return List.of("java", "Main", "CodeloopTests", VALUES, "").contains(name);
    }

    private String missing(Map<String, byte[]> visible) {
        for (String name : api) {
            if (!visible.containsKey(name)) {
                return "class " + name;
            }
        }
        for (byte[] bytes : visible.values()) {
            if (new ClassFile(bytes).methods.contains(entryPoint)) {
                return "";
            }
        }
        return entryPoint.isEmpty() ? "" : "method " + entryPoint;
    }

    private boolean compile(int round, String name, String text, Map<String, byte[]> path, Map<String, byte[]> made) {
        int[] count = {0};
        return task(name, text, round == 1 ? "-Xlint:all" : "-Xlint:none", new Memory(PLATFORM, path, made), found -> {
            if (count[0]++ < MESSAGES || found.getKind() == Diagnostic.Kind.ERROR) {
                line(described(round, text, found));
            }
        }).call();
    }

    /** One run of javac over a text; it makes nothing before it is called. */
    static JavacTask task(String name, String text, String lint, Memory memory, DiagnosticListener<JavaFileObject> listener) {
        List<String> options = new ArrayList<>(OPTIONS);
        options.add(lint);
        JavaCompiler.CompilationTask task = COMPILER.getTask(null, memory, listener, options, null, List.of(new Source(name, text)));
        task.setLocale(Locale.ENGLISH);
        return (JavacTask) task;
    }

    private void emit(int round, Map<String, byte[]> made) {
        made.forEach((name, bytes) -> line("\"class\":" + Json.quote(name) + ",\"round\":" + round
            + Json.field("bytes", Base64.getEncoder().encodeToString(bytes))));
    }

    /** A finding as fields of a line. */
    static String described(int round, String text, Diagnostic<? extends JavaFileObject> found) {
        StringBuilder fields = new StringBuilder("\"round\":" + round);
        fields.append(Json.field("code", String.valueOf(found.getCode())));
        fields.append(Json.field("kind", found.getKind().name()));
        place(fields, text, found.getPosition(), "line", "column");
        if (found.getEndPosition() > found.getPosition()) {
            place(fields, text, found.getEndPosition(), "endLine", "endColumn");
        }
        String message = found.getMessage(Locale.ENGLISH);
        fields.append(Json.field("message", message.substring(0, Math.min(message.length(), 2000))));
        Matcher category = CATEGORY.matcher(found.toString());
        fields.append(Json.field("lint", category.find() ? category.group(1) : ""));
        return fields.toString();
    }

    /** From the offset, not from javac's own column: that one expands tabs and counts UTF-16 units. */
    private static void place(StringBuilder fields, String text, long offset, String line, String column) {
        if (offset < 0 || offset > text.length()) {
            return;
        }
        String before = text.substring(0, (int) offset).replace("\r\n", " \n").replace('\r', '\n');
        int start = before.lastIndexOf('\n') + 1;
        long number = before.chars().filter(c -> c == '\n').count() + 1;
        fields.append(",\"" + line + "\":" + number);
        fields.append(",\"" + column + "\":" + (before.codePointCount(start, before.length()) + 1));
    }

    private void line(String fields) {
        out.print("{" + fields + "}\n");
    }

    /** Source text under any public class's name: which file it would have to be in is of no interest here. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return true;
        }
    }

    /** A class file in memory, read or being written. */
    private static final class Bytes extends SimpleJavaFileObject {
        private final String name;
        private final Map<String, byte[]> home;

        Bytes(String name, Map<String, byte[]> home) {
            super(URI.create("memory:///" + name.hashCode() + ".class"), Kind.CLASS);
            this.name = name;
            this.home = home;
        }

        @Override
        public java.io.InputStream openInputStream() {
            return new ByteArrayInputStream(home.get(name));
        }

        @Override
        public OutputStream openOutputStream() {
            return new ByteArrayOutputStream() {
                @Override
                public void close() {
                    home.put(name, toByteArray());
                }
            };
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return name.equals(simpleName) || name.endsWith("." + simpleName) || name.endsWith("$" + simpleName);
        }

        @Override
        public NestingKind getNestingKind() {
            return null;
        }

        @Override
        public Modifier getAccessLevel() {
            return null;
        }
    }

    /** A class file of the JDK: its bytes and its name are found out once, for all compilations of this process. */
    private static final class Platform extends ForwardingJavaFileObject<JavaFileObject> {
        private final Kind kind;
        private String binaryName;
        private byte[] bytes;

        Platform(JavaFileObject file) {
            super(file);
            kind = file.getKind();
        }

        @Override
        public Kind getKind() {
            return kind;
        }

        @Override
        public java.io.InputStream openInputStream() throws IOException {
            if (bytes == null) {
                try (InputStream in = fileObject.openInputStream()) {
                    bytes = in.readAllBytes();
                }
            }
            return new ByteArrayInputStream(bytes);
        }

        JavaFileObject original() {
            return fileObject;
        }
    }

    /** What one call of {@code list} asks for. */
    private record Listing(JavaFileManager.Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse) {
    }

    /**
     * The platform from the JDK, the class path from memory alone: not even this harness is on it.
     *
     * The platform's packages are listed once for all compilations: listing them and naming what was found took a third of
     * each. A package that is not there is not remembered, so that what candidates import fills no memory.
     */
    static final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private static final Map<Listing, List<JavaFileObject>> LISTED = new HashMap<>();

        private final Map<String, byte[]> path;
        private final Map<String, byte[]> made;

        Memory(StandardJavaFileManager standard, Map<String, byte[]> path, Map<String, byte[]> made) {
            super(standard);
            this.path = path;
            this.made = made;
        }

        @Override
        public Iterable<JavaFileObject> list(
            JavaFileManager.Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
            throws IOException {
            if (location == StandardLocation.CLASS_PATH || location == StandardLocation.SOURCE_PATH) {
                return packageName.isEmpty() && kinds.contains(JavaFileObject.Kind.CLASS) ? all() : List.of();
            }
            Listing asked = new Listing(location, packageName, kinds, recurse);
            List<JavaFileObject> known = LISTED.get(asked);
            if (known == null) {
                known = new ArrayList<>();
                for (JavaFileObject file : super.list(location, packageName, kinds, recurse)) {
                    known.add(new Platform(file));
                }
                if (!known.isEmpty()) {
                    LISTED.put(asked, known);
                }
            }
            return known;
        }

        private List<JavaFileObject> all() {
            List<JavaFileObject> found = new ArrayList<>();
            path.keySet().forEach(name -> found.add(new Bytes(name, path)));
            return found;
        }

        @Override
        public String inferBinaryName(JavaFileManager.Location location, JavaFileObject file) {
            if (file instanceof Bytes bytes) {
                return bytes.name;
            }
            if (!(file instanceof Platform platform)) {
                return super.inferBinaryName(location, file);
            }
            if (platform.binaryName == null) {
                platform.binaryName = super.inferBinaryName(location, platform.original());
            }
            return platform.binaryName;
        }

        @Override
        public boolean isSameFile(FileObject a, FileObject b) {
            return a == b || a instanceof Bytes x && b instanceof Bytes y && x.name.equals(y.name);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
            JavaFileManager.Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new Bytes(name, made);
        }
    }
}
