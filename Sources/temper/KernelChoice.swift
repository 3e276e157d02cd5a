import CTemperSupport
import Glibc
import TemperCore

/// OpenBLAS reads its settings when it is loaded, before the program begins. If its own choice is a bad one, the program restarts with better ones.
enum OpenBLASSettings {
  /// Chooses kernels that the processor supports if OpenBLAS did not recognize it: it treats a processor that is newer than itself as one of 2004
  /// (`Prescott`), whose kernels have a tenth of the speed. If the address space is limited, it also asks for no threads of OpenBLAS's own, which would
  /// try to map memory forever. Settings of the user are kept.
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
