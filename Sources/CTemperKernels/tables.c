#include "temper_kernels.h"
#include "temper_math.h"
#include "temper_reduce.h"

/// Rows of a large table are far apart, so that later ones are fetched while one is worked on.
#define AHEAD 12

/// The address of row `i` of a list, or of row `i` itself where there is no list; a row that is `AHEAD` of it is fetched.
TEMPER_REDUCE ptrdiff_t row_at(const int32_t *rows, ptrdiff_t i, ptrdiff_t count, const float *table, ptrdiff_t width) {
  if (!rows) return i;
  if (i + AHEAD < count) __builtin_prefetch(table + rows[i + AHEAD] * width, 1);
  return rows[i];
}

/// Calls a loop over rows with a width that the compiler knows, where it is a usual one: each row is then a few vector instructions.
#define WITH_WIDTH(loop) (width == 16 ? loop(16) : width == 32 ? loop(32) : loop(width))

TEMPER_REDUCE void adagrad_rows(
    const int32_t *rows, ptrdiff_t count, const float *g, ptrdiff_t width, float scale, float rate, float eps, float *s, float *w) {
  for (ptrdiff_t i = 0; i < count; i++) {
    ptrdiff_t row = row_at(rows, i, count, w, width);
    if (rows && i + AHEAD < count) {
      __builtin_prefetch(s + rows[i + AHEAD], 1);
      __builtin_prefetch(g + rows[i + AHEAD] * width);
    }
    const float *from = g + row * width;
    float *to = w + row * width;
    s[row] += scale * scale * temper_dot(from, from, width) / (float)width;
    float step = rate * scale / (temper_sqrt(s[row]) + eps);
    for (ptrdiff_t j = 0; j < width; j++) to[j] -= step * from[j];
  }
}

void temper_adagrad_rows(
    const int32_t *rows, ptrdiff_t count, const float *g, ptrdiff_t width, float scale, float rate, float eps, float *s, float *w) {
#define LOOP(known) adagrad_rows(rows, count, g, known, scale, rate, eps, s, w)
  WITH_WIDTH(LOOP);
#undef LOOP
}

TEMPER_REDUCE void bag_sum(const int32_t *ids, ptrdiff_t count, const float *table, ptrdiff_t width, float factor, float *y) {
  for (ptrdiff_t j = 0; j < width; j++) y[j] = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float *from = table + row_at(ids, i, count, table, width) * width;
    for (ptrdiff_t j = 0; j < width; j++) y[j] += from[j];
  }
  for (ptrdiff_t j = 0; j < width; j++) y[j] *= factor;
}

void temper_bag_sum(const int32_t *ids, ptrdiff_t count, const float *table, ptrdiff_t width, float factor, float *restrict y) {
#define LOOP(known) bag_sum(ids, count, table, known, factor, y)
  WITH_WIDTH(LOOP);
#undef LOOP
}

/// The numbers of a row that are worked on at once.
#define BLOCK 16

void temper_bag_add(
    const int32_t *ids, ptrdiff_t count, const float *g, ptrdiff_t columns, float factor, float *table, ptrdiff_t width) {
  for (ptrdiff_t first = 0; first < columns; first += BLOCK) {
    ptrdiff_t block = columns - first < BLOCK ? columns - first : BLOCK;
    float *place = table + first, v[BLOCK];
    for (ptrdiff_t j = 0; j < block; j++) v[j] = factor * g[first + j];
    for (ptrdiff_t i = 0; i < count; i++) {
      float *to = place + row_at(ids, i, count, place, width) * width;
      if (block == BLOCK) {
        for (ptrdiff_t j = 0; j < BLOCK; j++) to[j] += v[j];
      } else {
        for (ptrdiff_t j = 0; j < block; j++) to[j] += v[j];
      }
    }
  }
}

ptrdiff_t temper_note_ids(const int32_t *ids, ptrdiff_t count, uint8_t *noted, int32_t *fresh) {
  ptrdiff_t found = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    if (i + AHEAD < count) __builtin_prefetch(noted + ids[i + AHEAD], 1);
    fresh[found] = ids[i];
    found += !noted[ids[i]];
    noted[ids[i]] = 1;
  }
  return found;
}

TEMPER_REDUCE double row_squares(const int32_t *rows, ptrdiff_t count, const float *table, ptrdiff_t width) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += temper_square_sum(table + row_at(rows, i, count, table, width) * width, width);
  return sum;
}

double temper_row_squares(const int32_t *rows, ptrdiff_t count, const float *table, ptrdiff_t width) {
#define LOOP(known) row_squares(rows, count, table, known)
  return WITH_WIDTH(LOOP);
#undef LOOP
}

void temper_clear_rows(const int32_t *rows, ptrdiff_t count, float *table, ptrdiff_t width) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float *to = table + row_at(rows, i, count, table, width) * width;
    for (ptrdiff_t j = 0; j < width; j++) to[j] = 0;
  }
}
