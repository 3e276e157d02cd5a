#include "temper_kernels.h"
#include "temper_math.h"
#include "temper_reduce.h"

typedef float float4 __attribute__((vector_size(16), aligned(4)));

/// The sums of the eight lanes of each of four vectors.
TEMPER_INLINE float4 lane_sums(temper_float8 a, temper_float8 b, temper_float8 c, temper_float8 d) {
  float4 p = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  float4 q = __builtin_shufflevector(b, b, 0, 1, 2, 3) + __builtin_shufflevector(b, b, 4, 5, 6, 7);
  float4 r = __builtin_shufflevector(c, c, 0, 1, 2, 3) + __builtin_shufflevector(c, c, 4, 5, 6, 7);
  float4 s = __builtin_shufflevector(d, d, 0, 1, 2, 3) + __builtin_shufflevector(d, d, 4, 5, 6, 7);
  float4 pq = __builtin_shufflevector(p, q, 0, 1, 4, 5) + __builtin_shufflevector(p, q, 2, 3, 6, 7);
  float4 rs = __builtin_shufflevector(r, s, 0, 1, 4, 5) + __builtin_shufflevector(r, s, 2, 3, 6, 7);
  return __builtin_shufflevector(pq, rs, 0, 2, 4, 6) + __builtin_shufflevector(pq, rs, 1, 3, 5, 7);
}

/// The dot products of x with four rows of w that begin at the given places. What a row comes to does not depend on the three others.
TEMPER_REDUCE float4 four_dots(const float *a, const float *b, const float *c, const float *d, const float *x, ptrdiff_t k) {
  const float *w[4] = {a, b, c, d};
  temper_float8 even[4] = {}, odd[4] = {};
  ptrdiff_t p = 0;
  for (; p + 16 <= k; p += 16) {
    temper_float8 first = *(const temper_float8 *)(x + p), second = *(const temper_float8 *)(x + p + 8);
    for (int r = 0; r < 4; r++) {
      even[r] += *(const temper_float8 *)(w[r] + p) * first;
      odd[r] += *(const temper_float8 *)(w[r] + p + 8) * second;
    }
  }
  if (p + 8 <= k) {
    for (int r = 0; r < 4; r++) even[r] += *(const temper_float8 *)(w[r] + p) * *(const temper_float8 *)(x + p);
    p += 8;
  }
  float4 sums = lane_sums(even[0] + odd[0], even[1] + odd[1], even[2] + odd[2], even[3] + odd[3]);
  for (; p < k; p++) sums += (float4){w[0][p], w[1][p], w[2][p], w[3][p]} * x[p];
  return sums;
}

void temper_row_products(
    const float *w, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t k, const float *x, float alpha, float beta, float *y) {
  for (ptrdiff_t i = 0; i < rows; i += 4) {
    ptrdiff_t last = rows - 1 - i, count = last < 3 ? last + 1 : 4;
    const float *row = w + i * stride;
    // Of fewer than four the last one is taken again.
    float4 sums = four_dots(
        row, row + (last < 1 ? last : 1) * stride, row + (last < 2 ? last : 2) * stride, row + (last < 3 ? last : 3) * stride, x, k);
    for (ptrdiff_t r = 0; r < count; r++) y[i + r] = beta == 0 ? alpha * sums[r] : alpha * sums[r] + beta * y[i + r];
  }
}
