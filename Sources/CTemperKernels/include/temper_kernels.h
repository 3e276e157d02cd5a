// Loops over runs of numbers that call the functions of temper_math.h. In Swift, code that is specialised from generics does not take such a
// function's body in, and a loop that calls one is not vectorised.
#ifndef TEMPER_KERNELS_H
#define TEMPER_KERNELS_H
#include <stddef.h>

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

/// y = alpha w x + beta y, where w is [rows, k] and its rows lie `stride` apart. Each element of y is summed in the same order wherever its row
/// stands, so that it makes no difference to any bit where the rows are cut.
void temper_row_products(
    const float *w, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t k, const float *x, float alpha, float beta, float *y);

#endif
