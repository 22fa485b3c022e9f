import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says what javac and PMD warn of in a program that compiles; executes nothing of it.
 *
 * The answer is that of the analysers' runner in the other images ({@code agent/lint.py}): a line for each tool, then
 * {@code done}. PMD lives in this process, where both find javac warm; started by itself it takes seconds. It is not there
 * where a host's own tools check, and then the line says so.
 *
 * No tool is told of {@code @SuppressWarnings}: it would let a program hide what is wrong with it. javac has no option for
 * that, so the annotation is blanked in the text, and every place stays what it was.
 */
final class Lint {
    private static Analyser pmd; // kept: to read its rules is most of the work

    /** PMD's part, which is compiled against its jars. */
    interface Analyser {
        String version();

        String findings(String source) throws IOException;
    }

    private final String source;
    private final StringBuilder lines = new StringBuilder();
    private volatile boolean isSound = true;

    Lint(String source) {
        this.source = source;
    }

    boolean isSound(OutputStream out) throws InterruptedException {
        Thread worker = new Thread(null, this::work, "lint", Compile.STACK);
        worker.start();
        worker.join();
        PrintStream printed = new PrintStream(out, false);
        printed.print(lines + "{\"done\":true}\n");
        printed.flush();
        return isSound;
    }

    private void work() {
        String version = Runtime.version().toString();
        try {
            String text = unsuppressed(source);
            lines.append(line("javac", version, "exited", javac(text), ""));
            pmd(text);
        } catch (Throwable crash) { // either tool can be crashed by its input
            isSound = false;
            lines.append(line(lines.isEmpty() ? "javac" : "pmd", version, "signalled", "", crash.toString()));
        }
    }

    private void pmd(String text) throws ReflectiveOperationException, IOException {
        if (pmd == null) {
            try {
                pmd = (Analyser) Class.forName("Pmd").getDeclaredConstructor().newInstance();
            } catch (ClassNotFoundException missing) {
                lines.append(line("pmd", "", "missing", "", "no PMD here"));
                return;
            }
        }
        lines.append(line("pmd", pmd.version(), "exited", pmd.findings(text), ""));
    }

    private static String javac(String text) throws IOException {
        StringBuilder said = new StringBuilder();
        int[] count = {0};
        JavacTask task = task(text, "-Xlint:all", found -> {
            if (count[0]++ < Compile.MESSAGES) {
                said.append("{").append(Compile.described(1, text, found)).append("}\n");
            }
        });
        task.analyze();
        return said.toString();
    }

    private static JavacTask task(
        String text, String lint, javax.tools.DiagnosticListener<javax.tools.JavaFileObject> listener) {
        return Compile.task("Solution.java", text, lint, new Compile.Memory(Compile.PLATFORM, Map.of(), new TreeMap<>()), listener);
    }

    /** Blank every annotation of that name, however it is spelled: javac has read the text, escapes included. */
    private static String unsuppressed(String text) throws IOException {
        StringBuilder blanked = new StringBuilder(text);
        JavacTask task = task(text, "-Xlint:none", found -> { });
        SourcePositions places = Trees.instance(task).getSourcePositions();
        for (CompilationUnitTree unit : task.parse()) {
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitAnnotation(AnnotationTree node, Void nothing) {
                    if (name(node.getAnnotationType()).equals("SuppressWarnings")) {
                        blank(blanked, (int) places.getStartPosition(unit, node), (int) places.getEndPosition(unit, node));
                    }
                    return super.visitAnnotation(node, nothing);
                }
            }.scan(unit, null);
        }
        return blanked.toString();
    }

    private static String name(Tree type) {
        return type instanceof MemberSelectTree select ? select.getIdentifier().toString() : type.toString();
    }

    private static void blank(StringBuilder text, int start, int end) {
        for (int i = Math.max(start, 0); i < end; i++) {
            if (text.charAt(i) != '\n' && text.charAt(i) != '\r') {
                text.setCharAt(i, ' ');
            }
        }
    }

    private static String line(String tool, String version, String ended, String stdout, String stderr) {
        return "{\"tool\":" + Json.quote(tool) + Json.field("version", version) + Json.field("ended", ended)
            + ",\"code\":" + (ended.equals("exited") ? 0 : -1) + Json.field("stdout", stdout) + Json.field("stderr", stderr)
            + ",\"is_cut\":false,\"wall_s\":0}\n";
    }
}
