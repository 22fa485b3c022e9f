#define SIZE 3

/* c = a b, modulo 2 to the 32nd. */
void matrix_multiply(const unsigned a[SIZE][SIZE], const unsigned b[SIZE][SIZE], unsigned c[SIZE][SIZE])
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            unsigned sum = 0;
            for (int k = 0; k < SIZE; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

void transpose(unsigned m[SIZE][SIZE])
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < i; j++) {
            unsigned kept = m[i][j];
            m[i][j] = m[j][i];
            m[j][i] = kept;
        }
}
