import TemperCore
import TemperJSON
import TemperNN

/// The `model.initializer` block.
public enum InitializerConfig: Sendable {
  /// Scaled by fan-in and the gain of the activation.
  case kaimingUniform, kaimingNormal
  /// Scaled by fan-in and fan-out, and the gain of the activation.
  case xavierUniform, xavierNormal
  /// Any other, independent of the activation.
  case fixed(Initializer)
  /// Scaled by the training rows; see ``TemperNN/MLP``.
  case dataDriven

  /// Reads the block.
  public init(_ c: FieldReader) {
    self = c.variant(
      "type", default: "kaiming_uniform", doc: "Distribution of initial weights; biases start at 0.",
      [
        .init("kaiming_uniform", "By fan-in and the activation's gain.") { _ in .kaimingUniform },
        .init("kaiming_normal", "By fan-in and the activation's gain.") { _ in .kaimingNormal },
        .init("xavier_uniform", "By fan-in, fan-out and the activation's gain.") { _ in .xavierUniform },
        .init("xavier_normal", "By fan-in, fan-out and the activation's gain.") { _ in .xavierNormal },
        .init("normal", "Given standard deviation.") { c in
          .fixed(.normal(deviation: Self.deviation(c)))
        },
        .init("truncated_normal", "Given standard deviation, truncated at two of them.") { c in
          .fixed(.truncatedNormal(deviation: Self.deviation(c)))
        },
        .init("orthogonal", "Orthogonal rows, or columns if there are fewer of them.") { c in
          .fixed(.orthogonal(gain: c.number("gain", default: 1, in: .above(0), doc: "Norm of the rows or columns.")))
        },
        .init(
          "data_driven",
          "Scaled so that each unit's output over the training rows has a deviation of 1; biases put it at 0 within them (RealMLP)."
        ) { _ in .dataDriven },
        .init("zeros", "Zero everywhere.") { _ in .fixed(.zeros) },
        .init("constant", "Constant value.") { c in .fixed(.constant(c.number("value", doc: "Value of all initial weights."))) },
      ])
  }

  private static func deviation(_ c: FieldReader) -> Double {
    c.number("std", default: 0.02, in: .above(0), doc: "Standard deviation of initial weights.")
  }

  /// The initialiser of weights that are followed by `activation`.
  func initializer(for activation: Activation) -> Initializer {
    switch self {
    case .kaimingUniform: .kaimingUniform(gain: activation.gain)
    case .kaimingNormal: .kaimingNormal(gain: activation.gain)
    case .xavierUniform: .xavierUniform(gain: activation.gain)
    case .xavierNormal: .xavierNormal(gain: activation.gain)
    case .fixed(let initializer): initializer
    case .dataDriven: .kaimingNormal(gain: 1)
    }
  }

  /// Whether the training rows determine the scale.
  var isFitted: Bool { if case .dataDriven = self { true } else { false } }
}
