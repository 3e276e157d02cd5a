import CTemperSupport
import Glibc
import TemperCore

/// OpenBLAS reads its settings when it is loaded, before the program begins. Where it is badly off by itself, the program starts again with some.
enum OpenBLASSettings {
  /// Names kernels that the processor has the instructions for, where OpenBLAS did not know it: it takes a processor that is newer than itself for
  /// one of 2004 (`Prescott`), whose kernels have a tenth of the speed. And where the address space is limited, asks for no threads of its own,
  /// which would map memory for ever where there is none. What the user has set stays.
  static func correct() {
    var settings: [(String, String)] = []
    if BLAS.core == "Prescott", temper_processor_supports_v3() {
      settings.append(("OPENBLAS_CORETYPE", temper_processor_supports_v4() ? "SkylakeX" : "Haswell"))
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) {
      settings.append(("OPENBLAS_NUM_THREADS", "1"))
    }
    settings.removeAll { getenv($0.0) != nil }
    guard !settings.isEmpty else { return }
    for (name, value) in settings { setenv(name, value, 1) }
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    for (name, _) in settings { unsetenv(name) }
  }
}
