#define _GNU_SOURCE
#include "temper_system.h"

#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

void temper_keep_freed_memory(void) {
  mallopt(M_TRIM_THRESHOLD, 512 * 1024 * 1024);
  mallopt(M_MMAP_THRESHOLD, 512 * 1024 * 1024);
}

bool temper_processor_supports_v3(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#else
  return true;
#endif
}

void temper_complain(const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

int temper_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void temper_yield(void) { sched_yield(); }

static volatile sig_atomic_t interrupted;

static void note_interruption(int number) {
  (void)number;
  interrupted = 1;
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

void temper_catch_interruptions(void) {
  int numbers[] = {SIGINT, SIGTERM};
  for (int i = 0; i < 2; i++) {
    struct sigaction action = {.sa_handler = note_interruption, .sa_flags = SA_RESTART}, before;
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
  }
}

bool temper_is_interrupted(void) { return interrupted != 0; }
