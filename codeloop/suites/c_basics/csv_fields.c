/* Counts the fields of a line; -1 where a quote is not closed. */
int csv_fields(const char *line)
{
    enum { PLAIN, QUOTED, QUOTE_IN_QUOTED } state = PLAIN;
    int fields = 1;

    for (; *line && !(state != QUOTED && *line == '\n'); line++) {
        switch (state) {
        case PLAIN:
            if (*line == '"')
                state = QUOTED;
            else if (*line == ',')
                fields++;
            break;
        case QUOTED:
            if (*line == '"')
                state = QUOTE_IN_QUOTED;
            break;
        case QUOTE_IN_QUOTED:
            if (*line == '"') {
                state = QUOTED;
            } else {
                state = PLAIN;
                if (*line == ',')
                    fields++;
            }
            break;
        }
    }
    return state == QUOTED ? -1 : fields;
}
