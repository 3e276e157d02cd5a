// Loops over runs of numbers that call the functions of temper_math.h. In Swift, code that is specialised from generics does not take such a
// function's body in, and a loop that calls one is not vectorised.
#ifndef TEMPER_KERNELS_H
#define TEMPER_KERNELS_H
#include <stddef.h>
#include <stdint.h>

/// For a function f: `_values` is y = f(x), where y may be x; `_gradients` is d = beta d + g f'(x), where beta is 0 or 1.
#define TEMPER_RUNS(f)                                                        \
  void temper_##f##_values(const float *x, float *y, ptrdiff_t n);            \
  void temper_##f##_gradients(const float *g, const float *x, float *d, float beta, ptrdiff_t n);

TEMPER_RUNS(gelu)
TEMPER_RUNS(gelu_tanh)
TEMPER_RUNS(silu)
TEMPER_RUNS(mish)
TEMPER_RUNS(softplus)
#undef TEMPER_RUNS

/// Of functions whose derivative needs their result only: y = f(x), where y may be x.
void temper_exp_values(const float *x, float *y, ptrdiff_t n);
void temper_tanh_values(const float *x, float *y, ptrdiff_t n);
void temper_sigmoid_values(const float *x, float *y, ptrdiff_t n);
void temper_elu_values(const float *x, float alpha, float *y, ptrdiff_t n);
void temper_selu_values(const float *x, float *y, ptrdiff_t n);

/// y = silu(gate) up.
void temper_swiglu_values(const float *gate, const float *up, float *y, ptrdiff_t n);
/// The gradient of y = silu(gate) up with respect to gate: d = beta d + g up silu'(gate), where beta is 0 or 1.
void temper_swiglu_gate_gradients(const float *g, const float *gate, const float *up, float *d, float beta, ptrdiff_t n);
/// The same with respect to up: d = beta d + g silu(gate).
void temper_swiglu_up_gradients(const float *g, const float *gate, float *d, float beta, ptrdiff_t n);

/// Cosine and sine of 2 pi v frequency + phase.
void temper_waves(float v, const float *frequency, const float *phase, float *cosine, float *sine, ptrdiff_t n);

/// y = alpha w x + beta y, where w is [rows, k] and its rows lie `stride` apart. Each element of y is summed in the same order wherever its row
/// stands, so that it makes no difference to any bit where the rows are cut.
void temper_row_products(
    const float *w, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t k, const float *x, float alpha, float beta, float *y);

/// A step of Adagrad for `count` rows of a table, with one sum a row: s += the mean of (scale g)^2 over the row, w -= rate scale g / (sqrt(s) + eps).
/// The rows are those named, each once, or the first `count` where `rows` is NULL.
void temper_adagrad_rows(
    const int32_t *rows, ptrdiff_t count, const float *g, ptrdiff_t width, float scale, float rate, float eps, float *s, float *w);
/// y = factor times the sum of the rows of a table that `ids` name, added in their order.
void temper_bag_sum(const int32_t *ids, ptrdiff_t count, const float *table, ptrdiff_t width, float factor, float *y);
/// Adds factor g, `columns` numbers, to each of the rows that `ids` name, in their order; the rows lie `width` apart.
void temper_bag_add(
    const int32_t *ids, ptrdiff_t count, const float *g, ptrdiff_t columns, float factor, float *table, ptrdiff_t width);
/// Writes the ids that are not noted yet to `fresh`, each once and in their order, notes them by a 1, and returns how many there are. `fresh` has room
/// for all.
ptrdiff_t temper_note_ids(const int32_t *ids, ptrdiff_t count, uint8_t *noted, int32_t *fresh);
/// The sum of squares of the named rows of a table, in double precision.
double temper_row_squares(const int32_t *rows, ptrdiff_t count, const float *table, ptrdiff_t width);
/// Fills the named rows of a table with zeros.
void temper_clear_rows(const int32_t *rows, ptrdiff_t count, float *table, ptrdiff_t width);

/// A tap of a convolution: where its numbers lie in x, from the place of an output, and the row of its first weight.
typedef struct {
  ptrdiff_t input, weight;
} temper_tap;

/// A convolution of `lines` times `pixels` outputs: y = beta y + the sum over taps and their `run` neighbouring numbers of x times a row of w, which
/// is `width` floats long, a multiple of 16, with `outputs` that count. Places of x and y lie `x_step` and `y_step` apart, lines `x_line` and `y_line`.
/// Each output is summed in the order of the taps, so that it makes no difference to any bit how outputs are cut.
void temper_convolve(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const temper_tap *taps, ptrdiff_t count, ptrdiff_t run, const float *w, ptrdiff_t width,
    ptrdiff_t outputs, ptrdiff_t lines, ptrdiff_t pixels, float *y, ptrdiff_t y_step, ptrdiff_t y_line, float beta);
/// The gradient of one tap: d[j] += the sum over all places of number j of the run times the gradients g, of which there are `outputs`, a multiple of 16.
void temper_convolve_weights(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, ptrdiff_t run, const float *g, ptrdiff_t g_step, ptrdiff_t g_line, ptrdiff_t outputs,
    ptrdiff_t lines, ptrdiff_t pixels, float *d, ptrdiff_t width);

/// A convolution of each channel by itself: y = beta y + the sum over taps of x times their row of w, `channels` floats long.
void temper_depthwise(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const temper_tap *taps, ptrdiff_t count, const float *w, ptrdiff_t channels,
    ptrdiff_t lines, ptrdiff_t pixels, float *y, ptrdiff_t y_step, ptrdiff_t y_line, float beta);
/// The gradient of one tap of it: d += the sum over all places of x times g.
void temper_depthwise_weights(
    const float *x, ptrdiff_t x_step, ptrdiff_t x_line, const float *g, ptrdiff_t g_step, ptrdiff_t g_line, ptrdiff_t channels, ptrdiff_t lines,
    ptrdiff_t pixels, float *d);

/// A window that moves over an image with channels last.
typedef struct {
  ptrdiff_t image_height, image_width, channels, height, width, stride_height, stride_width, padding_height, padding_width;
  ptrdiff_t result_height, result_width;
} temper_pool;

/// The greatest number of each window and channel, and the first tap, of at most 256, that has it. What lies beyond the image does not count.
void temper_max_pool(const float *x, temper_pool p, float *y, uint8_t *which);
/// Adds each gradient to the place that had the greatest number.
void temper_max_pool_gradient(const float *g, const uint8_t *which, temper_pool p, float *d);

// Columns of a matrix of n columns. Sums are over its rows in order.

/// s = the sum of each column.
void temper_column_sums(const float *x, ptrdiff_t rows, ptrdiff_t n, float *s);
/// s = the sum of (x - mean)^2 of each column.
void temper_column_squares(const float *x, const float *mean, ptrdiff_t rows, ptrdiff_t n, float *s);
/// s = the sum of g of each column, p = that of g (x - mean).
void temper_column_products(const float *g, const float *x, const float *mean, ptrdiff_t rows, ptrdiff_t n, float *s, float *p);
/// y = (x - mean) slope + shift, by column.
void temper_columns_scaled(
    const float *x, const float *mean, const float *slope, const float *shift, ptrdiff_t rows, ptrdiff_t n, float *y);
/// d = beta d + a g + b (x - mean) + shift, by column, where beta is 0 or 1.
void temper_columns_combined(
    const float *g, const float *a, const float *x, const float *mean, const float *b, const float *shift, ptrdiff_t rows, ptrdiff_t n,
    float beta, float *d);

/// Resizes the part of an image from (left, top), `across` wide and `down` high, to `columns` x `rows`. The source has the samples of a place side by
/// side, the target one plane a channel. Where an image shrinks, what falls together is averaged by a triangle. Returns 0 where there is no memory.
int temper_resize_image(
    const uint8_t *source, ptrdiff_t width, ptrdiff_t height, ptrdiff_t channels, double left, double top, double across, double down,
    uint8_t *target, ptrdiff_t columns, ptrdiff_t rows);
/// Samples that lie side by side for each of `places`, as one plane a channel.
void temper_planes(const uint8_t *source, ptrdiff_t places, ptrdiff_t channels, uint8_t *target);
/// Moves the planes of an image: what is at (x, y) of the target was at (map[0] x + map[1] y + map[2], map[3] x + map[4] y + map[5]) of the source,
/// interpolated linearly between pixels, whose centres are at halves; `blank` outside.
void temper_move_pixels(
    const float *source, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, const float *map, float blank, float *target);

#endif
