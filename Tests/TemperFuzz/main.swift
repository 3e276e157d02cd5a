import Glibc
import TemperRunSupport

// The driver that FuzzTests starts: TemperFuzz FOLDER run FIRST END, or TemperFuzz FOLDER keep CASE...
// FOLDER is its own; it keeps the samples there, for a driver that takes over where one has ended.

/// Limits the memory, and what is written on the way.
private func limit(_ resource: __rlimit_resource, _ most: UInt) {
  var limit = rlimit(rlim_cur: most, rlim_max: most)
  setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
}

private func report(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(STDOUT_FILENO, bytes, bytes.count)
}

let arguments = CommandLine.arguments
guard arguments.count >= 4 else { fatalError("usage: TemperFuzz FOLDER run FIRST END, or TemperFuzz FOLDER keep CASE...") }
let (folder, base) = (arguments[1], arguments[1] + "/base")
limit(RLIMIT_CORE, 0)
limit(RLIMIT_AS, 2_000_000_000)
if !TestFiles.names(base).contains("interrupted/") {
  TestFiles.makeFolder(base)
  do { try FuzzSamples.write(to: base) } catch { fatalError("no samples: \(error)") }
}
TestFiles.makeFolder(folder + "/cases")
if arguments[2] == "run", let first = Int(arguments[3]), let end = arguments.last.flatMap({ Int($0) }) {
  for number in first..<max(first, end) {
    let one = FuzzCase(number: number)
    let place = folder + "/cases/\(number)"
    one.write(to: place, base: base)
    report("\(number) \(one.name)")
    alarm(5)
    let answer = one.answer(in: place, root: folder)
    alarm(0)
    report("\(number) \(one.name) \(answer)")
    TestFiles.remove(place)
  }
} else {
  for name in arguments[3...] {
    guard let one = FuzzCase(name: name) else { fatalError("there is no case \(name)") }
    let place = folder + "/cases/" + name
    one.write(to: place, base: base)
    report(([place] + one.kind.command).joined(separator: "\t"))
  }
}
