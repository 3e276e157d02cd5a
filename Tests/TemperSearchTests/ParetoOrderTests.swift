import TemperCore
import Testing

@testable import TemperSearch

@Suite struct ParetoOrderTests {
  /// By hand: (3, 3) is behind (2, 2), which is behind nothing; equal points do not dominate each other.
  @Test func ranks() {
    #expect(ParetoOrder.ranks([[1, 4], [2, 2], [4, 1], [3, 3], [2, 4], [4, 4], [2, 2]]) == [0, 0, 0, 1, 1, 2, 0])
    #expect(ParetoOrder.ranks([[1, 4], [2, 2], [3, 3], [4, 4]], enough: 3) == [0, 0, 1, -1] && ParetoOrder.ranks([]) == [])
  }

  /// The share of a fine lattice of points that is dominated.
  @Test func hypervolumes() {
    var random = RandomStreams(seed: 0).sequence("points")
    #expect(ParetoOrder.hypervolume([[1, 3], [2, 1]], [4, 4]) == 7 && ParetoOrder.hypervolume([[5, 1]], [4, 4]) == 0)
    let points = (0..<6).map { _ in (0..<3).map { _ in Double(random.below(8)) } }
    var covered = 0
    for cell in 0..<512 {
      let middle = [cell % 8, cell / 8 % 8, cell / 64].map { Double($0) + 0.5 }
      if points.contains(where: { ParetoOrder.dominates($0, middle) }) { covered += 1 }
    }
    #expect(ParetoOrder.hypervolume(points, [8, 8, 8]) == Double(covered))
  }
}
