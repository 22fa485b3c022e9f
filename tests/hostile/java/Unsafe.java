// task: twice
// outcome: wrong_answer
// attack: asks for Unsafe in every place where it was ever kept
import java.lang.module.*;
import java.util.*;

class Solution {
    public int twice(int x) {
        for (String name : new String[] {"sun.misc.Unsafe", "jdk.internal.misc.Unsafe"}) {
            try {
                var field = Class.forName(name).getDeclaredField("theUnsafe");
                field.setAccessible(true);
                return field.get(null) == null ? -1 : 2 * x;
            } catch (ReflectiveOperationException | RuntimeException closed) {
                continue;
            }
        }
        try {
            Configuration found = ModuleLayer.boot().configuration()
                .resolve(ModuleFinder.ofSystem(), ModuleFinder.of(), Set.of("jdk.unsupported"));
            ModuleLayer layer = ModuleLayer.boot().defineModulesWithOneLoader(found, null);
            var field = layer.findLoader("jdk.unsupported").loadClass("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null) == null ? -1 : 2 * x;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError closed) {
            return -1;
        }
    }
}
