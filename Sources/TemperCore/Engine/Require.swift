import CTemperSupport
import Glibc

/// Ends the program with `message` on stderr: a programming error, such as incompatible shapes. `precondition` prints nothing in an optimised
/// build. Errors in files or in a user's input are thrown instead, before any computation.
public func fail(_ message: @autoclosure () -> String) -> Never {
  var text = "temper: " + message() + "\n"
  text.withUTF8 { bytes in
    bytes.withMemoryRebound(to: CChar.self) { temper_print_error($0.baseAddress, $0.count) }
  }
  exit(1)
}

/// Ends the program because a buffer of `bytes` could not be allocated. This is not a programming error, so the exit code is that of a config
/// that needs too much memory.
func outOfMemory(_ bytes: Int) -> Never {
  var text =
    "temper: out of memory: \(MemoryLimit.text(bytes)) more are needed, and \(MemoryLimit.text(MemoryLimit.available())) are available. "
    + "Lower train.batch_size or the size of the model, or give the process more memory.\n"
  text.withUTF8 { bytes in
    bytes.withMemoryRebound(to: CChar.self) { temper_print_error($0.baseAddress, $0.count) }
  }
  exit(64)
}

/// Ends the program with `message` unless `condition` holds; see ``fail(_:)``.
@inlinable @inline(__always)
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fail(message()) }
}
