import Glibc
import TemperJSON

extension Diagnostic.Code {
  /// A file that a run reads does not exist.
  public static let inputMissing = Diagnostic.Code("E0301", "an input file does not exist")
  /// A file that a run reads exists and cannot be read: no permission, a folder, a failing disk.
  public static let inputUnreadable = Diagnostic.Code("E0302", "an input file cannot be read")
  /// A file that a run reads has 4 GiB or more.
  public static let inputTooLarge = Diagnostic.Code("E0303", "an input file is too large")
}

/// The whole content of one input file. All data enters through here, so that it can be hashed and is read once.
public struct FileBytes: Sendable {
  /// The most bytes a file may have: offsets into it are kept in 32 bits.
  public static let limit = Int(UInt32.max) - 1

  /// The name to report: the path as given, or `standard input`.
  public let name: String
  /// The content: every byte of the file, unpacked if its name ends in `.gz`.
  public let bytes: [UInt8]
  /// Every byte of the file as it is stored, the same as ``bytes`` unless it is compressed.
  public let stored: [UInt8]

  /// Bytes that are in memory already, reported under `name`.
  public init(name: String, bytes: [UInt8]) {
    (self.name, self.bytes, stored) = (name, bytes, bytes)
  }

  /// The content of the gzip file `stored`, of at most `limit` bytes. Throws `E0258` where it is damaged, `E0259` beyond the limit.
  init(name: String, gzip stored: [UInt8], limit: Int = Gzip.limit) throws(Diagnostics) {
    (self.name, self.stored) = (name, stored)
    do throws(InflateProblem) {
      bytes = try Gzip.unpacked(stored, limit: limit)
    } catch {
      let place = Place.wholeFile(path: name)
      throw switch error {
      case .truncated: Diagnostics(.badGzip, at: place, "the compressed file ends too early. Copy or download it again.")
      case .damaged(let how):
        Diagnostics(.badGzip, at: place, "this is no sound gzip file: \(how). Copy or download it again, or drop .gz from its name.")
      case .tooLarge:
        Diagnostics(
          .unpacksTooLarge, at: place, "this file unpacks to more than \(limit >> 20) MiB. Unpack it with gunzip if it is to be trusted.")
      }
    }
  }

  /// Reads the file at `path`, or standard input for `-`; a file whose name ends in `.gz` is unpacked.
  ///
  /// Throws `E0301` where nothing is there, and `E0302` where it is a folder or cannot be read, `E0303` beyond ``limit``, `E0258` and
  /// `E0259` for what cannot be unpacked.
  public init(reading path: String) throws(Diagnostics) {
    let fromInput = path == "-"
    let name = fromInput ? "standard input" : path
    let descriptor = fromInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(errno, name) }
    defer { if !fromInput { close(descriptor) } }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(errno, name) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Self.failure(EISDIR, name) }

    // A regular file tells its size, and one byte more lets the first pass see its end; a pipe is read until it ends.
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    guard !isRegular || status.st_size <= Self.limit else { throw Self.failure(EFBIG, name) }
    var bytes: [UInt8] = []
    var chunk = isRegular ? Int(status.st_size) + 1 : 1 << 16
    while true {
      let count = try Self.append(chunk, from: descriptor, to: &bytes, name)
      guard bytes.count <= Self.limit else { throw Self.failure(EFBIG, name) }
      if count < chunk { break }
      chunk = max(1 << 16, bytes.count)
    }
    if path.lowercased().hasSuffix(".gz") {
      try self.init(name: name, gzip: bytes)
    } else {
      self.init(name: name, bytes: bytes)
    }
  }

  /// Appends up to `limit` bytes, fewer only at the end of the file; returns how many.
  private static func append(_ limit: Int, from descriptor: CInt, to bytes: inout [UInt8], _ name: String) throws(Diagnostics) -> Int {
    var problem: CInt = 0
    let part = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      while filled < limit {
        let count = read(descriptor, buffer.baseAddress! + filled, limit - filled)
        if count < 0 {
          if errno == EINTR { continue }
          problem = errno
        }
        if count <= 0 { break }
        filled += count
      }
    }
    guard problem == 0 else { throw failure(problem, name) }
    if bytes.isEmpty { bytes = part } else { bytes += part }
    return part.count
  }

  /// What to do about a file that is not there: Debian packages that put data into known folders are named.
  private static func remedy(_ path: String) -> String {
    path.hasPrefix("/usr/share/datasets/fashion-mnist/")
      ? "It comes with a Debian package: apt-get install -y dataset-fashion-mnist" : "Check the path."
  }

  private static func failure(_ number: CInt, _ name: String) -> Diagnostics {
    let place = Place.wholeFile(path: name)
    return switch number {
    case ENOENT, ENOTDIR: Diagnostics(.inputMissing, at: place, "there is no such file. \(remedy(name))")
    case EISDIR: Diagnostics(.inputUnreadable, at: place, "this is a folder. Give the path of a file in it.")
    case EACCES, EPERM: Diagnostics(.inputUnreadable, at: place, "no permission to read this file. Change its mode or owner.")
    case EFBIG: Diagnostics(.inputTooLarge, at: place, "this file has 4 GiB or more. Split it, or take a sample of its rows.")
    default: Diagnostics(.inputUnreadable, at: place, "reading failed: \(String(cString: strerror(number))).")
    }
  }
}
