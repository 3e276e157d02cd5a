#include "temper_kernels.h"
#include "temper_reduce.h"

// A product of a convolution is a sum over the taps of its kernel, in their order, whatever the width of the vectors: each output has a sum of its own.

#define LANES 8
#define NAME(f) narrow_##f
#define TARGET
#define FEW 2
#define MANY 6
#define WIDE 4
#define NARROW 2
#define BLOCKS(m) m(1) m(2) m(3) m(4) m(5) m(6)
#include "convolution_blocks.h"
#undef LANES
#undef NAME
#undef TARGET
#undef FEW
#undef MANY
#undef WIDE
#undef NARROW
#undef BLOCKS

#ifdef __x86_64__
#define LANES 16
#define NAME(f) wide_##f
#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define FEW 7
#define MANY 14
#define WIDE 4
#define NARROW 2
#define BLOCKS(m) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) m(11) m(12) m(13) m(14)
#include "convolution_blocks.h"

static int is_wide(void) { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"); }
#else
static int is_wide(void) { return 0; }
#define wide_convolve narrow_convolve
#define wide_convolve_weights narrow_convolve_weights
#endif

void temper_convolve(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const temper_tap *taps, ptrdiff_t count, ptrdiff_t run, const float *w, ptrdiff_t width,
    ptrdiff_t outputs, ptrdiff_t lines, ptrdiff_t pixels, float *y, ptrdiff_t y_step, ptrdiff_t y_line, float beta) {
  if (is_wide()) wide_convolve(x, x_step, x_line, taps, count, run, w, width, outputs, lines, pixels, y, y_step, y_line, beta);
  else narrow_convolve(x, x_step, x_line, taps, count, run, w, width, outputs, lines, pixels, y, y_step, y_line, beta);
}

void temper_convolve_weights(
    const float *x, ptrdiff_t step, ptrdiff_t x_line, ptrdiff_t run, const float *g, ptrdiff_t g_step, ptrdiff_t g_line, ptrdiff_t outputs,
    ptrdiff_t lines, ptrdiff_t pixels, float *d, ptrdiff_t width) {
  if (is_wide()) wide_convolve_weights(x, step, x_line, run, g, g_step, g_line, outputs, lines, pixels, d, width);
  else narrow_convolve_weights(x, step, x_line, run, g, g_step, g_line, outputs, lines, pixels, d, width);
}
