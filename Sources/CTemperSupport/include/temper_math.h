// Scalar functions that clang can vectorise once they are inlined into a Swift loop: libm's calls cannot be. Polynomials are
// Chebyshev fits made for this file; the stated errors were measured against 50-digit references.
#ifndef TEMPER_MATH_H
#define TEMPER_MATH_H
#include <stdint.h>

#define TEMPER_INLINE static inline __attribute__((always_inline, const))

TEMPER_INLINE float temper_sqrt(float x) { return __builtin_elementwise_sqrt(x); }
TEMPER_INLINE float temper_abs(float x) { return __builtin_elementwise_abs(x); }
TEMPER_INLINE float temper_copysign(float magnitude, float sign) { return __builtin_copysignf(magnitude, sign); }

/// e^x within 1.5e-7 relative; 0 below -87.3, infinite from 88.7229 on, NaN stays NaN.
TEMPER_INLINE float temper_exp(float x) {
  float clamped = x > 88.8f ? 88.8f : x;
  clamped = clamped < -87.3f ? -87.3f : clamped;
  // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits.
  float shifted = clamped * 1.44269504f + 12582912.0f;
  float n = shifted - 12582912.0f;
  float r = (clamped - n * 0.693145752f) - n * 1.42860677e-6f;
  float p = 1.39486999e-3f;
  p = p * r + 8.37521255e-3f;
  p = p * r + 4.16662171e-2f;
  p = p * r + 1.66664138e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // The integer is read from those bits: a conversion would not be defined for NaN.
  union { float f; uint32_t i; } rounded = {.f = shifted}, low, high;
  // Two factors, so that 2^128 is reached without overflow of the exponent field.
  int32_t exponent = (int32_t)(rounded.i - 0x4B400000u);
  int32_t half = exponent >> 1;
  low.i = (uint32_t)(half + 127) << 23;
  high.i = (uint32_t)(exponent - half + 127) << 23;
  float result = p * low.f * high.f;
  return x < -87.3f ? 0.0f : result;
}

/// tanh(x) within 2e-7 relative; the sign of a zero is lost.
TEMPER_INLINE float temper_tanh(float x) {
  float a = temper_abs(x);
  float u = x * x;
  float p = -5.85642783e-3f;
  p = p * u + 2.07574759e-2f;
  p = p * u - 5.376992e-2f;
  p = p * u + 1.33317053e-1f;
  p = p * u - 3.33332837e-1f;
  float small = x + x * u * p;
  float large = temper_copysign(1.0f - 2.0f / (temper_exp(2.0f * a) + 1.0f), x);
  return a < 0.6f ? small : large;
}

/// erf(x) within 2e-7 relative.
TEMPER_INLINE float temper_erf(float x) {
  float a = temper_abs(x);
  float u = x * x;
  float p = 7.88249745e-5f;
  p = p * u - 8.01885501e-4f;
  p = p * u + 5.18931216e-3f;
  p = p * u - 2.68543288e-2f;
  p = p * u + 1.12835974e-1f;
  p = p * u - 3.7612626e-1f;
  p = p * u + 1.12837911f;
  float small = x * p;
  // erfc(a) = e^(-a*a) g(1 / (1 + a/2))
  float t = 1.0f / (1.0f + 0.5f * a);
  float g = 7.03728423e-2f;
  g = g * t - 1.49872646e-1f;
  g = g * t - 2.51377169e-2f;
  g = g * t + 1.45226583e-1f;
  g = g * t + 1.38780698e-1f;
  g = g * t + 2.58747488e-1f;
  g = g * t + 2.79939443e-1f;
  g = g * t + 2.8230527e-1f;
  g = g * t - 8.62012894e-6f;
  float large = temper_copysign(1.0f - temper_exp(-u) * g, x);
  return a < 1.0f ? small : large;
}

/// 1 / (1 + e^-x) within 2e-7 relative, without overflow; 0 below -88.7229.
TEMPER_INLINE float temper_sigmoid(float x) { return 1.0f / (1.0f + temper_exp(-x)); }

/// ln((1 + s) / (1 - s)) for |s| up to 0.1716, within 2e-7 relative.
TEMPER_INLINE float temper_log_ratio(float s) {
  float u = s * s;
  float p = 0.116652336f;
  p = p * u + 0.142754104f;
  p = p * u + 0.200000609f;
  p = p * u + 0.333333333f;
  float twice = s + s;
  return twice + twice * u * p;
}

/// ln(x) of a normal number above 0, within 2e-7 relative.
TEMPER_INLINE float temper_log(float x) {
  union { float f; uint32_t i; } bits = {.f = x};
  // x is m * 2^n with m from the root of 1/2 to that of 2.
  int32_t exponent = (int32_t)(bits.i - 0x3F3504F3u) >> 23;
  bits.i -= (uint32_t)exponent << 23;
  float n = (float)exponent;
  return n * 0.693145752f + (n * 1.42860677e-6f + temper_log_ratio((bits.f - 1.0f) / (bits.f + 1.0f)));
}

/// ln(1 + x) for x from 0 to 1, within 2e-7 relative.
TEMPER_INLINE float temper_log1p_unit(float x) {
  // 1 + x is m or 2m with m from the root of 1/2 to that of 2, and s is (m - 1) / (m + 1) without the rounding of 1 + x.
  int halved = x > 0.414213562f;
  float s = halved ? (x - 1.0f) / (x + 3.0f) : x / (2.0f + x);
  return (halved ? 0.693147181f : 0.0f) + temper_log_ratio(s);
}

/// sin(2 pi t) for t from -1/4 to 1/4, within 2e-7 relative.
TEMPER_INLINE float temper_sin_quarter(float t) {
  float v = t * t;
  float p = -14.5090329f;
  p = p * v + 42.0268635f;
  p = p * v - 76.7051512f;
  p = p * v + 81.6052437f;
  p = p * v - 41.3417022f;
  return t * (6.28318531f + v * p);
}

/// The sine of t turns, t from -1/2 to 1/2.
TEMPER_INLINE float temper_sin_turns(float t) {
  float a = temper_abs(t);
  return temper_sin_quarter(temper_copysign(0.25f - temper_abs(a - 0.25f), t));
}

/// The cosine of t turns, t from -1/2 to 1/2.
TEMPER_INLINE float temper_cos_turns(float t) { return temper_sin_quarter(0.25f - temper_abs(t)); }

#endif
