#include "temper_kernels.h"
#include "temper_math.h"

/// A loop over i whose results may overwrite its inputs, element for element: without this, one that does so is not vectorised.
#define EACH(i, n) _Pragma("clang loop vectorize(assume_safety)") for (ptrdiff_t i = 0; i < n; i++)

/// σ(2u), u = √(2/π) (x + 0.044715 x³): what GELU's tanh approximation multiplies x by.
TEMPER_INLINE float gelu_tanh_gate(float x) { return temper_sigmoid(1.59576912f * (x + 0.044715f * x * x * x)); }

TEMPER_INLINE float gelu_tanh(float x) { return x * gelu_tanh_gate(x); }
TEMPER_INLINE float gelu_tanh_slope(float x) {
  float s = gelu_tanh_gate(x);
  return s + x * s * (1.0f - s) * 1.59576912f * (1.0f + 0.134145f * x * x);
}

/// The normal distribution's Φ(x).
TEMPER_INLINE float normal(float x) { return 0.5f + 0.5f * temper_erf(x * 0.707106781f); }

TEMPER_INLINE float gelu(float x) { return x * normal(x); }
TEMPER_INLINE float gelu_slope(float x) { return normal(x) + x * 0.398942280f * temper_exp(-0.5f * x * x); }

TEMPER_INLINE float silu(float x) { return x * temper_sigmoid(x); }
TEMPER_INLINE float silu_slope(float x) {
  float s = temper_sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

/// ln(1 + e^x), as max(x, 0) + ln(1 + e^-|x|), which cannot overflow.
TEMPER_INLINE float softplus(float x) { return (x < 0 ? 0 : x) + temper_log1p_unit(temper_exp(-temper_abs(x))); }
TEMPER_INLINE float softplus_slope(float x) { return temper_sigmoid(x); }

/// e^x - 1 is tanh(x/2) (e^x + 1), which loses no digits near 0.
TEMPER_INLINE float elu(float x, float alpha) { return x > 0 ? x : alpha * (temper_tanh(0.5f * x) * (temper_exp(x) + 1.0f)); }

/// Klambauer et al. 2017, with its two constants.
TEMPER_INLINE float selu(float x) { return 1.05070099f * elu(x, 1.67326324f); }

/// x tanh(ln(1 + e^x)) as x n / (n + 2) with n = e^x (e^x + 2). From 20 on the fraction is 1 and its slope 0, and e^x would overflow.
TEMPER_INLINE float mish(float x) {
  float e = temper_exp(x > 20.0f ? 20.0f : x), n = e * (e + 2.0f);
  return x * (n / (n + 2.0f));
}
TEMPER_INLINE float mish_slope(float x) {
  float clamped = x > 20.0f ? 20.0f : x, e = temper_exp(clamped), n = e * (e + 2.0f), m = n + 2.0f;
  return n / m + clamped * (4.0f * e * (e + 1.0f) / (m * m));
}

#define RUNS(f)                                                                                            \
  void temper_##f##_values(const float *x, float *y, ptrdiff_t n) {                                        \
    EACH(i, n) y[i] = f(x[i]);                                                                             \
  }                                                                                                        \
  void temper_##f##_gradients(const float *g, const float *x, float *d, float beta, ptrdiff_t n) {         \
    if (beta == 0) {                                                                                       \
      EACH(i, n) d[i] = g[i] * f##_slope(x[i]);                                                            \
    } else {                                                                                               \
      EACH(i, n) d[i] += g[i] * f##_slope(x[i]);                                                           \
    }                                                                                                      \
  }

RUNS(gelu)
RUNS(gelu_tanh)
RUNS(silu)
RUNS(mish)
RUNS(softplus)

void temper_exp_values(const float *x, float *y, ptrdiff_t n) {
  EACH(i, n) y[i] = temper_exp(x[i]);
}

void temper_tanh_values(const float *x, float *y, ptrdiff_t n) {
  EACH(i, n) y[i] = temper_tanh(x[i]);
}

void temper_sigmoid_values(const float *x, float *y, ptrdiff_t n) {
  EACH(i, n) y[i] = temper_sigmoid(x[i]);
}

void temper_elu_values(const float *x, float alpha, float *y, ptrdiff_t n) {
  EACH(i, n) y[i] = elu(x[i], alpha);
}

void temper_selu_values(const float *x, float *y, ptrdiff_t n) {
  EACH(i, n) y[i] = selu(x[i]);
}

void temper_swiglu_values(const float *gate, const float *up, float *y, ptrdiff_t n) {
  EACH(i, n) y[i] = silu(gate[i]) * up[i];
}

void temper_swiglu_gate_gradients(const float *g, const float *gate, const float *up, float *d, float beta, ptrdiff_t n) {
  EACH(i, n) {
    float slope = g[i] * up[i] * silu_slope(gate[i]);
    d[i] = beta == 0 ? slope : d[i] + slope;
  }
}

void temper_swiglu_up_gradients(const float *g, const float *gate, float *d, float beta, ptrdiff_t n) {
  EACH(i, n) {
    float slope = g[i] * silu(gate[i]);
    d[i] = beta == 0 ? slope : d[i] + slope;
  }
}

void temper_waves(
    float v, const float *frequency, const float *phase, float *cosine, float *sine, ptrdiff_t n) {
  EACH(i, n) {
    float t = v * frequency[i] + phase[i] * 0.159154943f;
    t -= __builtin_elementwise_rint(t);
    cosine[i] = temper_cos_turns(t);
    sine[i] = temper_sin_turns(t);
  }
}
