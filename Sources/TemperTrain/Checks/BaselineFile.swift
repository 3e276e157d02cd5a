import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A file of recorded metrics that is damaged, or lacks what is looked up in it.
  public static let badBaseline = Diagnostic.Code("E0290", "a baseline file cannot be used")
}

/// A file of the metrics that configs have reached, which later runs are compared with.
public struct BaselineFile: Sendable {
  /// The values of a metric.
  public struct Values: Sendable, Equatable {
    /// One for each seed for which the metric is defined.
    public var values: [Double]
    /// The smallest difference that counts; nil for the default.
    public var minDelta: Double?
  }

  /// A file of data that a run has read.
  public struct Data: Sendable, Equatable {
    /// Its name, without folders.
    public let name: String
    /// The SHA-256 of its bytes.
    public let sha256: String
  }

  /// What the values depend on besides the config.
  public struct Origin: Sendable, Equatable {
    /// The version of Temper.
    public let version: String
    /// The processor; nil if the system does not report it.
    public let processor: String?
    /// The threads of each run.
    public let threads: Int
    /// The data.
    public let data: [Data]
  }

  /// The values that a config has reached.
  public struct Entry: Sendable {
    /// The name of the config.
    public let name: String
    /// The absolute path of the config.
    public let config: String
    /// Where the values come from.
    public let origin: Origin
    /// The seeds of the runs.
    public let seeds: [Int]
    /// The values by the full name of the metric, such as `test.accuracy`, in the order of the results.
    public var metrics: [(name: String, values: Values)]

    /// The values of the metric called `name`; nil if there are none.
    public subscript(name: String) -> Values? { metrics.first { $0.name == name }?.values }
  }

  /// Its path.
  public let path: String
  /// The configs.
  public private(set) var entries: [Entry]

  /// A file without entries.
  public init(path: String) { (self.path, entries) = (path, []) }

  /// The entry of the config `name` in the file `config`: the one of this name, and of several the one from this file. Entries of the files
  /// `others` belong to other configs.
  public func entry(_ name: String, config: String, besides others: Set<String> = []) -> Entry? {
    let named = entries.filter { $0.name == name && !others.contains($0.config) }
    return named.first { $0.config == config } ?? (named.count == 1 ? named[0] : nil)
  }

  /// Puts `entry` in the place of `old`, or at the end. A `min_delta` stays with its metric.
  public mutating func replace(_ old: Entry?, with entry: Entry) {
    var entry = entry
    for index in entry.metrics.indices {
      if let kept = old?[entry.metrics[index].name]?.minDelta { entry.metrics[index].values.minDelta = kept }
    }
    if let old, let index = entries.firstIndex(where: { $0.name == old.name && $0.config == old.config }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }
}
