// What only C can say about the process: the signal flag, malloc's settings, and what the processor offers.
#ifndef TEMPER_SYSTEM_H
#define TEMPER_SYSTEM_H
#include <stdbool.h>
#include <stddef.h>

/// Keeps freed memory in the process instead of returning it to the system, so that a training loop takes no page faults for it.
void temper_keep_freed_memory(void);

/// Whether this processor has what x86-64-v3 asks for; other architectures are not asked.
bool temper_processor_supports_v3(void);

/// Whether this processor has what x86-64-v4 asks for, AVX-512; no on other architectures.
bool temper_processor_supports_v4(void);

/// Writes `text` to stderr and nothing else; usable where no error can be thrown.
void temper_print_error(const char *text, size_t length);

/// Tells the processor that this is a loop that waits.
static inline __attribute__((always_inline)) void temper_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Lets another thread have the processor.
void temper_yield(void);

/// Makes the three standard streams safe to use: those that are closed are opened on /dev/null, so that no file gets their numbers, and writing
/// to a pipe without a reader or beyond the greatest size of a file is an error and no signal. To be called before any file is opened.
void temper_prepare_streams(void);

/// Catches SIGINT, SIGTERM and SIGHUP. While the process may end at once, as it may at first, the first of them ends it with exit code 75; otherwise it
/// is noted, which `temper_is_interrupted` tells of, and the second ends the process as ever. A signal that the process was started to ignore
/// stays ignored.
void temper_catch_interruptions(void);

/// Says whether the process may end at once at a signal, because nothing is under way that has to be finished. If one was noted, it ends now.
void temper_may_end_at_once(bool may);

/// Whether a first SIGINT, SIGTERM or SIGHUP has come.
bool temper_is_interrupted(void);

/// A file mapped into memory. Where another program makes the file shorter, what is beyond its new end reads as zeros, and does not end the
/// process by SIGBUS.
typedef struct temper_mapping temper_mapping;

/// Maps the first `length` bytes of an open file, which may be closed afterwards; null where it cannot be mapped.
temper_mapping *temper_map_file(int descriptor, size_t length);

/// Where the content begins.
const unsigned char *temper_mapping_start(const temper_mapping *mapping);

/// Whether zeros were read in place of what was cut off.
bool temper_mapping_is_cut(const temper_mapping *mapping);

/// Ends the mapping.
void temper_unmap_file(temper_mapping *mapping);

/// Starts `program` with `arguments`, which end with a null pointer, in a process group of its own. Its standard input is empty, and its other
/// streams replace the files `output` and `errors`. If this process ends first, it gets SIGTERM. Returns its number, or -1.
int temper_spawn(const char *program, char *const arguments[], const char *output, const char *errors);

/// How many processors the process may run on, by its affinity.
int temper_available_processors(void);

#endif
