import Synchronization
import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// Images from files, decoded once where they fit into the memory that they may take, and whenever they are asked for where they do not.
///
/// Each epoch uses every image once, so that those that stay in memory are always the same: the first ones.
final class DecodedImages: ByteStore, @unchecked Sendable {
  private let paths: [String]
  private let fit: ImageFit
  private let width: Int
  private let kept: Int
  private let memory: UnsafeMutablePointer<UInt8>
  let threads: Int
  private let decoders = Mutex<[ImageDecoder]>([])
  /// The first error of a file that could be read before.
  private let failure = Mutex<Diagnostics?>(nil)

  /// Decodes all files of `paths`, to find those that are damaged, and keeps up to `budget` bytes. Throws `E0256` for all that cannot be decoded.
  init(_ paths: [String], _ fit: ImageFit, budget: Int) throws(Diagnostics) {
    (self.paths, self.fit, width) = (paths, fit, fit.shape.count)
    kept = min(paths.count, max(0, budget) / max(1, width))
    memory = .allocate(capacity: max(1, kept * width))
    threads = kept < paths.count ? Engine.current.threads : 1
    let problems = Mutex<[(row: Int, problem: Diagnostics)]>([])
    onThreads(paths.count) { row in
      do throws(Diagnostics) {
        if row < kept {
          try read(row, to: memory + row * width)
        } else {
          try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width) { (own) throws(Diagnostics) in
            try read(row, to: own.baseAddress!)
          }
        }
      } catch {
        problems.withLock { $0.append((row, error)) }
      }
    }
    let found = problems.withLock { $0.sorted { $0.row < $1.row } }
    if !found.isEmpty { throw Diagnostics(found.prefix(Findings.limit).flatMap(\.problem.list)) }
  }

  deinit { memory.deallocate() }

  func withRow<Result>(_ row: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    if row < kept { return body(memory + row * width) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width) { own in
      do throws(Diagnostics) {
        try read(row, to: own.baseAddress!)
      } catch {
        own.initialize(repeating: 0)
        failure.withLock { if $0 == nil { $0 = error } }
      }
      return body(own.baseAddress!)
    }
  }

  /// Throws the error of a file that could be decoded at first, and later no longer.
  func checkReadable() throws(Diagnostics) {
    if let problem = failure.withLock({ $0 }) { throw problem }
  }

  private func read(_ row: Int, to target: UnsafeMutablePointer<UInt8>) throws(Diagnostics) {
    let decoder = decoders.withLock { $0.popLast() } ?? ImageDecoder()
    defer { decoders.withLock { $0.append(decoder) } }
    let file = try FileBytes(reading: paths[row])
    do throws(ImageProblem) {
      try file.withBytes { (bytes) throws(ImageProblem) in try fit.write(bytes, by: decoder, to: target) }
    } catch {
      throw Diagnostics(.badImage, at: .wholeFile(path: paths[row]), error.message)
    }
  }
}
