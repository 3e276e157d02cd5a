import Synchronization
import TemperCore
import TemperFiles
import TemperJSON

/// What all images of a list are, as far as their headers say.
struct ImageSurvey {
  /// One image; a problem where it cannot be read.
  private struct Facts: Sendable {
    var header: Result<ImageHeader, Diagnostics>
    var bytes = 0
    var sha256 = ""
  }

  /// The images that can be read, in order.
  let rows: [Int]
  /// The header of each.
  let headers: [ImageHeader]
  /// The images that were left out.
  let skipped: [(row: Int, problem: Diagnostics)]
  /// Stands for the content of all files: their paths, sizes and SHA-256.
  let file: FileBytes

  /// Reads the headers of all images of `list`. Images that cannot be decoded are left out where `skips` says so, else they are errors: `E0256`, and
  /// what ``FileBytes`` throws.
  init(_ list: ImageList, skips: Bool) throws(Diagnostics) {
    let all = Mutex([Facts?](repeating: nil, count: list.count))
    onThreads(list.count) { row in
      let facts = Self.facts(list.paths[row], decodes: skips)
      all.withLock { $0[row] = facts }
    }
    let facts = all.withLock { $0.map { $0! } }
    var (rows, headers, problems) = ([Int](), [ImageHeader](), [(row: Int, problem: Diagnostics)]())
    for (row, own) in facts.enumerated() {
      switch own.header {
      case .success(let header):
        rows.append(row)
        headers.append(header)
      case .failure(let problem): problems.append((row, problem))
      }
    }
    if !problems.isEmpty, !skips { throw Diagnostics(problems.prefix(Findings.limit).flatMap(\.problem.list)) }
    if rows.isEmpty {
      throw Diagnostics(
        .folderWithoutImages, at: .wholeFile(path: list.name),
        "none of its \(counted(list.count, "image")) can be read. The first: \(problems.first?.problem.list.first?.message ?? "")")
    }
    (self.rows, self.headers, skipped) = (rows, headers, problems)
    let lines = zip(list.paths, facts).map { path, own in
      "\(own.sha256) \(own.bytes) \(path.hasPrefix(list.name + "/") ? String(path.dropFirst(list.name.count + 1)) : path)\n"
    }
    file = FileBytes(name: list.name, listing: Array(lines.joined().utf8), of: facts.reduce(0) { $0 + $1.bytes })
  }

  /// Reads one file, all of it where `decodes` says so.
  private static func facts(_ path: String, decodes: Bool) -> Facts {
    var facts = Facts(header: .failure(Diagnostics([])))
    do throws(Diagnostics) {
      let file = try FileBytes(reading: path)
      (facts.bytes, facts.sha256) = (file.storedCount, SHA256.hex(of: file))
      do throws(ImageProblem) {
        facts.header = .success(
          try file.withBytes { (bytes) throws(ImageProblem) in
            let decoder = ImageDecoder()
            let header = try decoder.header(bytes)
            if decodes { _ = try decoder.image(bytes, isGrey: header.isGrey) }
            return header
          })
      } catch {
        throw Diagnostics(.badImage, at: .wholeFile(path: path), error.message)
      }
    } catch {
      facts.header = .failure(error)
    }
    return facts
  }
}
