import TemperFiles
import TemperJSON

/// The lines of the error that `body` throws; none if it throws nothing.
public func errors<Value>(_ body: () throws -> Value) -> [String] {
  do {
    _ = try body()
    return []
  } catch let error as Diagnostics {
    return error.list.map(\.description)
  } catch {
    return ["not a diagnostic: \(error)"]
  }
}

/// Runs `body` with the path of a new file of `text`, which is removed afterwards.
public func withFile<Value>(_ text: String, suffix: String = ".csv", _ body: (String) throws -> Value) throws -> Value {
  try withFile(Array(text.utf8), suffix: suffix, body)
}

/// As above, of bytes.
public func withFile<Value>(_ bytes: [UInt8], suffix: String, _ body: (String) throws -> Value) throws -> Value {
  let folder = TemporaryFolder()
  TestFiles.write(bytes, to: folder("file" + suffix))
  return try body(folder("file" + suffix))
}

/// Every byte of a file as it is stored.
public func stored(_ file: FileBytes) -> [UInt8] {
  var bytes: [UInt8] = []
  file.forEachStoredPart { bytes += $0 }
  return bytes
}

/// How far counts are from being alike: Pearson's statistic, with one degree of freedom less than there are counts.
public func chiSquare(_ counts: some Collection<Double>) -> Double {
  let expected = counts.reduce(0, +) / Double(counts.count)
  var sum = 0.0
  for count in counts { sum += (count - expected) * (count - expected) / expected }
  return sum
}
