import TemperCore
import Testing

@Suite struct ViewTests {
  @Test func rowsShareStorage() {
    let x = Tensor([4, 3], (0..<12).map(Float.init))
    let part = x.rows(1..<3)
    #expect(part.shape == [2, 3])
    #expect(part.values == [3, 4, 5, 6, 7, 8])
    #expect(part.pointer == x.pointer + 3)
    x.pointer[4] = -1
    #expect(part.values[1] == -1)
    #expect(part.rows(1..<2).pointer == x.pointer + 6)
    #expect(x.rows(2..<2).shape == [0, 3])
  }

  @Test func reshapedSharesStorage() {
    let x = Tensor([4, 3], (0..<12).map(Float.init))
    let y = x.reshaped([2, 6])
    #expect(y.pointer == x.pointer)
    #expect(y.shape == [2, 6])
    #expect(y.values == x.values)
  }

  @Test func viewsOfTracedValuesShareStorageToo() {
    let x = Tensor([4, 3], (0..<12).map(Float.init))
    _ = valueWithGradients(at: [x]) { leaves in
      #expect(leaves[0].rows(1..<2).pointer == x.pointer + 3)
      #expect(leaves[0].reshaped([12]).pointer == x.pointer)
      return leaves[0]
    }
  }

  @Test func aCopyDoesNotShareStorage() {
    let x = Tensor([1, 2])
    let copy = x.copy()
    x.pointer[0] = 5
    #expect(copy.values == [1, 2])
  }

  @Test func exchangingAnAxisWithItselfChangesNothing() {
    let x = Tensor([3, 4], (0..<12).map(Float.init))
    // Fills the pool's buffers of this size with something else.
    _ = Tensor.filled([3, 4], -1)
    #expect(x.transposed(0, 0).values == x.values)
    #expect(x.transposed(-1, 1).values == x.values)
  }

  @Test func shapes() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.count == 24 && shape.rank == 3 && shape[-1] == 4 && shape[0] == 2)
    #expect(shape.description == "[2, 3, 4]")
    #expect(Shape().count == 1 && Shape().description == "[]")
    #expect(Shape(3, 1) != Shape(3))
    #expect(Shape([0, 5]).count == 0)
  }
}
