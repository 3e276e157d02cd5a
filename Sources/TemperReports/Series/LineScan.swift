import Glibc
import TemperFiles
import TemperJSON

/// Reads the numbers in a file of JSON lines, such as metrics.jsonl, in one pass and in a space that does not grow with the number of lines: every
/// number and every `null` is a value of the series with its path. Whatever members a line has become series; texts are passed over.
///
/// It is some ten times as fast as parsing each line as a whole. Members are told apart by their names; those of consecutive lines usually come in
/// the same order, so that finding one is a comparison.
struct LineScan {
  /// A member or an element, and what is in it.
  private struct Node {
    let name: [UInt8]
    let path: [String]
    var children: [Int] = []
    var series = ThinSeries()
    /// Whether the last value was `true`.
    var isTrue = false
  }

  /// A course of numbers.
  struct Series: Sendable {
    /// The names that lead to it; elements of arrays are called by their index.
    let path: [String]
    let values: ThinSeries
  }

  /// Beyond so many series, so many elements of an array, and so deep, numbers are passed over.
  private static let (most, elements, depth) = (1000, 64, 8)

  private var nodes = [Node(name: [], path: [])]
  private var values: [(node: Int, value: Double?)] = []
  /// Lines that could be read.
  private(set) var lines = 0
  /// Lines that could not.
  private(set) var damaged = 0
  /// Whether there were more series than are kept.
  private(set) var isCut = false
  /// The last line with `"best": true`, by its step.
  private(set) var bestStep: Double?
  /// The step of the last line.
  private(set) var lastStep: Double?
  /// The last line.
  private(set) var lastLine: [UInt8] = []

  /// Scans `file`; a last line without its end is still being written.
  init(_ file: FileBytes) {
    file.withBytes { bytes in
      var start = 0
      while start < bytes.count, let end = memchr(bytes.baseAddress! + start, 10, bytes.count - start) {
        let stop = UnsafeRawPointer(end) - UnsafeRawPointer(bytes.baseAddress!)
        scan(UnsafeBufferPointer(rebasing: bytes[start...stop]))
        (start, lastLine) = (stop + 1, stop + 1 + 1 << 20 > bytes.count ? Array(bytes[start..<stop]) : [])
      }
    }
  }

  /// The series that have values, in the order of their first appearance; those of `step` are the others' places.
  var series: [Series] {
    func below(_ node: Int) -> [Series] {
      let own = nodes[node].series
      let one = own.count + own.undefined > 0 ? [Series(path: nodes[node].path, values: own)] : []
      return one + nodes[node].children.flatMap(below)
    }
    return below(0).filter { $0.path != ["step"] }
  }

  private mutating func scan(_ line: UnsafeBufferPointer<UInt8>) {
    var reader = Reader(bytes: line)
    values.removeAll(keepingCapacity: true)
    guard reader.skipSpace() == UInt8(ascii: "{"), value(&reader, 0, depth: 0), let step = step else {
      damaged += line.count > 1 ? 1 : 0
      return
    }
    lines += 1
    lastStep = step
    for (node, value) in values {
      // Before the first step there is no training loss.
      if let value { nodes[node].series.add(step, value) } else if step > 0 { nodes[node].series.addUndefined() }
    }
    if let best = nodes[0].children.first(where: { nodes[$0].path == ["best"] }), nodes[best].isTrue { bestStep = step }
  }

  /// The step of the line that was just read.
  private var step: Double? { values.first { nodes[$0.node].path == ["step"] }.flatMap(\.value) }

  /// Reads a value into `node`, which is nil if it is to be passed over; false if it is none.
  private mutating func value(_ reader: inout Reader, _ node: Int?, depth: Int) -> Bool {
    switch reader.skipSpace() {
    case UInt8(ascii: "{"): return object(&reader, depth < Self.depth ? node : nil, depth: depth + 1)
    case UInt8(ascii: "["): return array(&reader, depth < Self.depth ? node : nil, depth: depth + 1)
    case UInt8(ascii: "\""): return reader.string() != nil
    case UInt8(ascii: "n"):
      if let node { values.append((node, nil)) }
      return reader.skip("null")
    case UInt8(ascii: "t"), UInt8(ascii: "f"):
      let isTrue = reader.skip("true")
      if let node { nodes[node].isTrue = isTrue }
      return isTrue || reader.skip("false")
    default:
      guard let number = reader.number() else { return false }
      if let node { values.append((node, number)) }
      return true
    }
  }

  private mutating func object(_ reader: inout Reader, _ node: Int?, depth: Int) -> Bool {
    var place = 0
    return reader.elements(until: UInt8(ascii: "}")) { reader in
      guard let name = reader.string(), reader.skipSpace() == UInt8(ascii: ":") else { return false }
      reader.position += 1
      let child = node.flatMap { self.child(of: $0, called: name, expectedAt: place) { reader.text(name) } }
      place += 1
      return depth < 100 && value(&reader, child, depth: depth)
    }
  }

  private mutating func array(_ reader: inout Reader, _ node: Int?, depth: Int) -> Bool {
    var index = 0
    return reader.elements(until: UInt8(ascii: "]")) { reader in
      let name = index < Self.elements ? Array("\(index)".utf8) : nil
      let child = node.flatMap { node in
        name?.withUnsafeBufferPointer { name in self.child(of: node, called: name, expectedAt: index) { "\(index)" } }
      }
      index += 1
      return depth < 100 && value(&reader, child, depth: depth)
    }
  }

  /// The child of `node` that is called `name`; a new one if there is none, nil beyond the limit.
  private mutating func child(
    of node: Int, called name: UnsafeBufferPointer<UInt8>, expectedAt place: Int, _ text: () -> String
  ) -> Int? {
    func isIt(_ child: Int) -> Bool {
      let own = nodes[child].name
      return own.count == name.count && own.withUnsafeBufferPointer { memcmp($0.baseAddress!, name.baseAddress!, name.count) == 0 }
    }
    let children = nodes[node].children
    if place < children.count, !name.isEmpty, isIt(children[place]) { return children[place] }
    if name.isEmpty { return nil }
    if let child = children.first(where: isIt) { return child }
    guard nodes.count < Self.most else {
      isCut = true
      return nil
    }
    nodes.append(Node(name: Array(name), path: nodes[node].path + [text()]))
    nodes[node].children.append(nodes.count - 1)
    return nodes.count - 1
  }
}
