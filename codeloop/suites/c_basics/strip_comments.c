/* Takes comments out, in place: those in C's old style become a space, those of a line vanish up to its end. */
void strip_comments(char *text)
{
    char *out = text;

    while (*text) {
        if (text[0] == '/' && text[1] == '*') {
            text += 2;
            while (*text && !(text[0] == '*' && text[1] == '/'))
                text++;
            if (*text)
                text += 2;
            *out++ = ' ';
        } else if (text[0] == '/' && text[1] == '/') {
            while (*text && *text != '\n')
                text++;
        } else {
            *out++ = *text++;
        }
    }
    *out = '\0';
}
