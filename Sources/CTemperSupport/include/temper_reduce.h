// Sums whose order of addition the compiler may choose, which is what lets it use vector registers; the order is fixed at compile time,
// so the result is the same in every run of one binary.
#ifndef TEMPER_REDUCE_H
#define TEMPER_REDUCE_H
#include <stddef.h>

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

/// The largest element; n >= 1. A NaN may be skipped: callers that must notice one test the sum.
TEMPER_REDUCE float temper_max(const float *x, ptrdiff_t n) {
  float m = x[0];
  for (ptrdiff_t i = 1; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
}

#endif
