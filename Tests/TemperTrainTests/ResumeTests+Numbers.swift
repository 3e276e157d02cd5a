import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ResumeTests {
  @Test(arguments: [
    "{\"decay\": 0.8, \"compare_raw\": true}", "{\"type\": \"swa\", \"start_step\": 6, \"every_steps\": 2}",
    "{\"type\": \"swa\", \"start_step\": 9, \"every_epochs\": 1, \"compare_raw\": true}",
  ])
  func everyAverageOfWeightsGoesOn(average: String) throws {
    let changes = ["weight_average=\(average)", "optimizer={\"type\": \"sgd\", \"learning_rate\": 0.1}"]
    let (whole, parts) = try expectGoesOn(stops: [0, 5, 7, 11, 13], changes: changes)
    #expect(whole.outcome.bestWeights == parts.outcome.bestWeights)
  }

  /// Controllers of numbers that are drawn with, and masks of weights and blocks.
  @Test func everythingThatIsDrawnGoesOn() throws {
    let feedback = "{\"type\": \"feedback\", \"rule\": \"sign\", \"from\": 0.1, \"max\": 0.5}"
    let changes = [
      "model={\"hidden\": [8, 8], \"residual\": true}", "loss.label_smoothing=\(feedback)", "train.augment={\"mixup\": \(feedback)}",
      "regularization={\"dropconnect\": \(feedback), \"stochastic_depth\": {\"type\": \"linear\", \"from\": 0, \"to\": 0.5}}",
    ]
    let whole = try expectGoesOn(stops: [3, 5, 17], changes: changes).whole
    // The controllers have moved.
    let last = try #require(TestFiles.names(whole.directory + "/checkpoints").last)
    let numbers = try #require(try whole.json("checkpoints/\(last)/state.json")["trainer"]?["numbers"])
    for name in ["mixup", "label_smoothing", "dropconnect"] { #expect(numbers[name]?.isNull == false, "\(name)") }
  }

  /// The temperature is that of the weights at the end, and the running statistics of an average go with it.
  @Test(arguments: ["{\"decay\": 0.9}", "{\"type\": \"swa\", \"start_step\": 5, \"every_steps\": 3, \"compare_raw\": true}"])
  func aCalibratedRunGoesOn(average: String) throws {
    let changes = [
      "calibrate=true", "weight_average=\(average)", "guard.monitor_share=1000", "log.tensorboard=true", "data.label_noise=0.2",
    ]
    let (whole, parts) = try expectGoesOn(stops: [3, 5, 17], changes: changes)
    #expect(whole.outcome.temperature == parts.outcome.temperature && whole.outcome.temperature != nil)
  }
}
