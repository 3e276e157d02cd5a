import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@testable import TemperTrain

/// The published networks that a `cnn` can be.
@Suite struct CNNPresetTests {
  private static func store(_ text: String, _ shape: SampleShape) throws -> ParameterStore {
    let config = try FieldReader.read(try JSON.parse(text, path: "model.json")) { CNNConfig($0, isLoaded: false) }.get().value
    #expect(config.problem(with: shape) == nil)
    let regularization = try FieldReader.read(try JSON.parse("{}", path: "r.json")) { RegularizationConfig($0, metrics: []) }.get().value
    let store = ParameterStore.counting()
    _ = config.model(
      store.root, shape, columns: FeatureColumns(numbers: shape.count), outputs: OutputLayer(10), regularization: regularization)
    return store
  }

  /// See make_cnn_names.py.
  @Test(arguments: [
    ("lenet", SampleShape.image(channels: 1, height: 28, width: 28)), ("resnet", .image(channels: 3, height: 64, width: 64)),
    ("resnet1d", .sequence(length: 40, features: 1)), ("mobilenet", .image(channels: 3, height: 64, width: 64)),
  ])
  func parametersAreThoseOfTheOtherLibrary(_ preset: String, _ shape: SampleShape) throws {
    let expected = try #require(try Goldens.json("cnn_names.json")[preset]?.members)
    let found = try Self.store("{\"preset\": \"\(preset)\"}", shape).parameters
    #expect(Set(found.map(\.name)) == Set(expected.map(\.name)))
    for member in expected {
      let lengths = try #require(member.value.integers)
      #expect(found.first { $0.name == member.name }?.shape == Shape(lengths), "\(member.name)")
    }
  }

  /// Their sizes are defaults: ResNet-20 for images of 32 x 32.
  @Test func sizesCanBeOthers() throws {
    let text =
      #"{"preset": "resnet", "channels": [16, 32, 64], "repeat": 3, "stem": {"channels": 16, "kernel": 3, "stride": 1, "pool_size": null}}"#
    let store = try Self.store(text, .image(channels: 3, height: 32, width: 32))
    // Of He et al. 2016, table 6, but for shortcuts that are projections: 0.27 million.
    #expect(store.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.count } == 272_474)
  }
}
