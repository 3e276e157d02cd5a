// Images: resizing of bytes, and moving of pixels.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "temper_kernels.h"

/// The source pixels and weights of each of `count` places, of a triangle as wide as a step, or as a pixel where steps are shorter: smooth where an
/// image grows, and the mean of what falls together where it shrinks. Returns the number of weights of a place.
static ptrdiff_t taps(double start, double length, ptrdiff_t size, ptrdiff_t count, int32_t **firsts, float **weights) {
  const double step = length / (double)count, support = step > 1 ? step : 1;
  const ptrdiff_t most = (ptrdiff_t)ceil(support) * 2 + 1;
  *firsts = malloc((size_t)count * sizeof(int32_t));
  *weights = calloc((size_t)(count * most), sizeof(float));
  if (!*firsts || !*weights) return 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    const double center = start + ((double)i + 0.5) * step;
    ptrdiff_t first = (ptrdiff_t)floor(center - support + 0.5), end = (ptrdiff_t)floor(center + support + 0.5);
    if (first < 0) first = 0;
    if (end > size) end = size;
    if (first >= size) first = size - 1;
    if (end <= first) end = first + 1;
    if (end - first > most) end = first + most;
    float *w = *weights + i * most;
    double sum = 0;
    for (ptrdiff_t j = first; j < end; j++) {
      const double distance = fabs(((double)j - center + 0.5) / support);
      const double weight = distance < 1 ? 1 - distance : 0;
      w[j - first] = (float)weight;
      sum += weight;
    }
    if (sum > 0) {
      for (ptrdiff_t j = 0; j < most; j++) w[j] = (float)(w[j] / sum);
    } else {
      w[0] = 1;
    }
    (*firsts)[i] = (int32_t)first;
  }
  return most;
}

static inline uint8_t rounded(float value) {
  const float v = value + 0.5f;
  return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)v;
}

int temper_resize_image(
    const uint8_t *source, ptrdiff_t width, ptrdiff_t height, ptrdiff_t channels, double left, double top, double across, double down,
    uint8_t *target, ptrdiff_t columns, ptrdiff_t rows) {
  int32_t *x_firsts = NULL, *y_firsts = NULL;
  float *x_weights = NULL, *y_weights = NULL;
  const ptrdiff_t line = width * channels;
  float *sums = malloc((size_t)line * sizeof(float));
  const ptrdiff_t x_taps = taps(left, across, width, columns, &x_firsts, &x_weights);
  const ptrdiff_t y_taps = taps(top, down, height, rows, &y_firsts, &y_weights);
  const int is_made = sums && x_taps && y_taps;
  for (ptrdiff_t y = 0; is_made && y < rows; y++) {
    // First down, where neighbours lie side by side, then across.
    const float *wy = y_weights + y * y_taps;
    memset(sums, 0, (size_t)line * sizeof(float));
    for (ptrdiff_t j = 0; j < y_taps && y_firsts[y] + j < height; j++) {
      const float w = wy[j];
      if (w == 0) continue;
      const uint8_t *from = source + (y_firsts[y] + j) * line;
      for (ptrdiff_t i = 0; i < line; i++) sums[i] += w * (float)from[i];
    }
    for (ptrdiff_t x = 0; x < columns; x++) {
      const float *wx = x_weights + x * x_taps, *from = sums + x_firsts[x] * channels;
      ptrdiff_t count = width - x_firsts[x];
      if (count > x_taps) count = x_taps;
      for (ptrdiff_t c = 0; c < channels; c++) {
        float sum = 0;
        for (ptrdiff_t j = 0; j < count; j++) sum += wx[j] * from[j * channels + c];
        target[(c * rows + y) * columns + x] = rounded(sum);
      }
    }
  }
  free(sums);
  free(x_firsts);
  free(y_firsts);
  free(x_weights);
  free(y_weights);
  return is_made;
}

void temper_planes(const uint8_t *source, ptrdiff_t places, ptrdiff_t channels, uint8_t *target) {
  if (channels == 1) {
    memcpy(target, source, (size_t)places);
    return;
  }
  if (channels == 3) {
    uint8_t *r = target, *g = target + places, *b = target + 2 * places;
    for (ptrdiff_t i = 0; i < places; i++) {
      r[i] = source[3 * i];
      g[i] = source[3 * i + 1];
      b[i] = source[3 * i + 2];
    }
    return;
  }
  for (ptrdiff_t i = 0; i < places; i++) {
    for (ptrdiff_t c = 0; c < channels; c++) target[c * places + i] = source[i * channels + c];
  }
}

/// The same for a map that leaves rows rows and columns columns: first down, where neighbours lie side by side, then across. Returns 0 without memory.
static int move_upright(
    const float *source, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, const float *map, float blank, float *target) {
  // A column of blanks on each side stands for all that lies outside.
  float *line = malloc((size_t)(width + 2) * sizeof(float)), *shares = malloc((size_t)width * sizeof(float));
  int32_t *lefts = malloc((size_t)width * sizeof(int32_t));
  const int is_made = line && shares && lefts;
  for (ptrdiff_t x = 0; is_made && x < width; x++) {
    float sx = map[0] * ((float)x + 0.5f) + map[2] - 0.5f;
    if (!(sx > -1)) sx = -1;
    if (sx > (float)width) sx = (float)width;
    const float left = floorf(sx);
    lefts[x] = (int32_t)left + 1 < width ? (int32_t)left + 1 : (int32_t)width;
    shares[x] = sx - (float)(lefts[x] - 1);
  }
  for (ptrdiff_t y = 0; is_made && y < height; y++) {
    const float sy = map[4] * ((float)y + 0.5f) + map[5] - 0.5f;
    const int is_outside = !(sy > -1 && sy < (float)height);
    const float top = floorf(sy), v = sy - top;
    const ptrdiff_t y0 = is_outside ? 0 : (ptrdiff_t)top;
    for (ptrdiff_t k = 0; k < channels; k++) {
      float *to = target + (k * height + y) * width;
      if (is_outside) {
        for (ptrdiff_t x = 0; x < width; x++) to[x] = blank;
        continue;
      }
      const float *plane = source + k * height * width, *upper = plane + y0 * width, *lower = upper + width;
      line[0] = line[width + 1] = blank;
      if (y0 >= 0 && y0 + 1 < height) {
        for (ptrdiff_t x = 0; x < width; x++) line[x + 1] = upper[x] + v * (lower[x] - upper[x]);
      } else {
        const float *inside = y0 < 0 ? lower : upper;
        const float share = y0 < 0 ? v : 1 - v;
        for (ptrdiff_t x = 0; x < width; x++) line[x + 1] = blank + share * (inside[x] - blank);
      }
      for (ptrdiff_t x = 0; x < width; x++) {
        const float a = line[lefts[x]], b = line[lefts[x] + 1];
        to[x] = a + shares[x] * (b - a);
      }
    }
  }
  free(line);
  free(shares);
  free(lefts);
  return is_made;
}

void temper_move_pixels(
    const float *source, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, const float *map, float blank, float *target) {
  if (map[1] == 0 && map[3] == 0 && move_upright(source, channels, height, width, map, blank, target)) return;
  const float a = map[0], b = map[1], c = map[2], d = map[3], e = map[4], f = map[5];
  const ptrdiff_t plane = height * width;
  for (ptrdiff_t y = 0; y < height; y++) {
    for (ptrdiff_t x = 0; x < width; x++) {
      const float px = (float)x + 0.5f, py = (float)y + 0.5f;
      const float sx = a * px + b * py + c - 0.5f, sy = d * px + e * py + f - 0.5f;
      float *to = target + y * width + x;
      if (!(sx > -1 && sy > -1 && sx < (float)width && sy < (float)height)) {
        for (ptrdiff_t k = 0; k < channels; k++) to[k * plane] = blank;
        continue;
      }
      const float left = floorf(sx), top = floorf(sy);
      const float u = sx - left, v = sy - top;
      const ptrdiff_t x0 = (ptrdiff_t)left, y0 = (ptrdiff_t)top;
      if (x0 >= 0 && y0 >= 0 && x0 + 1 < width && y0 + 1 < height) {
        const float *from = source + y0 * width + x0;
        for (ptrdiff_t k = 0; k < channels; k++, from += plane) {
          const float upper = from[0] + u * (from[1] - from[0]), lower = from[width] + u * (from[width + 1] - from[width]);
          to[k * plane] = upper + v * (lower - upper);
        }
        continue;
      }
      // At the border what lies outside is blank.
      for (ptrdiff_t k = 0; k < channels; k++) {
        const float *from = source + k * plane;
        float corner[4];
        for (int i = 0; i < 4; i++) {
          const ptrdiff_t cx = x0 + (i & 1), cy = y0 + (i >> 1);
          corner[i] = cx >= 0 && cy >= 0 && cx < width && cy < height ? from[cy * width + cx] : blank;
        }
        const float upper = corner[0] + u * (corner[1] - corner[0]), lower = corner[2] + u * (corner[3] - corner[2]);
        to[k * plane] = upper + v * (lower - upper);
      }
    }
  }
}
