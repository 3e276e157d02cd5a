#define _GNU_SOURCE
#include "temper_system.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/// Mappings are in a list that only grows, so that the handler of a signal may walk through it at any time; those that ended are used again.
struct temper_mapping {
  _Atomic(uintptr_t) start;
  _Atomic(size_t) length;
  atomic_bool is_cut;
  temper_mapping *next;
};

static _Atomic(temper_mapping *) mappings;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before;

/// The fault of a page beyond the end of a mapped file: zeros take the place of the rest of it.
static void fill_with_zeros(int number, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  uintptr_t address = (uintptr_t)info->si_addr;
  for (temper_mapping *mapping = atomic_load(&mappings); mapping && info->si_code == BUS_ADRERR; mapping = mapping->next) {
    uintptr_t start = atomic_load(&mapping->start);
    size_t length = atomic_load(&mapping->length);
    if (address < start || address - start >= length) continue;
    uintptr_t page = address & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
    atomic_store(&mapping->is_cut, true);
    if (mmap((void *)page, start + length - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) break;
    errno = saved;
    return;
  }
  // Not ours: the fault comes again and is treated as it was before.
  sigaction(number, &before, NULL);
  errno = saved;
}

temper_mapping *temper_map_file(int descriptor, size_t length) {
  void *memory = mmap(NULL, length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (memory == MAP_FAILED) return NULL;
  pthread_mutex_lock(&lock);
  if (!atomic_load(&mappings)) {
    struct sigaction action = {.sa_sigaction = fill_with_zeros, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGBUS, &action, &before);
  }
  temper_mapping *mapping = atomic_load(&mappings);
  while (mapping && atomic_load(&mapping->start) != 0) mapping = mapping->next;
  if (!mapping) {
    mapping = calloc(1, sizeof *mapping);
    if (!mapping) abort();
    mapping->next = atomic_load(&mappings);
    atomic_store(&mappings, mapping);
  }
  atomic_store(&mapping->is_cut, false);
  atomic_store(&mapping->length, length);
  atomic_store(&mapping->start, (uintptr_t)memory);
  pthread_mutex_unlock(&lock);
  return mapping;
}

const unsigned char *temper_mapping_start(const temper_mapping *mapping) {
  return (const unsigned char *)atomic_load(&mapping->start);
}

bool temper_mapping_is_cut(const temper_mapping *mapping) { return atomic_load(&mapping->is_cut); }

void temper_unmap_file(temper_mapping *mapping) {
  munmap((void *)atomic_load(&mapping->start), atomic_load(&mapping->length));
  pthread_mutex_lock(&lock);
  atomic_store(&mapping->length, 0);
  atomic_store(&mapping->start, 0);
  pthread_mutex_unlock(&lock);
}
