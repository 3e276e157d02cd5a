#include "temper_kernels.h"
#include "temper_reduce.h"

/// The columns whose sums are in registers at once.
#define COLUMNS 32

/// Calls a loop over blocks of columns, of which a whole block has a width that the compiler knows.
#define EACH_BLOCK(loop)                                        \
  ptrdiff_t c = 0;                                              \
  for (; c + COLUMNS <= n; c += COLUMNS) loop(COLUMNS);         \
  if (c < n) loop(n - c)

TEMPER_REDUCE void sum_block(const float *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t width, float *s) {
  float sums[COLUMNS] = {};
  for (ptrdiff_t i = 0; i < rows; i++, x += n)
    for (ptrdiff_t j = 0; j < width; j++) sums[j] += x[j];
  for (ptrdiff_t j = 0; j < width; j++) s[j] = sums[j];
}

void temper_column_sums(const float *x, ptrdiff_t rows, ptrdiff_t n, float *restrict s) {
#define LOOP(width) sum_block(x + c, rows, n, width, s + c)
  EACH_BLOCK(LOOP);
#undef LOOP
}

TEMPER_REDUCE void square_block(const float *x, const float *mean, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t width, float *s) {
  float sums[COLUMNS] = {}, m[COLUMNS];
  for (ptrdiff_t j = 0; j < width; j++) m[j] = mean[j];
  for (ptrdiff_t i = 0; i < rows; i++, x += n)
    for (ptrdiff_t j = 0; j < width; j++) sums[j] += (x[j] - m[j]) * (x[j] - m[j]);
  for (ptrdiff_t j = 0; j < width; j++) s[j] = sums[j];
}

void temper_column_squares(const float *x, const float *mean, ptrdiff_t rows, ptrdiff_t n, float *restrict s) {
#define LOOP(width) square_block(x + c, mean + c, rows, n, width, s + c)
  EACH_BLOCK(LOOP);
#undef LOOP
}

TEMPER_REDUCE void product_block(
    const float *g, const float *x, const float *mean, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t width, float *s, float *p) {
  float sums[COLUMNS] = {}, products[COLUMNS] = {}, m[COLUMNS];
  for (ptrdiff_t j = 0; j < width; j++) m[j] = mean[j];
  for (ptrdiff_t i = 0; i < rows; i++, g += n, x += n) {
    for (ptrdiff_t j = 0; j < width; j++) {
      sums[j] += g[j];
      products[j] += g[j] * (x[j] - m[j]);
    }
  }
  for (ptrdiff_t j = 0; j < width; j++) {
    s[j] = sums[j];
    p[j] = products[j];
  }
}

void temper_column_products(
    const float *g, const float *x, const float *mean, ptrdiff_t rows, ptrdiff_t n, float *restrict s, float *restrict p) {
#define LOOP(width) product_block(g + c, x + c, mean + c, rows, n, width, s + c, p + c)
  EACH_BLOCK(LOOP);
#undef LOOP
}

void temper_columns_scaled(
    const float *x, const float *mean, const float *slope, const float *shift, ptrdiff_t rows, ptrdiff_t n, float *restrict y) {
  for (ptrdiff_t i = 0; i < rows; i++, x += n, y += n)
    for (ptrdiff_t j = 0; j < n; j++) y[j] = (x[j] - mean[j]) * slope[j] + shift[j];
}

void temper_columns_combined(
    const float *g, const float *a, const float *x, const float *mean, const float *b, const float *shift, ptrdiff_t rows, ptrdiff_t n,
    float beta, float *restrict d) {
  for (ptrdiff_t i = 0; i < rows; i++, g += n, x += n, d += n) {
    if (beta == 0) {
      for (ptrdiff_t j = 0; j < n; j++) d[j] = a[j] * g[j] + b[j] * (x[j] - mean[j]) + shift[j];
    } else {
      for (ptrdiff_t j = 0; j < n; j++) d[j] += a[j] * g[j] + b[j] * (x[j] - mean[j]) + shift[j];
    }
  }
}
