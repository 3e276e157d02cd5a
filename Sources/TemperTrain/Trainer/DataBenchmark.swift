import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Measures the time and memory for reading a config's data and converting them to features.
public enum DataBenchmark {
  /// Loads all data like a run, then only reads the training table once more, and then hashes the files. Seconds are wall-clock time,
  /// `cpu` seconds the CPU time of all threads; the peak is that of the process after loading.
  public static func run(_ config: RunConfig) throws(Diagnostics) -> JSON {
    guard let input = config.data as? any TableInput, input.textColumn == nil else {
      throw Diagnostics(.notATable, at: .option("--data"), "is only supported for tables and arrays; data.type must be csv or npy")
    }
    let table = input.table
    let (data, loading) = try timed(config) { () throws(Diagnostics) in try LoadedData<Preprocessor>(table, seed: UInt64(config.seed)) }
    let peak = Machine.peakMemory
    let (rows, reading) = try timed(config) { () throws(Diagnostics) in
      try Table(table.source.trainingFiles, options: table.options).count
    }
    let (_, hashing) = try timed(config) { () throws(Diagnostics) in data.files.map { SHA256.hex(of: $0) } }
    let numbers = rows * (data.train.width + max(1, data.train.targetWidth)) * MemoryLayout<Float>.stride
    let members: [(String, JSON)] = [
      ("rows", .integer(rows)), ("features", .integer(data.train.width)),
      ("file_bytes", .integer(data.files.reduce(0) { $0 + $1.storedCount })), ("number_bytes", .integer(numbers)),
      ("peak_bytes", .integer(peak)),
    ]
    let times = [("read", reading), ("load", loading), ("hash", hashing)].flatMap { name, time in
      [("\(name)_seconds", JSON.number(time.clock)), ("\(name)_cpu_seconds", JSON.number(time.computing))]
    }
    return .object(members + times)
  }

  private static func timed<Value>(
    _ config: RunConfig, _ body: () throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> (Value, (clock: Double, computing: Double)) {
    let (clock, computing) = (ContinuousClock(), Machine.computingSeconds)
    let start = clock.now
    let value = try Engine.withThreads(config.threads ?? Machine.processors, body)
    return (value, ((clock.now - start) / .seconds(1), Machine.computingSeconds - computing))
  }
}

extension Diagnostic.Code {
  /// Data for which reading is not timed.
  public static let notATable = Diagnostic.Code("E0131", "the data of the config are not a table")
}
