struct rect {
    int x, y;
    int width, height;
};

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

/* What two rectangles share; nothing is a rectangle of zeros. */
struct rect overlap(struct rect a, struct rect b)
{
    struct rect none = {0, 0, 0, 0}, both;

    both.x = larger(a.x, b.x);
    both.y = larger(a.y, b.y);
    both.width = smaller(a.x + a.width, b.x + b.width) - both.x;
    both.height = smaller(a.y + a.height, b.y + b.height) - both.y;
    return both.width > 0 && both.height > 0 ? both : none;
}

long long area(const struct rect *r)
{
    return r->width < 0 || r->height < 0 ? 0 : (long long)r->width * r->height;
}
