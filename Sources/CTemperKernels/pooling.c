#include <math.h>
#include "temper_kernels.h"
#include "temper_reduce.h"

/// A window of an image: its first place, which may lie outside, and the taps within the image.
typedef struct {
  ptrdiff_t start, top, bottom, left, right;
} temper_window;

TEMPER_REDUCE temper_window window_at(temper_pool p, ptrdiff_t i, ptrdiff_t j) {
  ptrdiff_t y = i * p.stride_height - p.padding_height, x = j * p.stride_width - p.padding_width;
  return (temper_window){
      .start = (y * p.image_width + x) * p.channels,
      .top = y < 0 ? -y : 0,
      .bottom = y + p.height > p.image_height ? p.image_height - y : p.height,
      .left = x < 0 ? -x : 0,
      .right = x + p.width > p.image_width ? p.image_width - x : p.width};
}

/// The channels whose greatest numbers are in registers at once.
#define CHANNELS 32

/// The greatest numbers of some channels over a window of x, and the taps that have them.
TEMPER_REDUCE void greatest(
    const float *x, temper_pool p, temper_window w, ptrdiff_t block, float *restrict y, uint8_t *restrict which) {
  float best[CHANNELS];
  int32_t taps[CHANNELS];
  for (ptrdiff_t k = 0; k < block; k++) {
    best[k] = -INFINITY;
    taps[k] = (int32_t)(w.top * p.width + w.left);
  }
  for (ptrdiff_t u = w.top; u < w.bottom; u++) {
    for (ptrdiff_t v = w.left; v < w.right; v++) {
      const float *from = x + w.start + (u * p.image_width + v) * p.channels;
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
    for (ptrdiff_t j = 0; j < p.result_width; j++, y += p.channels, which += p.channels) {
      temper_window w = window_at(p, i, j);
      ptrdiff_t k = 0;
      for (; k + CHANNELS <= p.channels; k += CHANNELS) greatest(x + k, p, w, CHANNELS, y + k, which + k);
      if (k < p.channels) greatest(x + k, p, w, p.channels - k, y + k, which + k);
    }
  }
}

void temper_max_pool_gradient(const float *g, const uint8_t *which, temper_pool p, float *restrict d) {
  for (ptrdiff_t i = 0; i < p.result_height; i++) {
    for (ptrdiff_t j = 0; j < p.result_width; j++, g += p.channels, which += p.channels) {
      temper_window w = window_at(p, i, j);
      for (ptrdiff_t u = w.top; u < w.bottom; u++) {
        for (ptrdiff_t v = w.left; v < w.right; v++) {
          float *to = d + w.start + (u * p.image_width + v) * p.channels;
          uint8_t tap = (uint8_t)(u * p.width + v);
          for (ptrdiff_t k = 0; k < p.channels; k++) to[k] += which[k] == tap ? g[k] : 0;
        }
      }
    }
  }
}
