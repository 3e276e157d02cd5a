import TemperCore
import TemperTestSupport
import Testing

/// Laws that every operation of the table obeys.
@Suite struct OpLawTests {
  @Test(arguments: OpCase.all) func derivativeMatchesDifferences(_ op: OpCase) {
    let inputs = op.makeInputs()
    #expect(DifferentiableFunction(op.function).dotProductMismatch(at: inputs) == nil)
  }

  /// The check above must notice a derivative that is off by a twentieth in a single element.
  @Test(arguments: OpCase.all) func wrongDerivativeIsNoticed(_ op: OpCase) {
    let inputs = op.makeInputs()
    for wrong in inputs.indices {
      let function = DifferentiableFunction(op.function) { inputs, upstream in
        let gradients = valueWithGradients(at: inputs, seed: upstream, op.function).gradients
        return gradients.enumerated().map { index, gradient in
          guard index == wrong, let values = gradient?.values else { return gradient }
          let largest = values.indices.max { abs(values[$0]) < abs(values[$1]) } ?? 0
          return Tensor(inputs[index].shape, values.enumerated().map { $0.offset == largest ? 1.05 * $0.element : $0.element })
        }
      }
      #expect(function.dotProductMismatch(at: inputs) != nil, "input \(wrong)")
    }
  }

  @Test func wrongOpIsNoticed() {
    func wrongSquare(_ x: Tensor) -> Tensor {
      x.detached.squared().recording(x) { dy, into in
        into.accumulate(x) { dx, _ in for i in 0..<dy.count { dx[i] = 2.01 * x.pointer[i] * dy.pointer[i] } }
      }
    }
    var random = RandomTensors("wrong op")
    #expect(DifferentiableFunction { wrongSquare($0[0]) }.dotProductMismatch(at: [random.normal([8])]) != nil)
  }

  @Test(arguments: OpCase.all) func reusedInputAccumulates(_ op: OpCase) {
    let inputs = op.makeInputs()
    let seed = upstream(of: op)
    let once = valueWithGradients(at: inputs, seed: seed, op.function).gradients
    let twice = valueWithGradients(at: inputs, seed: seed) { op.function($0) + op.function($0) }.gradients
    for (once, twice) in zip(once, twice) {
      #expect(mismatch(twice, once! + once!) == nil)
    }
  }

  /// One tensor in two places of an operation gets the sum of what two equal tensors get there.
  @Test(arguments: OpCase.all) func oneTensorInTwoPlaces(_ op: OpCase) {
    let inputs = op.makeInputs()
    for i in inputs.indices {
      for j in inputs.indices where i < j && inputs[i].shape == inputs[j].shape {
        var apart = inputs
        apart[j] = inputs[i].copy()
        let seed = upstream(of: op)
        let separate = valueWithGradients(at: apart, seed: seed, op.function).gradients
        let joint = valueWithGradients(at: apart, seed: seed) { leaves in
          var leaves = leaves
          leaves[j] = leaves[i]
          return op.function(leaves)
        }.gradients
        #expect(mismatch(joint[i], separate[i]! + separate[j]!) == nil, "inputs \(i) and \(j)")
        #expect(joint[j] == nil)
      }
    }
  }

  @Test(arguments: OpCase.all) func untracedInputGetsNothing(_ op: OpCase) {
    let inputs = op.makeInputs()
    let seed = upstream(of: op)
    let all = valueWithGradients(at: inputs, seed: seed, op.function).gradients
    for left in inputs.indices {
      let (value, gradients) = valueWithGradients(at: inputs, seed: seed) { leaves in
        var leaves = leaves
        leaves[left] = inputs[left]
        return op.function(leaves)
      }
      #expect(gradients[left] == nil)
      #expect(!value.isTraced)
      for index in inputs.indices where index != left {
        #expect(gradients[index]?.bits == all[index]?.bits, "input \(index) without \(left)")
      }
    }
    #expect(!op.function(inputs).isTraced)
  }

  @Test(arguments: OpCase.all) func tracingDoesNotChangeTheValue(_ op: OpCase) {
    let inputs = op.makeInputs()
    #expect(valueWithGradients(at: inputs, op.function).value.bits == op.function(inputs).bits)
  }

  @Test(arguments: OpCase.all) func allNaNGivesAllNaN(_ op: OpCase) {
    let inputs = op.makeInputs()
    for index in inputs.indices {
      var inputs = inputs
      inputs[index] = .filled(inputs[index].shape, .nan)
      let values = op.function(inputs).values
      let isNaN = op.mixesInputs ? values.allSatisfy(\.isNaN) : values.contains(where: \.isNaN)
      #expect(values.count > 0 && isNaN, "input \(index)")
    }
  }

  @Test(arguments: OpCase.elementwise) func nanStaysInItsPlace(_ op: OpCase) {
    var values = op.makeInputs()[0].values
    for index in [0, 3, values.count - 1] { values[index] = .nan }
    let result = op.function([Tensor(values)]).values
    #expect(result.map(\.isNaN) == values.map(\.isNaN))
  }

  /// A random upstream gradient for the result of `op`.
  private func upstream(of op: OpCase) -> Tensor {
    var random = RandomTensors("upstream " + op.name)
    return random.normal(op.function(op.makeInputs()).shape)
  }
}
