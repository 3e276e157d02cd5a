import CTemperSupport
import Glibc

/// Ends the program with `message` on stderr: a programmer's mistake, such as shapes that do not fit. `precondition` prints nothing in an
/// optimised build. Whatever a file or a user can get wrong is thrown as an error instead, before any computation.
public func fail(_ message: @autoclosure () -> String) -> Never {
  var text = "temper: " + message() + "\n"
  text.withUTF8 { bytes in
    bytes.withMemoryRebound(to: CChar.self) { temper_complain($0.baseAddress, $0.count) }
  }
  exit(1)
}

/// Ends the program because a buffer of `bytes` could not be had: no mistake of a programmer's, so the exit code is that of a config that asks for
/// too much.
func outOfMemory(_ bytes: Int) -> Never {
  var text =
    "temper: out of memory: \(MemoryLimit.text(bytes)) more are needed, and \(MemoryLimit.text(MemoryLimit.available())) are available. "
    + "Lower train.batch_size or the size of the model, or give the process more memory.\n"
  text.withUTF8 { bytes in
    bytes.withMemoryRebound(to: CChar.self) { temper_complain($0.baseAddress, $0.count) }
  }
  exit(64)
}

/// Ends the program with `message` unless `condition` holds; see ``fail(_:)``.
@inlinable @inline(__always)
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fail(message()) }
}
