import TemperCore

/// Receives the activations of a pass by name: the path of the scope that computes them, such as `layers.0.activation`. Every model
/// documents its activations.
public final class ActivationHooks {
  private let names: Set<String>
  private let receive: (_ name: String, _ values: Tensor) -> Void

  /// Calls `receive` with each activation in `names`, each time a pass computes it.
  public init(_ names: some Sequence<String>, _ receive: @escaping (_ name: String, _ values: Tensor) -> Void) {
    (self.names, self.receive) = (Set(names), receive)
  }

  /// Hooks that forward every activation to those of `hooks` that requested it; nil where there are none.
  public static func all(_ hooks: [ActivationHooks]) -> ActivationHooks? {
    if hooks.count < 2 { return hooks.first }
    return ActivationHooks(hooks.reduce(into: Set<String>()) { $0.formUnion($1.names) }) { name, values in
      for hook in hooks { hook(name, values) }
    }
  }

  /// Called by a layer for each of its activations; `values` is only evaluated where requested.
  public func callAsFunction(_ name: String, _ values: @autoclosure () -> Tensor) {
    if names.contains(name) { receive(name, values().detached) }
  }
}
