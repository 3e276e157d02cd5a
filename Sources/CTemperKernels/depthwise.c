#include "temper_kernels.h"
#include "temper_reduce.h"

/// The channels whose sums are in registers at once.
#define CHANNELS 32

TEMPER_REDUCE void channels_of_place(
    const float *x, const temper_tap *taps, ptrdiff_t count, const float *w, ptrdiff_t channels, ptrdiff_t block, float *y, float beta) {
  float sums[CHANNELS] = {};
  for (ptrdiff_t t = 0; t < count; t++) {
    const float *from = x + taps[t].input, *weights = w + taps[t].weight * channels;
    for (ptrdiff_t c = 0; c < block; c++) sums[c] += from[c] * weights[c];
  }
  for (ptrdiff_t c = 0; c < block; c++) y[c] = beta == 0 ? sums[c] : y[c] + sums[c];
}

void temper_depthwise(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const temper_tap *taps, ptrdiff_t count, const float *w, ptrdiff_t channels,
    ptrdiff_t lines, ptrdiff_t pixels, float *restrict y, ptrdiff_t y_step, ptrdiff_t y_line, float beta) {
  for (ptrdiff_t line = 0; line < lines; line++) {
    for (ptrdiff_t p = 0; p < pixels; p++) {
      const float *from = x + line * x_line + p * x_step;
      float *to = y + line * y_line + p * y_step;
      ptrdiff_t c = 0;
      for (; c + CHANNELS <= channels; c += CHANNELS) channels_of_place(from + c, taps, count, w + c, channels, CHANNELS, to + c, beta);
      if (c < channels) channels_of_place(from + c, taps, count, w + c, channels, channels - c, to + c, beta);
    }
  }
}

TEMPER_REDUCE void gradients_of_channels(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const float *g, ptrdiff_t g_step, ptrdiff_t g_line, ptrdiff_t block, ptrdiff_t lines,
    ptrdiff_t pixels, float *d) {
  float sums[CHANNELS] = {};
  for (ptrdiff_t line = 0; line < lines; line++) {
    const float *from = x + line * x_line, *gradients = g + line * g_line;
    for (ptrdiff_t p = 0; p < pixels; p++, from += x_step, gradients += g_step)
      for (ptrdiff_t c = 0; c < block; c++) sums[c] += from[c] * gradients[c];
  }
  for (ptrdiff_t c = 0; c < block; c++) d[c] += sums[c];
}

void temper_depthwise_weights(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const float *g, ptrdiff_t g_step, ptrdiff_t g_line, ptrdiff_t channels, ptrdiff_t lines,
    ptrdiff_t pixels, float *restrict d) {
  ptrdiff_t c = 0;
  for (; c + CHANNELS <= channels; c += CHANNELS)
    gradients_of_channels(x + c, x_step, x_line, g + c, g_step, g_line, CHANNELS, lines, pixels, d + c);
  if (c < channels) gradients_of_channels(x + c, x_step, x_line, g + c, g_step, g_line, channels - c, lines, pixels, d + c);
}
