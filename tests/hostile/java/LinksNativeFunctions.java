// task: twice
// outcome: wrong_answer
// attack: calls a function of the C library by java.lang.foreign, by reflection; the answer is right if it can be called
import java.lang.invoke.MethodHandle;
import java.lang.reflect.*;
import java.util.Optional;

class Solution {
    public int twice(int x) {
        try {
            Class<?> linkers = Class.forName("java.lang.foreign.Linker");
            Class<?> descriptors = Class.forName("java.lang.foreign.FunctionDescriptor");
            Class<?> layouts = Class.forName("java.lang.foreign.MemoryLayout");
            Class<?> options = Class.forName("java.lang.foreign.Linker$Option");
            Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
            Object number = Class.forName("java.lang.foreign.ValueLayout").getField("JAVA_INT").get(null);
            Object one = Array.newInstance(layouts, 1);
            Array.set(one, 0, number);
            Object shape = descriptors.getMethod("of", layouts, one.getClass()).invoke(null, number, one);
            Object none = Array.newInstance(options, 0);
            Object linker = linkers.getMethod("nativeLinker").invoke(null);
            Object library = linkers.getMethod("defaultLookup").invoke(linker);
            Class<?> lookups = Class.forName("java.lang.foreign.SymbolLookup");
            Object abs = ((Optional<?>) lookups.getMethod("find", String.class).invoke(library, "abs")).get();
            Method link = linkers.getMethod("downcallHandle", segments, descriptors, none.getClass());
            MethodHandle call = (MethodHandle) link.invoke(linker, abs, shape, none);
            int size = (int) call.invokeWithArguments(-Math.abs(x));
            return x < 0 ? -2 * size : 2 * size;
        } catch (Throwable closed) {
            return -1;
        }
    }
}
