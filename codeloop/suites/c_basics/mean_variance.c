#include <stddef.h>

double mean_variance(const double *values, size_t n, double *variance)
{
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; i++) {
        double delta = values[i] - mean;
        mean += delta / (double)(i + 1);
        squares += delta * (values[i] - mean);
    }
    *variance = n > 1 ? squares / (double)(n - 1) : 0.0;
    return mean;
}
