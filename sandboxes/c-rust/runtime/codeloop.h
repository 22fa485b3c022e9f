/* What every part of the runtime includes. */
#ifndef CODELOOP_H
#define CODELOOP_H
#include "driver.h"
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cl_in {
    const uint8_t *at, *end;
};
#endif
