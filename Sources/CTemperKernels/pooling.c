#include <math.h>
#include "temper_kernels.h"
#include "temper_reduce.h"

/// The taps of a window along one axis that lie within the image.
TEMPER_REDUCE void taps_within(ptrdiff_t start, ptrdiff_t kernel, ptrdiff_t size, ptrdiff_t *first, ptrdiff_t *end) {
  *first = start < 0 ? -start : 0;
  *end = start + kernel > size ? size - start : kernel;
}

/// The channels whose greatest numbers are in registers at once.
#define CHANNELS 32

/// The greatest numbers of some channels over a window, whose first place is x, and the taps that have them.
TEMPER_REDUCE void greatest(
    const float *x, temper_pool p, ptrdiff_t a, ptrdiff_t b, ptrdiff_t c, ptrdiff_t d, ptrdiff_t block, float *restrict y,
    uint8_t *restrict which) {
  float best[CHANNELS];
  int32_t taps[CHANNELS];
  for (ptrdiff_t k = 0; k < block; k++) {
    best[k] = -INFINITY;
    taps[k] = (int32_t)(a * p.width + c);
  }
  for (ptrdiff_t u = a; u < b; u++) {
    for (ptrdiff_t v = c; v < d; v++) {
      const float *from = x + (u * p.image_width + v) * p.channels;
      int32_t tap = (int32_t)(u * p.width + v);
      for (ptrdiff_t k = 0; k < block; k++) {
        // What is not a number is greater than anything.
        int is_greater = (from[k] > best[k]) | (from[k] != from[k]);
        best[k] = is_greater ? from[k] : best[k];
        taps[k] = is_greater ? tap : taps[k];
      }
    }
  }
  for (ptrdiff_t k = 0; k < block; k++) {
    y[k] = best[k];
    which[k] = (uint8_t)taps[k];
  }
}

void temper_max_pool(const float *x, temper_pool p, float *restrict y, uint8_t *restrict which) {
  for (ptrdiff_t i = 0; i < p.result_height; i++) {
    for (ptrdiff_t j = 0; j < p.result_width; j++) {
      ptrdiff_t top = i * p.stride_height - p.padding_height, left = j * p.stride_width - p.padding_width;
      ptrdiff_t a, b, c, d;
      taps_within(top, p.height, p.image_height, &a, &b);
      taps_within(left, p.width, p.image_width, &c, &d);
      const float *from = x + (top * p.image_width + left) * p.channels;
      ptrdiff_t k = 0;
      for (; k + CHANNELS <= p.channels; k += CHANNELS) greatest(from + k, p, a, b, c, d, CHANNELS, y + k, which + k);
      if (k < p.channels) greatest(from + k, p, a, b, c, d, p.channels - k, y + k, which + k);
      y += p.channels;
      which += p.channels;
    }
  }
}

void temper_max_pool_gradient(const float *g, const uint8_t *which, temper_pool p, float *restrict d) {
  for (ptrdiff_t i = 0; i < p.result_height; i++) {
    for (ptrdiff_t j = 0; j < p.result_width; j++) {
      ptrdiff_t top = i * p.stride_height - p.padding_height, left = j * p.stride_width - p.padding_width;
      ptrdiff_t a, b, c, e;
      taps_within(top, p.height, p.image_height, &a, &b);
      taps_within(left, p.width, p.image_width, &c, &e);
      for (ptrdiff_t u = a; u < b; u++) {
        for (ptrdiff_t v = c; v < e; v++) {
          float *to = d + ((top + u) * p.image_width + left + v) * p.channels;
          uint8_t tap = (uint8_t)(u * p.width + v);
          for (ptrdiff_t k = 0; k < p.channels; k++) to[k] += which[k] == tap ? g[k] : 0;
        }
      }
      g += p.channels;
      which += p.channels;
    }
  }
}
