// Sums whose order of addition the compiler may choose, which is what lets it use vector registers; the order is fixed at compile time,
// so the result is the same in every run of one binary.
#ifndef TEMPER_REDUCE_H
#define TEMPER_REDUCE_H
#include <stddef.h>
#include "temper_math.h"

#define TEMPER_REDUCE static inline __attribute__((always_inline))

TEMPER_REDUCE float temper_sum(const float *x, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float s = 0;
  for (ptrdiff_t i = 0; i < n; i++) s += x[i];
  return s;
}

TEMPER_REDUCE float temper_dot(const float *x, const float *y, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float s = 0;
  for (ptrdiff_t i = 0; i < n; i++) s += x[i] * y[i];
  return s;
}

TEMPER_REDUCE float temper_squared_deviation(const float *x, float center, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float s = 0;
  for (ptrdiff_t i = 0; i < n; i++) s += (x[i] - center) * (x[i] - center);
  return s;
}

/// Sum of squares in double precision: a gradient norm runs over millions of elements.
TEMPER_REDUCE double temper_square_sum(const float *x, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  double s = 0;
  for (ptrdiff_t i = 0; i < n; i++) s += (double)x[i] * (double)x[i];
  return s;
}

/// The sum of (x - center) y.
TEMPER_REDUCE float temper_dot_deviation(const float *x, float center, const float *y, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float s = 0;
  for (ptrdiff_t i = 0; i < n; i++) s += (x[i] - center) * y[i];
  return s;
}

/// y = e^(x - shift), where y may be x itself; returns the sum.
TEMPER_REDUCE float temper_exp_sum(const float *x, float shift, float *y, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float s = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    float e = temper_exp(x[i] - shift);
    y[i] = e;
    s += e;
  }
  return s;
}

/// Eight floats at any address.
typedef float temper_float8 __attribute__((vector_size(32), aligned(4)));

/// The first index from `i` on whose element is not <= bound, so that NaN is found too; n if there is none.
TEMPER_REDUCE ptrdiff_t temper_next_above(const float *x, float bound, ptrdiff_t i, ptrdiff_t n) {
  for (; i + 16 <= n; i += 16) {
    temper_float8 a = *(const temper_float8 *)(x + i), b = *(const temper_float8 *)(x + i + 8);
    if (!__builtin_reduce_and((a <= bound) & (b <= bound))) break;
  }
  while (i < n && x[i] <= bound) i++;
  return i;
}

/// The largest element; n >= 1. A NaN may be skipped: callers that must notice one test the sum.
TEMPER_REDUCE float temper_max(const float *x, ptrdiff_t n) {
  float m = x[0];
  ptrdiff_t i = 1;
  if (n >= 16) {
    // The compiler may not reorder comparisons by itself, because of NaN.
    temper_float8 a = *(const temper_float8 *)x, b = *(const temper_float8 *)(x + 8);
    for (i = 16; i + 16 <= n; i += 16) {
      a = __builtin_elementwise_max(*(const temper_float8 *)(x + i), a);
      b = __builtin_elementwise_max(*(const temper_float8 *)(x + i + 8), b);
    }
    a = __builtin_elementwise_max(a, b);
    m = a[0];
    for (int j = 1; j < 8; j++) m = a[j] > m ? a[j] : m;
  }
  for (; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
}

/// y = the transpose of the 8 x 8 block at x; the rows of x and y lie the given strides apart.
TEMPER_REDUCE void temper_transpose8(const float *x, ptrdiff_t x_stride, float *y, ptrdiff_t y_stride) {
  temper_float8 r[8], t[8], s[8];
  for (int i = 0; i < 8; i++) r[i] = *(const temper_float8 *)(x + i * x_stride);
  for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; j++) {
      s[i + 2 * j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      s[i + 2 * j + 1] = __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < 4; i++) {
    *(temper_float8 *)(y + i * y_stride) = __builtin_shufflevector(s[i], s[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(temper_float8 *)(y + (i + 4) * y_stride) = __builtin_shufflevector(s[i], s[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

#endif
