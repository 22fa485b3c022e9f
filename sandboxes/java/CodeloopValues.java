import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the tests mean by equality: the values decide, never an equals of the candidate's while there is another side.
 *
 * A returned Set with the right size and nothing to iterate over equals any other Set for the platform; so does a list
 * element for which the candidate wrote the equals. Here collections are read element by element, once.
 * Linked into the tests' class loader; without state, so nothing can be gained by calling it.
 */
public final class CodeloopValues {
    private static final Set<Class<?>> SCALARS = Set.of(
        String.class, Integer.class, Long.class, Double.class, Boolean.class, Character.class, Float.class, Short.class,
        Byte.class);

    private CodeloopValues() {}

    /** Whether two values are equal as java.util defines it for values of the platform. */
    public static boolean same(Object a, Object b) {
        if (a == b || a == null || b == null) {
            return a == b;
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return sameLists(x, y);
        }
        if (a instanceof Set<?> x && b instanceof Set<?> y) {
            return sameElements(new ArrayList<>(x), new ArrayList<>(y));
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return sameMaps(x, y);
        }
        if (a instanceof Optional<?> x && b instanceof Optional<?> y) {
            return same(x.orElse(null), y.orElse(null));
        }
        if (a instanceof Map.Entry<?, ?> x && b instanceof Map.Entry<?, ?> y) {
            return same(x.getKey(), y.getKey()) && same(x.getValue(), y.getValue());
        }
        if (isCollection(a) || isCollection(b)) {
            return false;
        }
        return isForeign(a) && !isForeign(b) ? b.equals(a) : a.equals(b);
    }

    private static boolean isCollection(Object value) {
        return value instanceof List || value instanceof Set || value instanceof Map;
    }

    /** Whether the class, and so its equals, is not the platform's. */
    private static boolean isForeign(Object value) {
        ClassLoader loader = value.getClass().getClassLoader();
        return loader != null && loader != ClassLoader.getPlatformClassLoader();
    }

    private static boolean sameLists(List<?> a, List<?> b) {
        Iterator<?> x = a.iterator();
        Iterator<?> y = b.iterator();
        while (x.hasNext() && y.hasNext()) {
            if (!same(x.next(), y.next())) {
                return false;
            }
        }
        return !x.hasNext() && !y.hasNext();
    }

    /** In any order; by hash where all of them are scalars, else each against each. */
    private static boolean sameElements(List<Object> a, List<Object> b) {
        if (areScalars(a) && areScalars(b)) {
            return new HashSet<>(a).equals(new HashSet<>(b));
        }
        if (a.size() != b.size()) {
            return false;
        }
        List<Object> left = new ArrayList<>(b);
        for (Object value : a) {
            if (!removed(left, value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean removed(List<Object> left, Object value) {
        for (Iterator<Object> i = left.iterator(); i.hasNext();) {
            if (same(value, i.next())) {
                i.remove();
                return true;
            }
        }
        return false;
    }

    private static boolean areScalars(Collection<?> values) {
        for (Object value : values) {
            if (value != null && !SCALARS.contains(value.getClass())) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameMaps(Map<?, ?> a, Map<?, ?> b) {
        List<Object> x = new ArrayList<>(a.entrySet());
        List<Object> y = new ArrayList<>(b.entrySet());
        Map<Object, Object> mine = byScalar(x);
        Map<Object, Object> theirs = byScalar(y);
        if (mine == null || theirs == null) {
            return sameElements(x, y);
        }
        if (!mine.keySet().equals(theirs.keySet())) {
            return false;
        }
        for (Map.Entry<Object, Object> entry : mine.entrySet()) {
            if (!same(entry.getValue(), theirs.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** The entries by key, or null where a key is no scalar. */
    private static Map<Object, Object> byScalar(List<Object> entries) {
        Map<Object, Object> found = new HashMap<>();
        for (Object entry : entries) {
            Object key = ((Map.Entry<?, ?>) entry).getKey();
            if (key != null && !SCALARS.contains(key.getClass())) {
                return null;
            }
            found.put(key, ((Map.Entry<?, ?>) entry).getValue());
        }
        return found;
    }
}
