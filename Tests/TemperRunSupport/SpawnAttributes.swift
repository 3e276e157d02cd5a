import Glibc

/// Runs `body` with attributes of a child process that blocks no signal: threads of the tests may block some, which a child would inherit, and with it
/// the processes that it starts and ends.
public func withUnblockedSignals<Result>(_ body: (inout posix_spawnattr_t) -> Result) -> Result {
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  return body(&attributes)
}
