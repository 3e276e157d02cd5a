import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Measures the time and memory for reading a config's data and converting them to features.
public enum DataBenchmark {
  /// Loads all data like a run, then only reads the training table once more, and then hashes the files. Seconds are wall-clock time,
  /// `cpu` seconds the CPU time of all threads; the peak is that of the process after loading.
  ///
  /// Of images: loads them like a run, and then makes the batches of an epoch, decoded and augmented as in training.
  public static func run(_ file: ConfigFile) throws(Diagnostics) -> JSON {
    let config = file.config
    if config.data is ImageFilesInput || config.data is ImagesInput { return try images(file) }
    guard let input = config.data as? any TableInput, input.textColumn == nil else {
      throw Diagnostics(
        .notATable, at: .option("--data"),
        "is only supported for tables, arrays and images; data.type must not be \(type(of: config.data).type)")
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

  private static func images(_ file: ConfigFile) throws(Diagnostics) -> JSON {
    let config = file.config
    let (session, loading) = try timed(config) { () throws(Diagnostics) in try TrainingSession(file) }
    let plan = session.task.facts.plan
    let (_, making) = try timed(config) { () throws(Diagnostics) in
      // The first block of batches is made at once, all others on other threads.
      let batches = session.task.batches(random: RandomStreams(seed: UInt64(config.seed)), first: 0)
      for _ in 0..<plan.batches { _ = batches.next() }
      try session.task.checkReadable()
    }
    return .object([
      ("rows", .integer(plan.rows)), ("load_seconds", .number(loading.clock)), ("load_cpu_seconds", .number(loading.computing)),
      ("epoch_seconds", .number(making.clock)), ("epoch_cpu_seconds", .number(making.computing)),
      ("per_s", .number(Double(plan.rows) / making.clock)), ("peak_bytes", .integer(Machine.peakMemory)),
    ])
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
