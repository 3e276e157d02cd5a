import TemperCore
import TemperJSON
import TemperNN

/// What `model.initializer` says.
public enum InitializerConfig: Sendable {
  /// By fan-in, for the activation's gain.
  case kaimingUniform, kaimingNormal
  /// By fan-in and fan-out, for the activation's gain.
  case xavierUniform, xavierNormal
  /// Any other, which does not depend on the activation.
  case fixed(Initializer)

  /// Reads the block.
  public init(_ c: FieldReader) {
    self = c.variant(
      "type", default: "kaiming_uniform", doc: "Distribution of first weights; biases start at 0.",
      [
        .init("kaiming_uniform", "By fan-in and the activation's gain.") { _ in .kaimingUniform },
        .init("kaiming_normal", "By fan-in and the activation's gain.") { _ in .kaimingNormal },
        .init("xavier_uniform", "By fan-in, fan-out and the activation's gain.") { _ in .xavierUniform },
        .init("xavier_normal", "By fan-in, fan-out and the activation's gain.") { _ in .xavierNormal },
        .init("normal", "A given deviation.") { c in
          .fixed(.normal(deviation: Self.deviation(c)))
        },
        .init("truncated_normal", "A given deviation, and nothing beyond two of them.") { c in
          .fixed(.truncatedNormal(deviation: Self.deviation(c)))
        },
        .init("orthogonal", "Orthogonal rows, or columns where there are fewer of them.") { c in
          .fixed(.orthogonal(gain: c.number("gain", default: 1, in: .above(0), doc: "Length of the rows or columns.")))
        },
        .init("zeros", "Zero everywhere.") { _ in .fixed(.zeros) },
        .init("constant", "One value everywhere.") { c in .fixed(.constant(c.number("value", doc: "Value of all first weights."))) },
      ])
  }

  private static func deviation(_ c: FieldReader) -> Double {
    c.number("std", default: 0.02, in: .above(0), doc: "Standard deviation of first weights.")
  }

  /// The initialiser of weights that `activation` follows.
  func initializer(for activation: Activation) -> Initializer {
    switch self {
    case .kaimingUniform: .kaimingUniform(gain: activation.gain)
    case .kaimingNormal: .kaimingNormal(gain: activation.gain)
    case .xavierUniform: .xavierUniform(gain: activation.gain)
    case .xavierNormal: .xavierNormal(gain: activation.gain)
    case .fixed(let initializer): initializer
    }
  }
}
