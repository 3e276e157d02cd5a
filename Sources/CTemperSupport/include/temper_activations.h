// Activations over whole runs of numbers. In Swift, generic code that is specialised does not take these functions' bodies in, and a loop that
// calls one is not vectorised; here it is.
#ifndef TEMPER_ACTIVATIONS_H
#define TEMPER_ACTIVATIONS_H
#include <stddef.h>
#include "temper_math.h"

/// σ(2u), u = √(2/π) (x + 0.044715 x³): what GELU's tanh approximation multiplies x by.
TEMPER_INLINE float temper_gelu_tanh_gate(float x) { return temper_sigmoid(1.59576912f * (x + 0.044715f * x * x * x)); }

TEMPER_INLINE float temper_gelu_tanh(float x) { return x * temper_gelu_tanh_gate(x); }
TEMPER_INLINE float temper_gelu_tanh_slope(float x) {
  float s = temper_gelu_tanh_gate(x);
  return s + x * s * (1.0f - s) * 1.59576912f * (1.0f + 0.134145f * x * x);
}

/// The normal distribution's Φ(x).
TEMPER_INLINE float temper_normal(float x) { return 0.5f + 0.5f * temper_erf(x * 0.707106781f); }

TEMPER_INLINE float temper_gelu(float x) { return x * temper_normal(x); }
TEMPER_INLINE float temper_gelu_slope(float x) { return temper_normal(x) + x * 0.398942280f * temper_exp(-0.5f * x * x); }

TEMPER_INLINE float temper_silu(float x) { return x * temper_sigmoid(x); }
TEMPER_INLINE float temper_silu_slope(float x) {
  float s = temper_sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

/// For a function f: `_values` is y = f(x), where y may be x; `_gradients` is d = beta d + g f'(x), where beta is 0 or 1.
#define TEMPER_RUNS(f)                                                                                                       \
  static inline void f##_values(const float *x, float *y, ptrdiff_t n) {                                                     \
    for (ptrdiff_t i = 0; i < n; i++) y[i] = f(x[i]);                                                                        \
  }                                                                                                                          \
  static inline void f##_gradients(const float *g, const float *x, float *d, float beta, ptrdiff_t n) {                      \
    if (beta == 0) {                                                                                                         \
      for (ptrdiff_t i = 0; i < n; i++) d[i] = g[i] * f##_slope(x[i]);                                                       \
    } else {                                                                                                                 \
      for (ptrdiff_t i = 0; i < n; i++) d[i] += g[i] * f##_slope(x[i]);                                                      \
    }                                                                                                                        \
  }

TEMPER_RUNS(temper_gelu_tanh)
TEMPER_RUNS(temper_gelu)
TEMPER_RUNS(temper_silu)

/// y = silu(gate) up.
static inline void temper_swiglu_values(const float *gate, const float *up, float *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = temper_silu(gate[i]) * up[i];
}

/// The gradient of y = silu(gate) up with respect to gate: d = beta d + g up silu'(gate), where beta is 0 or 1.
static inline void temper_swiglu_gate_gradients(
    const float *g, const float *gate, const float *up, float *d, float beta, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float slope = g[i] * up[i] * temper_silu_slope(gate[i]);
    d[i] = beta == 0 ? slope : d[i] + slope;
  }
}

/// The same with respect to up: d = beta d + g silu(gate).
static inline void temper_swiglu_up_gradients(const float *g, const float *gate, float *d, float beta, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float slope = g[i] * temper_silu(gate[i]);
    d[i] = beta == 0 ? slope : d[i] + slope;
  }
}

#endif
