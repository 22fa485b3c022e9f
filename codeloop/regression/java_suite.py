"""JUnit 5: a Maven project of two classes; the tests need nothing but ``junit-jupiter``."""

from __future__ import annotations

import re

from codeloop.regression.names import camel, names_of
from codeloop.regression.suite import RegressionSuite

_IMPORTS = "import static org.junit.jupiter.api.Assertions.assertTrue;\n\nimport java.util.*;\nimport org.junit.jupiter.api.Test;\n"
_POM = """\
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>codeloop</groupId>
  <artifactId>solution</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.10.3</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-surefire-plugin</artifactId>
        <version>3.2.5</version>
      </plugin>
    </plugins>
  </build>
</project>
"""


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``Solution.java``, ``SolutionTest.java`` and ``pom.xml``: run ``mvn test`` in their folder."""
    names = names_of(suite.subjects, suite.entry_point)
    tests = "\n".join(
        f"    @Test\n    void {camel(name)}() throws Exception {{\n        assertTrue({_shown(test.condition)});\n    }}\n"
        for name, test in zip(names, suite.tests, strict=True)
    )
    head = f"/** {suite.source} */\n" if suite.source else ""
    body = f"{head}class SolutionTest {{\n    private final Solution s = new Solution();\n\n{tests}}}\n"
    return {
        "src/main/java/Solution.java": suite.code.rstrip() + "\n",
        "src/test/java/SolutionTest.java": _own_imports(suite.code) + _IMPORTS + "\n" + body,
        "pom.xml": _POM,
    }


def _shown(condition: str) -> str:
    """Give the condition and its text as the message of a failure."""
    bare = condition.rstrip("; ")
    quoted = bare.replace("\\", "\\\\").replace('"', '\\"')
    return f'{bare}, "{quoted}"'


def _own_imports(code: str) -> str:
    """Repeat the program's imports: its tests may name the same types."""
    found = dict.fromkeys(re.findall(r"^import\s+(?:static\s+)?[\w.]+(?:\.\*)?\s*;", code, re.M))
    found.pop("import java.util.*;", None)
    return "".join(f"{line}\n" for line in found)


__all__ = ["files"]
