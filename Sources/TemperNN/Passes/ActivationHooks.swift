import TemperCore

/// Receives activations of a pass by their names: the path of the scope that makes them, such as `layers.0.activation`. Every model says in its
/// documentation which it has.
public final class ActivationHooks {
  private let names: Set<String>
  private let receive: (_ name: String, _ values: Tensor) -> Void

  /// Calls `receive` with each activation that is called one of `names`, as often as a pass computes it.
  public init(_ names: some Sequence<String>, _ receive: @escaping (_ name: String, _ values: Tensor) -> Void) {
    (self.names, self.receive) = (Set(names), receive)
  }

  /// Hooks that hand every activation on to those of `hooks` that asked for it; nil where there are none.
  public static func all(_ hooks: [ActivationHooks]) -> ActivationHooks? {
    if hooks.count < 2 { return hooks.first }
    return ActivationHooks(hooks.reduce(into: Set<String>()) { $0.formUnion($1.names) }) { name, values in
      for hook in hooks { hook(name, values) }
    }
  }

  /// Called by a layer for each of its activations; what `values` computes is only computed where it was asked for.
  public func callAsFunction(_ name: String, _ values: @autoclosure () -> Tensor) {
    if names.contains(name) { receive(name, values().detached) }
  }
}
