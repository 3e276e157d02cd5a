// What only C can say about the process: the signal flag, malloc's settings, and what the processor offers.
#ifndef TEMPER_SYSTEM_H
#define TEMPER_SYSTEM_H
#include <stdbool.h>
#include <stddef.h>

/// Keeps freed memory in the process instead of returning it to the system, so that a training loop takes no page faults for it.
void temper_keep_freed_memory(void);

/// Whether this processor has what `level` names ("v3", "native" or "baseline"); anything but x86-64 always has.
bool temper_processor_supports_v3(void);

/// Writes `text` to stderr and nothing else; usable where no error can be thrown.
void temper_complain(const char *text, size_t length);

/// From now on the first SIGINT or SIGTERM only sets a flag; a second one ends the process at once with status 75.
void temper_catch_interrupts(void);
/// Whether a signal has come since `temper_catch_interrupts`.
bool temper_interrupted(void);

#endif
