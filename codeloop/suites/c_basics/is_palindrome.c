#include <stdbool.h>
#include <string.h>

static int folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 'a';
    return c >= 'a' && c <= 'z' ? c : 0;
}

bool is_palindrome(const char *text)
{
    int left = 0, right = (int)strlen(text) - 1;

    while (left < right) {
        if (!folded(text[left]))
            left++;
        else if (!folded(text[right]))
            right--;
        else if (folded(text[left++]) != folded(text[right--]))
            return false;
    }
    return true;
}
