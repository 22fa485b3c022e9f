/* Moves letters along the alphabet, in place. */
void caesar(char *text, int by)
{
    by = by % 26;
    if (by < 0)
        by += 26;
    for (; *text; text++) {
        if (*text >= 'a' && *text <= 'z')
            *text = (char)('a' + (*text - 'a' + by) % 26);
        else if (*text >= 'A' && *text <= 'Z')
            *text = (char)('A' + (*text - 'A' + by) % 26);
    }
}
