/* Counts words of letters and digits; any byte above 127 ends a word. */
#include <stddef.h>

static int is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

size_t count_words(const char *text)
{
    size_t words = 0;
    int inside = 0;

    for (; *text; text++) {
        if (is_word(*text)) {
            words += !inside;
            inside = 1;
        } else {
            inside = 0;
        }
    }
    return words;
}
