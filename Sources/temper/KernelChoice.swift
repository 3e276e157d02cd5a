import CTemperSupport
import Glibc
import TemperCore

/// OpenBLAS chooses its kernels by the processor's model when it is loaded, before the program begins. A processor that is newer than the library
/// is taken for one of 2004 (`Prescott`), whose kernels have a tenth of the speed.
enum KernelChoice {
  private static let variable = "OPENBLAS_CORETYPE"
  private static let unknown = "Prescott"

  /// Starts the program again, with kernels named that the processor has the instructions for, where OpenBLAS did not know it and nobody has
  /// named some.
  static func restartIfUnknown() {
    guard BLAS.core == unknown, getenv(variable) == nil, temper_processor_supports_v3() else { return }
    setenv(variable, temper_processor_supports_v4() ? "SkylakeX" : "Haswell", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    unsetenv(variable)
  }
}
