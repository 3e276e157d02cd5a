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

/// Ends the program with `message` unless `condition` holds; see ``fail(_:)``.
@inlinable @inline(__always)
public func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fail(message()) }
}
