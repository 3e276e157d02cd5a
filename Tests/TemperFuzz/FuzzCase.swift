import Glibc
import TemperJSON
import TemperRunSupport
import TemperTrain

/// One changed input, a function of its name alone: the kind and a number.
struct FuzzCase {
  let kind: FuzzKind
  let index: Int

  var name: String { "\(kind.name):\(index)" }

  /// The case with a number among those of all kinds.
  init(number: Int) {
    kind = FuzzKind.all[number % FuzzKind.all.count]
    index = number / FuzzKind.all.count
  }

  /// `csv:17`.
  init?(name: String) {
    let parts = name.split(separator: ":")
    guard parts.count == 2, let index = Int(parts[1]), let kind = FuzzKind.all.first(where: { $0.name == parts[0] }) else { return nil }
    (self.kind, self.index) = (kind, index)
  }

  /// Copies a sample of `base` to `folder` and changes one of its files.
  func write(to folder: String, base: String) {
    var random = FuzzRandom(name)
    let sample = kind.samples[index % kind.samples.count]
    TestFiles.copy(base + "/" + sample, to: folder)
    let files = Self.files(in: folder).filter(kind.isChanged)
    let (file, twin) = (random.pick(files), random.pick(files))
    func bytes(_ file: String) -> [UInt8] { TestFiles.bytes(folder + "/" + file) ?? [] }
    let changed = FuzzMutation.apply(to: bytes(file), FuzzFormat(of: file), other: bytes(twin), &random)
    TestFiles.write(changed, to: folder + "/" + file)
    guard let record = kind.record, random.below(4) > 0 else { return }
    // Fails if the record itself is changed.
    for file in files where file == record || file.hasSuffix("/" + record) {
      try? reseal(String((folder + "/" + file).dropLast(record.utf8.count + 1)), record: record)
    }
  }

  /// Whether a message names a file below `root`, or one that a damaged file refers to.
  private static func names(_ root: String, _ mistake: Diagnostic) -> Bool {
    switch mistake.place {
    case .wholeFile(let path) where mistake.code.name == "E0301": path.hasPrefix("/")
    default: mistake.description.contains(root)
    }
  }

  /// Hands the case to the code, and returns what happened: the exit code, and what is wrong with the answer. A message names a file below
  /// `root`: one of the case, or data that it refers to.
  func answer(in folder: String, root: String) -> String {
    do {
      return "\(try kind.answer(folder).rawValue)"
    } catch let error as Diagnostics {
      let status = ExitStatus(error)
      let problem =
        status == .bug
        ? " an unknown code: \(error)"
        : error.list.isEmpty ? " no message" : error.list.contains { !Self.names(root, $0) } ? " no place: \(error)" : ""
      return "\(status.rawValue)\(problem.split(separator: "\n").joined(separator: " | "))"
    } catch {
      return "1 another error: \(error)"
    }
  }

  private static func files(in folder: String, below: String = "") -> [String] {
    TestFiles.names(folder + "/" + below).flatMap { $0.hasSuffix("/") ? files(in: folder, below: below + $0) : [below + $0] }
  }
}
