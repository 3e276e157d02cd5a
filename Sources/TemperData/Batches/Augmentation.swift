/// How training rows are changed, anew each time they come up. Validation and test rows never are.
public struct Augmentation: Sendable, Equatable {
  /// The standard deviation of the normal noise that each feature gets; empty for none.
  public var noise: [Float]
  /// Changes that need to know where features lie; nil for none.
  public var geometry: Geometry?
  /// The parameter of the beta distribution by which rows are mixed; 0 for not at all.
  public var mixup: Double

  /// Some changes.
  public init(noise: [Float] = [], geometry: Geometry? = nil, mixup: Double = 0) {
    (self.noise, self.geometry, self.mixup) = (noise, geometry, mixup)
  }

  /// Changes of rows whose features are the pixels of an image, row by row, or a sequence, which is an image of one row.
  ///
  /// What is moved are the values before scaling, as each feature may be scaled in its own way, and 0 before scaling (black, silence) takes
  /// the place of what is moved or cut out.
  public struct Geometry: Sendable, Equatable {
    /// Channels, one after the other, which are all moved and cut alike.
    public var channels: Int
    /// Rows of pixels; 1 for a sequence.
    public var rows: Int
    /// Pixels of a row.
    public var columns: Int
    /// What was subtracted from each feature.
    public var centers: [Float]
    /// What each feature was divided by after that.
    public var units: [Float]
    /// The most places that an image is moved along each axis.
    public var shift: Int
    /// The probability that left and right change places.
    public var flip: Double
    /// The side of the square that is cut out around a place drawn from the whole image, so that it may lie in part outside
    /// (DeVries and Taylor 2017); 0 for none.
    public var cutout: Int

    /// Changes of images of one size.
    public init(
      channels: Int = 1, rows: Int, columns: Int, centers: [Float], units: [Float], shift: Int = 0, flip: Double = 0, cutout: Int = 0
    ) {
      self.channels = channels
      (self.rows, self.columns, self.centers, self.units) = (rows, columns, centers, units)
      (self.shift, self.flip, self.cutout) = (shift, flip, cutout)
    }
  }
}
