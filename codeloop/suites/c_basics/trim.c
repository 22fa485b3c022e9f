#include <stddef.h>
#include <string.h>

static int is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes spaces off both ends, in place; says how long the text is then. */
size_t trim(char *text)
{
    size_t start = 0, end = strlen(text);

    while (is_space(text[start]))
        start++;
    while (end > start && is_space(text[end - 1]))
        end--;
    memmove(text, text + start, end - start);
    text[end - start] = '\0';
    return end - start;
}
