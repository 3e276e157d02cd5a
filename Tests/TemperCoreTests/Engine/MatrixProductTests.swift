import TemperTestSupport
import Testing

@testable import TemperCore

/// Products in all four transpositions against a plain loop in float64.
@Suite struct MatrixProductTests {
  struct Size: Sendable, CustomTestStringConvertible {
    let m: Int, n: Int, k: Int
    var testDescription: String { "\(m)x\(n)x\(k)" }
  }

  static let sizes = [
    (1, 1, 1), (1, 9, 5), (9, 1, 5), (3, 5, 7), (8, 8, 8), (8, 33, 16), (17, 16, 31), (2, 130, 33), (33, 129, 65), (64, 64, 64),
    (0, 3, 2), (3, 0, 2), (3, 4, 0), (64, 1024, 17),
    // Results of one row, of which the last is cut, and of few: within OpenBLAS's kernel for them and beyond.
    (1, 7, 40), (1, 64, 64), (1, 66, 75), (1, 2051, 300), (4, 64, 64), (4, 301, 64), (5, 64, 31),
    // These are cut: by rows, by columns, by columns whose number is odd, one too big for tiles, and one by its sums.
    (530, 260, 110), (64, 520, 256), (31, 1025, 300), (530, 520, 260), (120, 130, 4500),
  ].map { Size(m: $0.0, n: $0.1, k: $0.2) }

  @Test(arguments: sizes, [0, 1] as [Float]) func products(_ size: Size, beta: Float) {
    let (m, n, k) = (size.m, size.n, size.k)
    var random = RandomTensors("product \(size.testDescription)")
    for (isATransposed, isBTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
      let a = random.normal(isATransposed ? [k, m] : [m, k])
      let b = random.normal(isBTransposed ? [n, k] : [k, n])
      let c = random.normal([m, n])
      let before = c.values
      Kernels.multiply(
        m, n, k, Factor(a.pointer, transposed: isATransposed), Factor(b.pointer, transposed: isBTransposed), beta: beta, into: c.pointer)
      let (pa, pb, pc) = (a.pointer, b.pointer, c.pointer)
      var worst = 0.0
      // Of large products every third row is enough.
      for i in stride(from: 0, to: m, by: m * n * k > 1 << 24 ? 3 : 1) {
        for j in 0..<n {
          var (sum, size) = (Double(beta) * Double(before[i * n + j]), 1.0)
          for l in 0..<k {
            let term = Double(pa[isATransposed ? l * m + i : i * k + l]) * Double(pb[isBTransposed ? j * k + l : l * n + j])
            sum += term
            size += abs(term)
          }
          let error = abs(Double(pc[i * n + j]) - sum) / size
          worst = error <= worst ? worst : error
        }
      }
      #expect(worst <= 5e-7, "transposed: \(isATransposed), \(isBTransposed)")
    }
  }

  /// Factors and result as columns of wider matrices: the columns beside the result stay as they are.
  @Test(arguments: [(5, 7, 3), (70, 90, 40), (300, 140, 90), (120, 130, 4500)]) func stridedProducts(m: Int, n: Int, k: Int) {
    var random = RandomTensors("strided product")
    let (a, b) = (random.normal([m, k]), random.normal([k, n]))
    func widened(_ x: Tensor) -> Tensor { concatenate([x, .filled([x.shape[0], 3], .nan)], axis: 1) }
    for (isATransposed, isBTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
      let (left, right) = (widened(isATransposed ? a.transposed() : a), widened(isBTransposed ? b.transposed() : b))
      let c = Tensor.filled([m, n + 2], 4)
      Kernels.multiply(
        m, n, k, Factor(left.pointer, transposed: isATransposed, stride: left.shape[1]),
        Factor(right.pointer, transposed: isBTransposed, stride: right.shape[1]), alpha: 0.5, beta: 1, into: c.pointer, stride: n + 2)
      let expected = matmul(a, b) * 0.5 + 4
      #expect(mismatch(c.slice(0..<n, axis: 1), expected, Tolerance(absolute: 1e-3, relative: 0)) == nil)
      #expect(c.slice(n..<n + 2, axis: 1).values.allSatisfy { $0 == 4 })
    }
  }

  /// What an element of a result of one row comes to does not depend on where it stands.
  @Test(arguments: [(11, 3), (66, 75), (130, 300)]) func oneRowElementByElement(n: Int, k: Int) {
    var random = RandomTensors("one row")
    let (x, w, c) = (random.normal([1, k]), random.normal([n, k]), random.normal([1, n]))
    for beta in [0, 1] as [Float] {
      let (whole, parts) = (c.copy(), c.copy())
      Kernels.multiply(1, n, k, Factor(x.pointer), Factor(w.pointer, transposed: true), alpha: 0.5, beta: beta, into: whole.pointer)
      for j in 0..<n {
        Kernels.multiply(
          1, 1, k, Factor(x.pointer), Factor(w.pointer + j * k, transposed: true), alpha: 0.5, beta: beta, into: parts.pointer + j)
      }
      #expect(whole.bits == parts.bits)
    }
  }

  @Test func bigProductsAreCut() {
    #expect(Partition(530, cost: 2 * 260 * 110, grain: 8_000_000, maxChunks: 8, minItems: 256).chunks == 2)
  }

  /// An input without columns adds nothing: what remains is the bias.
  @Test func linearOfNoInputs() {
    _ = Tensor.filled([3, 2], -1)
    let y = linear(.filled([3, 0], 1), .filled([2, 0], 1), Tensor([5, 6]))
    #expect(y.values == [5, 6, 5, 6, 5, 6])
  }

  @Test func linearOfNoRows() {
    let (value, gradients) = valueWithGradients(at: [.filled([0, 3], 1), .filled([2, 3], 1), Tensor([5, 6])]) {
      linear($0[0], $0[1], $0[2], activation: .relu)
    }
    #expect(value.shape == [0, 2])
    #expect(gradients[1]?.values == [0, 0, 0, 0, 0, 0])
    #expect(gradients[2]?.values == [0, 0])
  }

  @Test(arguments: [(1, 1), (7, 9), (8, 8), (16, 24), (33, 65)]) func transposition(rows: Int, columns: Int) {
    let x = Tensor([rows, columns], (0..<rows * columns).map(Float.init))
    let y = x.transposed()
    #expect(y.shape == [columns, rows])
    for i in 0..<rows { for j in 0..<columns { #expect(y.pointer[j * rows + i] == x.pointer[i * columns + j]) } }
  }

  @Test func blasNamesItself() {
    #expect(BLAS.build.contains("OpenBLAS"))
    #expect(!BLAS.core.isEmpty)
  }
}
