import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import net.sourceforge.pmd.PMDConfiguration;
import net.sourceforge.pmd.PMDVersion;
import net.sourceforge.pmd.PmdAnalysis;
import net.sourceforge.pmd.lang.LanguageRegistry;
import net.sourceforge.pmd.lang.LanguageVersion;
import net.sourceforge.pmd.lang.document.FileId;
import net.sourceforge.pmd.lang.document.TextFile;
import net.sourceforge.pmd.lang.rule.RuleSet;
import net.sourceforge.pmd.renderers.JsonRenderer;

/** PMD over a text in memory, in the caller's thread; its own JSON is the answer. */
public final class Pmd implements Lint.Analyser {
    private static final String RULES = "/opt/codeloop/pmd.xml";
    private static final String SUPPRESS = UUID.randomUUID().toString(); // in place of NOPMD, and of no use to a program

    private final LanguageVersion java = LanguageRegistry.PMD.getLanguageById("java").getVersion("21");
    private RuleSet rules;

    @Override
    public String version() {
        return PMDVersion.VERSION;
    }

    @Override
    public String findings(String source) throws IOException {
        PMDConfiguration configuration = new PMDConfiguration();
        configuration.setThreads(0);
        configuration.setDefaultLanguageVersion(java); // a file of another version than this one is passed over
        configuration.setIgnoreIncrementalAnalysis(true);
        configuration.setSuppressMarker(SUPPRESS);
        StringWriter said = new StringWriter();
        try (PmdAnalysis analysis = PmdAnalysis.create(configuration)) {
            if (rules == null) {
                rules = analysis.newRuleSetLoader().loadFromString("pmd.xml", Files.readString(Path.of(RULES)));
            }
            analysis.addRuleSet(rules);
            analysis.files().addFile(TextFile.forCharSeq(source, FileId.fromPathLikeString("Solution.java"), java));
            analysis.addRenderer(renderer(said));
            analysis.performAnalysis();
        }
        return said.toString();
    }

    private static JsonRenderer renderer(StringWriter said) {
        JsonRenderer renderer = new JsonRenderer();
        renderer.setWriter(said);
        return renderer;
    }
}
