// The inner loop of SHA-256, in C for the processor's own instructions.
#ifndef TEMPER_SHA256_H
#define TEMPER_SHA256_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has instructions for SHA-256.
bool temper_processor_has_sha256(void);

/// Takes `count` blocks of 64 bytes into the eight words of `state` (FIPS 180-4, section 6.2.2); by the processor's instructions if `native`,
/// which is for processors that have them.
void temper_sha256(uint32_t *state, const uint8_t *blocks, size_t count, bool native);

#endif
