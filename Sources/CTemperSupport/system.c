#define _GNU_SOURCE
#include "temper_system.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
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

bool temper_processor_supports_v4(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

void temper_print_error(const char *text, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, text, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
      poll(&ready, 1, -1);
      continue;
    }
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

void temper_prepare_streams(void) {
  // The lowest free number is taken, so that the three are opened in order.
  for (int number = 0; number < 3; number++) {
    if (fcntl(number, F_GETFD) < 0 && errno == EBADF) open("/dev/null", number == 0 ? O_RDONLY : O_WRONLY);
  }
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t may_end_at_once = 1;

static void end_at_once(void) {
  const char text[] = "temper: interrupted\n";
  ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
  (void)ignored;
  _exit(75);
}

void temper_may_end_at_once(bool may) {
  may_end_at_once = may;
  if (may && interrupted) end_at_once();
}

static void note_interruption(int number) {
  (void)number;
  if (may_end_at_once) end_at_once();
  interrupted = 1;
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGHUP, SIG_DFL);
}

void temper_catch_interruptions(void) {
  int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  for (int i = 0; i < 3; i++) {
    struct sigaction action = {.sa_handler = note_interruption, .sa_flags = SA_RESTART}, before;
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
  }
}

bool temper_is_interrupted(void) { return interrupted != 0; }

int temper_spawn(const char *program, char *const arguments[], const char *output, const char *errors) {
  pid_t child = fork();
  if (child != 0) return child;
  // Between fork and exec nothing may allocate memory: another thread may hold its lock.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int streams[] = {
      open("/dev/null", O_RDONLY), open(output, O_WRONLY | O_CREAT | O_TRUNC, 0666), open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0666)};
  for (int number = 0; number < 3; number++)
    if (streams[number] < 0 || dup2(streams[number], number) < 0) _exit(127);
  for (int number = 0; number < 3; number++)
    if (streams[number] > 2) close(streams[number]);
  execv(program, arguments);
  _exit(127);
}
