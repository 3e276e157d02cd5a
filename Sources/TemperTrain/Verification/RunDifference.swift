import TemperCore
import TemperFiles
import TemperJSON
import TemperNN

/// The first difference between the files of two runs that were to be the same.
public struct RunDifference: Sendable, Equatable {
  /// The file, relative to the directory of the run.
  public let file: String
  /// The tensor, the line, the key or the byte, and both values.
  public let detail: String

  /// Compares `other` with `first`; nil if they are the same. Checkpoints of steps that only one of them has are left out if
  /// `checkpointsVary`.
  init?(_ first: RunFiles, _ other: RunFiles, checkpointsVary: Bool) throws(Diagnostics) {
    let (names, others) = (first.names, Set(other.names))
    for name in names {
      if !others.contains(name) {
        if checkpointsVary, Self.isCheckpoint(name) { continue }
        self.init(file: name, detail: "is missing in the second run")
        return
      }
      let (own, its) = (try first.content(name), try other.content(name))
      if own == its { continue }
      self.init(file: name, detail: Self.detail(name, own, its))
      return
    }
    guard let extra = other.names.first(where: { !names.contains($0) && !(checkpointsVary && Self.isCheckpoint($0)) }) else { return nil }
    self.init(file: extra, detail: "is missing in the first run")
  }

  private init(file: String, detail: String) { (self.file, self.detail) = (file, detail) }

  private static func isCheckpoint(_ name: String) -> Bool { name.hasPrefix("checkpoints/") || name.contains("/checkpoints/") }

  /// Where the bytes of the file `name` differ.
  private static func detail(_ name: String, _ first: [UInt8], _ other: [UInt8]) -> String {
    let known: String? =
      if name.hasSuffix(".safetensors") {
        tensor(first, other)
      } else if name.hasSuffix(".jsonl") {
        line(first, other)
      } else {
        key(first, other)
      }
    return known ?? byte(first, other)
  }

  /// The first tensor, and the first of its elements.
  private static func tensor(_ first: [UInt8], _ other: [UInt8]) -> String? {
    guard let own = try? SafeTensors(parsing: first, path: ""), let its = try? SafeTensors(parsing: other, path: "") else { return nil }
    for name in own.names {
      guard let a = own.tensor(name), let b = its.tensor(name), a.shape == b.shape else {
        if its.shape(of: name) == own.shape(of: name) { continue }
        return "tensor \(name): has another shape, or is in only one of the two"
      }
      for index in 0..<a.count where a.pointer[index].bitPattern != b.pointer[index].bitPattern {
        return "tensor \(name), element \(index + 1) of \(a.count): \(a.pointer[index]) and \(b.pointer[index])"
      }
    }
    return nil
  }

  /// The first line, with the first key in it.
  private static func line(_ first: [UInt8], _ other: [UInt8]) -> String? {
    func lines(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split(separator: UInt8(ascii: "\n")).map(Array.init) }
    let (own, its) = (lines(first), lines(other))
    guard let index = zip(own, its).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
      return "has \(own.count) and \(its.count) lines"
    }
    return "line \(index + 1)" + (key(own[index], its[index]).map { ", " + $0 } ?? "")
  }

  /// The first key of an object.
  private static func key(_ first: [UInt8], _ other: [UInt8]) -> String? {
    guard let own = try? JSON.parse(first, path: ""), let its = try? JSON.parse(other, path: "") else { return nil }
    return Difference.values(own, its).first.map { "\($0.name): \(shown($0.first)) and \(shown($0.other))" }
  }

  private static func byte(_ first: [UInt8], _ other: [UInt8]) -> String {
    let index = zip(first, other).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    return index.map { "byte \($0 + 1)" } ?? "has \(first.count) and \(other.count) bytes"
  }

  /// In a sentence.
  public var sentence: String { "\(file): \(detail)" }

  /// The form in `--json`.
  var json: JSON { ["file": .string(file), "detail": .string(detail)] }
}
