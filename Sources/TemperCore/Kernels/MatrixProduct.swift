import COpenBLAS
import CTemperKernels

/// A factor of a matrix product: row-major memory, read as it is or transposed.
struct Factor {
  let pointer: UnsafePointer<Float>
  let transposed: Bool
  /// Its row stride; nil if rows are contiguous.
  private let stride: Int?

  init(_ pointer: UnsafePointer<Float>, transposed: Bool = false, stride: Int? = nil) {
    (self.pointer, self.transposed, self.stride) = (pointer, transposed, stride)
  }

  fileprivate func advanced(by count: Int) -> Factor { Factor(pointer + count, transposed: transposed, stride: stride) }

  /// The row stride in memory, for a factor that is [rows, columns] after its transposition.
  @inline(__always)
  fileprivate func leading(_ rows: Int, _ columns: Int) -> Int { stride ?? (transposed ? rows : columns) }

  fileprivate var flag: CBLAS_TRANSPOSE { transposed ? CblasTrans : CblasNoTrans }
}

extension Kernels {
  /// C = alpha A B + beta C, where A is [m, k], B is [k, n] and C is [m, n] after their transposition. `stride` is the row stride of C, nil
  /// if rows are contiguous.
  ///
  /// OpenBLAS runs on one thread, because its own threads are slow for small products. The longer side of C is cut; the cut depends on the
  /// shape alone, unless it changes no bit.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, alpha: Float = 1, beta: Float, into c: UnsafeMutablePointer<Float>,
    stride: Int? = nil
  ) {
    guard m > 0, n > 0 else { return }
    let ldc = stride ?? n
    guard k > 0 else {
      if beta == 0 { for i in 0..<m { (c + i * ldc).update(repeating: 0, count: n) } }
      return
    }
    _ = singleThreaded
    if isRow(m, a, b) {
      // 2^18 multiplications take some 10 microseconds, and more if the factor is not in a cache.
      Partition(n, cost: k, grain: 1 << 17).runJoined { multiplyRow($0, k, a, b, alpha: alpha, beta: beta, into: c) }
      return
    }
    if isWorthTiling(m, n, k, b) { return multiplyInTiles(m, n, k, a, b, alpha: alpha, beta: beta, into: c, stride: ldc) }
    let operations = 2 * m * n * k
    let longer = max(m, n)
    // Each call packs the uncut factor anew: 2048 x 1536 x 384 runs at 151 GFLOP/s on two threads in 4 chunks, at 118 in 8.
    let least = longer < 2048 ? min(256, longer) : 512
    let chunks = Partition(longer, cost: operations / longer, grain: 8_000_000, maxChunks: 32, minItems: least)
    if chunks.chunks == 1 {
      let depths = Partition(k, cost: 2 * m * n, grain: 8_000_000, maxChunks: 4, minItems: 1024)
      if depths.chunks > 1 { return multiplyByDepth(m, n, depths, a, b, alpha: alpha, beta: beta, into: c, stride: ldc) }
      return multiplySerially(m, n, k, a, b, alpha: alpha, beta: beta, into: c, stride: ldc)
    }
    let (lda, ldb) = (a.leading(m, k), b.leading(k, n))
    func multiplyItems(_ items: Range<Int>) {
      let first = items.lowerBound
      if m >= n {
        let part = a.advanced(by: a.transposed ? first : first * lda)
        sgemm(items.count, n, k, part, lda: lda, b, ldb: ldb, alpha, beta, c + first * ldc, ldc: ldc)
      } else {
        let part = b.advanced(by: b.transposed ? first * ldb : first)
        sgemm(m, items.count, k, a, lda: lda, part, ldb: ldb, alpha, beta, c + first, ldc: ldc)
      }
    }
    // In 2 pieces 2048 x 1152 x 384 runs at 180 GFLOP/s on two threads, in 4 at 155, and 384 x 1536 x 2048 at 153 and 145.
    if hasAVX512Kernels { chunks.runJoined(multiplyItems) } else { chunks.run { multiplyItems($1) } }
  }

  /// A small result of long sums: each chunk computes a part of the sums, and these are added in order.
  private static func multiplyByDepth(
    _ m: Int, _ n: Int, _ depths: Partition, _ a: Factor, _ b: Factor, alpha: Float, beta: Float, into c: UnsafeMutablePointer<Float>,
    stride ldc: Int
  ) {
    let (lda, ldb) = (a.leading(m, depths.count), b.leading(depths.count, n))
    let partial = Storage(uninitialized: (depths.chunks - 1) * m * n)
    let rest = partial.pointer
    depths.run { chunk, items in
      let first = items.lowerBound
      let isFirst = chunk == 0
      sgemm(
        m, n, items.count, a.advanced(by: a.transposed ? first * lda : first), lda: lda,
        b.advanced(by: b.transposed ? first : first * ldb), ldb: ldb, alpha, isFirst ? beta : 0,
        isFirst ? c : rest + (chunk - 1) * m * n, ldc: isFirst ? ldc : n)
    }
    for chunk in 0..<depths.chunks - 1 {
      for i in 0..<m { add(rest + (chunk * m + i) * n, into: c + i * ldc, beta: 1, count: n) }
    }
  }

  /// Whether OpenBLAS would copy both factors of a product that is too small to make up for it.
  private static func isWorthTiling(_ m: Int, _ n: Int, _ k: Int, _ b: Factor) -> Bool {
    let operations = m * n * k
    // The right factor is transposed once if necessary, which takes as long as about 16 rows of the product.
    return hasAVX512Kernels && operations > 1 << 20 && operations <= 1 << 26 && min(m, n) >= 16 && (!b.transposed || m >= 64)
  }

  /// The product in tiles, each computed by OpenBLAS's kernels for small matrices: these copy nothing and run at 95 to 115 GFLOP/s, while a
  /// single call runs at 80 to 95, and cutting costs nothing (768 x 384 x 128 and its like with AVX-512).
  private static func multiplyInTiles(
    _ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, alpha: Float, beta: Float, into c: UnsafeMutablePointer<Float>, stride ldc: Int
  ) {
    var b = b
    let transposedCopy = b.transposed ? Storage(uninitialized: n * k) : nil
    if let transposedCopy {
      // Small products of x·wᵀ run at half the speed of others.
      transpose(b.pointer, rows: n, columns: k, stride: b.leading(k, n), into: transposedCopy.pointer)
      b = Factor(transposedCopy.pointer)
    }
    let (lda, ldb) = (a.leading(m, k), b.leading(k, n))
    let (height, columns, depth) = (64, 128, 64)
    func tiles(_ rows: Range<Int>, _ across: Range<Int>) {
      for i in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
        for j in Swift.stride(from: across.lowerBound, to: across.upperBound, by: columns) {
          for p in Swift.stride(from: 0, to: k, by: depth) {
            sgemm(
              min(height, rows.upperBound - i), min(columns, across.upperBound - j), min(depth, k - p),
              a.advanced(by: a.transposed ? p * lda + i : i * lda + p), lda: lda, b.advanced(by: p * ldb + j), ldb: ldb,
              alpha, p == 0 ? beta : 1, c + i * ldc + j, ldc: ldc)
          }
        }
      }
    }
    let longer = max(m, n)
    let chunks = Partition(longer, cost: 2 * m * n * k / longer, grain: 4_000_000, minItems: min(64, longer))
    chunks.run { _, items in
      if m >= n { tiles(items, 0..<n) } else { tiles(0..<m, items) }
    }
  }

  /// `batch` products of the same lengths, whose factors and results are contiguous.
  static func multiply(
    batch: Int, _ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, beta: Float, into c: UnsafeMutablePointer<Float>
  ) {
    let chunks = Partition(batch, cost: 2 * m * n * k, grain: 2_000_000, minItems: 1)
    // Many products are distributed whole; few are cut, each by itself. The choice depends on the shape alone.
    guard chunks.chunks > 1, m > 0, n > 0, k > 0 else {
      for i in 0..<batch { multiply(m, n, k, a.advanced(by: i * m * k), b.advanced(by: i * k * n), beta: beta, into: c + i * m * n) }
      return
    }
    chunks.run { _, items in
      for i in items {
        let (a, b) = (a.advanced(by: i * m * k), b.advanced(by: i * k * n))
        multiplySerially(m, n, k, a, b, alpha: 1, beta: beta, into: c + i * m * n, stride: n)
      }
    }
  }

  /// The product on the calling thread; no length is 0.
  static func multiplySerially(
    _ m: Int, _ n: Int, _ k: Int, _ a: Factor, _ b: Factor, alpha: Float, beta: Float, into c: UnsafeMutablePointer<Float>, stride ldc: Int
  ) {
    _ = singleThreaded
    if isRow(m, a, b) { return multiplyRow(0..<n, k, a, b, alpha: alpha, beta: beta, into: c) }
    let (lda, ldb) = (a.leading(m, k), b.leading(k, n))
    if !a.transposed, b.transposed, m * n * k <= 1 << 20, m <= n, !hasKernel(m, n, k) {
      // OpenBLAS's kernels for small products run x·wᵀ at half the speed of xᵀᵀ·wᵀ (60 against 130 GFLOP/s at 32 x 128 x 128 with
      // AVX-512), so the smaller factor is transposed first.
      let copy = Storage(uninitialized: m * k)
      transpose(a.pointer, rows: m, columns: k, stride: lda, into: copy.pointer)
      sgemm(m, n, k, Factor(copy.pointer, transposed: true), lda: m, b, ldb: ldb, alpha, beta, c, ldc: ldc)
    } else {
      sgemm(m, n, k, a, lda: lda, b, ldb: ldb, alpha, beta, c, ldc: ldc)
    }
  }

  /// Whether OpenBLAS has a kernel of its own for x·wᵀ of these lengths (of its version 0.3.21 for AVX-512: a small result of sums that are
  /// not short). 4 x 64 x 64 runs at 164 GFLOP/s in it, and at 44 with a factor transposed.
  private static func hasKernel(_ m: Int, _ n: Int, _ k: Int) -> Bool { hasAVX512Kernels && m * n <= 1200 && k >= 32 }

  /// Whether the product is that of one row with the rows of a matrix, as in the generation of a token.
  @inline(__always)
  private static func isRow(_ m: Int, _ a: Factor, _ b: Factor) -> Bool { m == 1 && !a.transposed && b.transposed }

  /// The columns `columns` of such a product. OpenBLAS's kernels for matrices take up to seven times as long, and its kernels for vectors half
  /// as long again; this one does not depend on them.
  private static func multiplyRow(
    _ columns: Range<Int>, _ k: Int, _ a: Factor, _ b: Factor, alpha: Float, beta: Float, into c: UnsafeMutablePointer<Float>
  ) {
    let (first, ldb) = (columns.lowerBound, b.leading(k, 0))
    temper_row_products(b.pointer + first * ldb, ldb, columns.count, k, a.pointer, alpha, beta, c + first)
  }

  @inline(__always)
  private static func sgemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: Factor, lda: Int, _ b: Factor, ldb: Int, _ alpha: Float, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, a.flag, b.flag, Int32(m), Int32(n), Int32(k), alpha, a.pointer, Int32(lda), b.pointer, Int32(ldb), beta, c, Int32(ldc))
  }

  /// Whether OpenBLAS runs its kernels for AVX-512. Only they have kernels for products of up to a million multiplications; and with them,
  /// unlike with the kernels for Haswell and Zen, the cut of C does not affect the sum of an element.
  private static let hasAVX512Kernels = ["SkylakeX", "Cooperlake", "SapphireRapids"].contains(BLAS.core)

  /// Switches OpenBLAS's own threads off, once, before the first product. Every thread that calls it gets a buffer of this many bytes of
  /// address space, and retries forever if that is not available: the program then ends here.
  static let singleThreaded: Void = {
    let buffers = Engine.mostThreads << 27
    if let left = MemoryLimit.addressSpace(), left < buffers { outOfMemory(buffers) }
    openblas_set_num_threads(1)
  }()
}

/// The BLAS that the program runs on, for a run's manifest.
public enum BLAS {
  /// OpenBLAS's version and build options, such as `OpenBLAS 0.3.21 DYNAMIC_ARCH ...`.
  public static var build: String { String(cString: openblas_get_config()) }
  /// The family of processors whose kernels it chose, such as `SkylakeX`.
  public static var core: String { String(cString: openblas_get_corename()) }
}
