import TemperCore
import TemperJSON
import TemperTrain

/// Runs `work` on as many threads as asked for, or as the process may use.
func onThreads<Result>(_ threads: Int?, _ work: () throws(Diagnostics) -> Result) throws(Diagnostics) -> Result {
  do {
    return try Engine.withThreads(threads ?? Machine.processors, work)
  } catch let error as Diagnostics {
    throw error
  } catch {
    fail("unexpected error: \(error)")
  }
}
