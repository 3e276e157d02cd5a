// The blocks of convolution.c for vectors of LANES floats. Besides it defines before: NAME(f), the name of a function for them; FEW and MANY places, whose
// sums of WIDE and NARROW vectors stay in registers; BLOCKS(m), m of 1 to MANY; and TARGET, an attribute that says what the processor can.

typedef float NAME(vector) __attribute__((vector_size(4 * LANES), aligned(4)));

/// y[p] = beta y[p] + the products of `pixels` places of x, `step` apart, with `vectors` vectors of outputs, of which the first `outputs` count.
TEMPER_REDUCE TARGET void NAME(product)(
    const int pixels, const int vectors, const float *x, ptrdiff_t step, const temper_tap *taps, ptrdiff_t count, ptrdiff_t run, const float *w,
    ptrdiff_t width, float *y, ptrdiff_t y_step, ptrdiff_t outputs, float beta) {
  NAME(vector) sums[MANY][WIDE];
  for (int p = 0; p < pixels; p++)
    for (int v = 0; v < vectors; v++) sums[p][v] = (NAME(vector)){};
  for (ptrdiff_t t = 0; t < count; t++) {
    const float *from = x + taps[t].input, *weights = w + taps[t].weight * width;
    for (ptrdiff_t j = 0; j < run; j++, weights += width) {
      NAME(vector) row[WIDE];
      for (int v = 0; v < vectors; v++) row[v] = *(const NAME(vector) *)(weights + v * LANES);
      for (int p = 0; p < pixels; p++)
        for (int v = 0; v < vectors; v++) sums[p][v] += from[p * step + j] * row[v];
    }
  }
  for (int p = 0; p < pixels; p++) {
    float *to = y + p * y_step;
    for (int v = 0; v < vectors; v++) {
      ptrdiff_t left = outputs - v * LANES;
      if (left >= LANES) {
        NAME(vector) *place = (NAME(vector) *)(to + v * LANES);
        *place = beta == 0 ? sums[p][v] : *place + sums[p][v];
      } else {
        for (ptrdiff_t o = 0; o < left; o++) to[v * LANES + o] = (beta == 0 ? 0 : to[v * LANES + o]) + sums[p][v][o];
      }
    }
  }
}

TARGET static void NAME(convolve)(
    const float *x, ptrdiff_t step, ptrdiff_t x_line, const temper_tap *taps, ptrdiff_t count, ptrdiff_t run, const float *w, ptrdiff_t width,
    ptrdiff_t outputs, ptrdiff_t lines, ptrdiff_t pixels, float *y, ptrdiff_t y_step, ptrdiff_t y_line, float beta) {
  // As many blocks as the longest needs, of equal length as far as possible. Weights of some outputs are used for all lines before the next.
  ptrdiff_t blocks = (pixels + MANY - 1) / MANY, longest = (pixels + blocks - 1) / blocks;
  ptrdiff_t vectors = longest <= FEW ? WIDE : NARROW, taken;
  for (ptrdiff_t o = 0; o < outputs; o += taken) {
    ptrdiff_t left = outputs - o;
    int size = left > NARROW * LANES ? vectors : left > LANES ? NARROW : 1;
    taken = size * LANES;
    for (ptrdiff_t line = 0; line < lines; line++) {
      for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t first = pixels * b / blocks, length = pixels * (b + 1) / blocks - first;
        const float *from = x + line * x_line + first * step;
        float *to = y + line * y_line + first * y_step + o;
        switch (length) {
#define BLOCK(n)                                                                                                              \
  case n:                                                                                                                     \
    if (size == 1) NAME(product)(n, 1, from, step, taps, count, run, w + o, width, to, y_step, left, beta);                   \
    else if (size == NARROW) NAME(product)(n, NARROW, from, step, taps, count, run, w + o, width, to, y_step, left, beta);    \
    else NAME(product)(n, n <= FEW ? WIDE : NARROW, from, step, taps, count, run, w + o, width, to, y_step, left, beta);      \
    break;
          BLOCKS(BLOCK)
#undef BLOCK
        }
      }
    }
  }
}

/// d[j] += the products of `inputs` neighbouring numbers of x with the vectors of g, over all places.
TEMPER_REDUCE TARGET void NAME(weights)(
    const int inputs, const int vectors, const float *x, ptrdiff_t step, ptrdiff_t x_line, const float *g, ptrdiff_t g_step, ptrdiff_t g_line,
    ptrdiff_t lines, ptrdiff_t pixels, float *d, ptrdiff_t width) {
  NAME(vector) sums[MANY][WIDE];
  for (int j = 0; j < inputs; j++)
    for (int v = 0; v < vectors; v++) sums[j][v] = *(const NAME(vector) *)(d + j * width + v * LANES);
  for (ptrdiff_t line = 0; line < lines; line++) {
    const float *from = x + line * x_line, *gradients = g + line * g_line;
    for (ptrdiff_t p = 0; p < pixels; p++, from += step, gradients += g_step) {
      NAME(vector) row[WIDE];
      for (int v = 0; v < vectors; v++) row[v] = *(const NAME(vector) *)(gradients + v * LANES);
      for (int j = 0; j < inputs; j++)
        for (int v = 0; v < vectors; v++) sums[j][v] += from[j] * row[v];
    }
  }
  for (int j = 0; j < inputs; j++)
    for (int v = 0; v < vectors; v++) *(NAME(vector) *)(d + j * width + v * LANES) = sums[j][v];
}

TARGET static void NAME(convolve_weights)(
    const float *x, ptrdiff_t step, ptrdiff_t x_line, ptrdiff_t run, const float *g, ptrdiff_t g_step, ptrdiff_t g_line, ptrdiff_t outputs,
    ptrdiff_t lines, ptrdiff_t pixels, float *d, ptrdiff_t width) {
  ptrdiff_t blocks = (run + MANY - 1) / MANY;
  for (ptrdiff_t b = 0; b < blocks; b++) {
    ptrdiff_t first = run * b / blocks, length = run * (b + 1) / blocks - first;
    const float *from = x + first;
    float *to = d + first * width;
    ptrdiff_t o = 0;
    while (o < outputs) {
      ptrdiff_t left = outputs - o;
      switch (length) {
#define BLOCK(n)                                                                                                                             \
  case n:                                                                                                                                    \
    if (n <= FEW && left >= WIDE * LANES) {                                                                                                  \
      NAME(weights)(n, n <= FEW ? WIDE : NARROW, from, step, x_line, g + o, g_step, g_line, lines, pixels, to + o, width);                    \
      o += WIDE * LANES;                                                                                                                     \
    } else if (left >= NARROW * LANES) {                                                                                                     \
      NAME(weights)(n, NARROW, from, step, x_line, g + o, g_step, g_line, lines, pixels, to + o, width);                                      \
      o += NARROW * LANES;                                                                                                                   \
    } else {                                                                                                                                 \
      NAME(weights)(n, 1, from, step, x_line, g + o, g_step, g_line, lines, pixels, to + o, width);                                          \
      o += LANES;                                                                                                                            \
    }                                                                                                                                        \
    break;
        BLOCKS(BLOCK)
#undef BLOCK
      }
    }
  }
}
