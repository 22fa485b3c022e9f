// task: twice
// outcome: wrong_answer
// attack: breaks into java.base by reflection, lookups and proxies
import java.lang.invoke.*;
import java.lang.reflect.*;

class Solution {
    interface Attempt {
        Object go() throws Throwable;
    }

    public int twice(int x) {
        Attempt[] attempts = {
            () -> {
                Field field = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
                field.setAccessible(true);
                return field.get(null);
            },
            () -> MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup()).findGetter(Thread.class, "holder", Object.class),
            () -> {
                Method method = Module.class.getDeclaredMethod("implAddOpens", String.class);
                method.setAccessible(true);
                return method.invoke(Object.class.getModule(), "java.lang");
            },
            () -> {
                Method method = Class.class.getDeclaredMethod("getDeclaredFields0", boolean.class);
                method.setAccessible(true);
                return method;
            },
            () -> {
                Object.class.getModule().addOpens("java.lang", Solution.class.getModule());
                return x;
            },
        };
        for (Attempt attempt : attempts) {
            try {
                attempt.go();
                return 2 * x;
            } catch (Throwable closed) {
                continue;
            }
        }
        return -1;
    }
}
