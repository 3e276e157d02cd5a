import TemperCore
import TemperJSON
import TemperTrain

/// Runs `work` on as many threads as asked for, or as the process may use.
func onThreads<Result>(_ threads: Int?, _ work: () throws(Diagnostics) -> Result) throws(Diagnostics) -> Result {
  try Engine.withThreads(threads ?? Machine.processors, work)
}
