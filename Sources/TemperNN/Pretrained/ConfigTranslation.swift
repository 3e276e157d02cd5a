import TemperCore
import TemperJSON

/// Translates the keys of a Hugging Face config.json into those of a Temper config, each value with its place in the file. Missing keys
/// have the defaults of `transformers`.
public struct ConfigTranslation {
  private let json: JSON
  private let path: String
  private(set) var block: [JSON.Member] = []
  private(set) var problems: [Diagnostic] = []

  init(_ json: JSON, path: String) { (self.json, self.path) = (json, path) }

  /// Copies the value of `key`; missing and null mean `value`.
  mutating func take(_ key: String, default value: JSON) {
    block.append(JSON.Member(key, given(key) ?? value))
  }

  /// Reports that the value of `key` cannot be used.
  mutating func fail(_ key: String, _ message: String) {
    problems.append(Diagnostic(.unsupportedModel, at: json[key]?.place ?? .wholeFile(path: path), "\(key) \(message)"))
  }

  /// For keys whose non-default values change what the model computes and are not supported.
  mutating func insist(_ key: String, on value: JSON) {
    guard let given = given(key), given != value else { return }
    fail(key, "is \(given.serialized()); only \(value.serialized()) is supported")
  }

  func given(_ key: String) -> JSON? { json[key].flatMap { $0.isNull ? nil : $0 } }

  mutating func takeActivation(_ key: String, default standard: Activation) {
    guard let given = given(key) else {
      block.append(JSON.Member(key, .string(standard.rawValue)))
      return
    }
    guard let activation = given.string.flatMap(Activation.init(huggingFace:)) else {
      return fail(key, "is \(given.serialized()), which is not supported; supported are gelu, gelu_new, relu, silu and tanh")
    }
    block.append(JSON.Member(key, JSON(.string(activation.rawValue), place: given.place)))
  }

  /// The base of the wavelengths; scaled positions are not supported. As in `transformers`, a non-empty `rope_scaling` replaces
  /// `rope_parameters`, and the base in either of them takes precedence over the one beside them.
  mutating func readRope() {
    var base = given("rope_theta") ?? 10000.0
    if let key = ["rope_scaling", "rope_parameters"].first(where: { given($0)?.members?.isEmpty == false }), let rope = given(key) {
      let kind = (rope["rope_type"] ?? rope["type"])?.string ?? "default"
      if kind != "default" { fail(key, "has the rope_type \(quoted(kind)); only \"default\" is supported") }
      if let factor = rope["partial_rotary_factor"]?.number, factor != 1 {
        fail(key, "rotates only a part of each head, which is not supported")
      }
      if let inner = rope["rope_theta"], !inner.isNull { base = inner }
    }
    block.append(JSON.Member("rope_theta", base))
  }

  private static let mostLabels = 1_000_000

  /// The head of a model of `type`, according to `architectures`.
  mutating func head(_ type: any PretrainedArchitecture.Type) -> PretrainedHead {
    let all = PretrainedArchitectures.all.flatMap { $0.architectures }
    let standard = PretrainedHead(type.architectures[0].head) ?? .none
    guard let name = given("architectures")?.array?.first?.string else { return standard }
    guard let kind = all.first(where: { $0.name == name })?.head else {
      fail("architectures", "is \(quoted(name)), which is not supported; supported are \(all.map(\.name).joined(separator: ", "))")
      return standard
    }
    // The name of another architecture says nothing about this one.
    guard type.architectures.contains(where: { $0.name == name }) else { return standard }
    if let head = PretrainedHead(kind) { return head }
    let count = given("num_labels").map { $0.integer ?? 0 } ?? given("id2label")?.members?.count ?? 2
    guard (1...Self.mostLabels).contains(count) else {
      fail(given("num_labels") == nil ? "id2label" : "num_labels", "must be a whole number from 1 to \(Self.mostLabels)")
      return standard
    }
    let labels = (0..<count).map { given("id2label")?[String($0)]?.string ?? "LABEL_\($0)" }
    var problem: PretrainedHead.Problem = labels.count == 1 ? .regression : .singleLabel
    if let given = given("problem_type") {
      if let kind = given.string.flatMap(PretrainedHead.Problem.init(rawValue:)) {
        problem = kind
      } else {
        fail("problem_type", "is \(given.serialized()), which is not supported")
      }
    }
    return .classifier(labels: labels, problem: problem)
  }
}
