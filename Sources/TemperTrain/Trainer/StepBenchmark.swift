import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// Measures the time of a training step.
public enum StepBenchmark {
  /// The measurements.
  public struct Result: Sendable {
    /// Model and batch: `mlp 64-128-128-10 B32`.
    public let shape: String
    /// The number of trained parameters.
    public let parameters: Int
    /// The median time of a step, in milliseconds.
    public let stepMilliseconds: Double
    /// Training rows per second, or tokens for a language model.
    public let rowsPerSecond: Double
    /// Billions of floating-point operations per second, counting matrix products only.
    public let gigaflops: Double
    /// Peak resident memory in MiB.
    public let peakMemory: Double
    /// The time of the 50 warm-up steps.
    public let warmSeconds: Double
    /// Buffers allocated by malloc in all timed steps.
    public let buffersAllocated: Int
    /// Page faults in all timed steps.
    public let pageFaults: Int

    /// The output of `temper bench --json`.
    public var json: JSON {
      .object([
        ("shape", .string(shape)), ("parameters", .integer(parameters)), ("step_ms", .number(stepMilliseconds)),
        ("per_s", .number(rowsPerSecond)),
        ("gflops", .number(gigaflops)), ("rss_mb", .number(peakMemory)), ("warm_s", .number(warmSeconds)),
        ("buffers_allocated", .integer(buffersAllocated)), ("page_faults", .integer(pageFaults)),
      ])
    }
  }

  /// Runs 50 warm-up steps of `file`'s training and then times `steps` more. Divergence is an error.
  public static func run(_ file: ConfigFile, steps: Int) throws(Diagnostics) -> Result {
    let config = file.config
    return try Engine.withThreads(config.threads ?? Machine.processors) { () throws(Diagnostics) in
      let bench = try TrainingSession(file)
      let trainer = bench.trainer
      /// Takes a step and returns its time.
      func step() throws(Diagnostics) -> Duration {
        let start = ContinuousClock.now
        do {
          _ = try trainer.step()
        } catch {
          throw Diagnostics(.invalidValue, at: .wholeFile(path: file.path), "training diverged during the benchmark: \(error)")
        }
        return ContinuousClock.now - start
      }
      var warm = Duration.zero
      for _ in 0..<50 { warm += try step() }
      var times = Array(repeating: 0.0, count: steps)
      let (buffers, faults) = (Engine.statistics.allocated, Machine.pageFaults)
      for index in 0..<steps { times[index] = try step() / .milliseconds(1) }
      let (buffersAfter, faultsAfter) = (Engine.statistics.allocated, Machine.pageFaults)
      let median = times.sorted()[steps / 2]
      let rows = config.train.accumulationSteps * trainer.plan.batchSize
      return Result(
        shape: "\(bench.task.facts.summary) B\(rows)", parameters: bench.store.trainableElements,
        stepMilliseconds: median,
        rowsPerSecond: Double(rows * bench.task.facts.measure.perRow) / median * 1000,
        gigaflops: Double(rows * bench.task.facts.operationsPerRow) / median / 1e6, peakMemory: Double(Machine.peakMemory) / 0x1p20,
        warmSeconds: warm / .seconds(1), buffersAllocated: buffersAfter - buffers, pageFaults: faultsAfter - faults)
    }
  }
}
