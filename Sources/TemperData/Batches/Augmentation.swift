/// Random augmentation of training rows, drawn anew each time they come up. Validation and test rows are never augmented.
public struct Augmentation: Sendable, Equatable {
  /// The standard deviation of the Gaussian noise added to each feature; empty for none.
  public var noise: [Float]
  /// Augmentations that depend on the layout of features; nil for none.
  public var geometry: Geometry?
  /// The parameter of mixup's beta distribution; 0 for no mixup.
  public var mixup: Double
  /// The parameter of CutMix's beta distribution; 0 for none. Needs the layout of ``geometry``.
  public var cutmix: Double = 0
  /// Where the parameter changes over a run, mixup's current value, which is then used in place of ``mixup``; nil if it is constant.
  public var mixupControl: MixupControl?

  /// The given augmentations.
  public init(noise: [Float] = [], geometry: Geometry? = nil, mixup: Double = 0, mixupControl: MixupControl? = nil) {
    (self.noise, self.geometry, self.mixup, self.mixupControl) = (noise, geometry, mixup, mixupControl)
  }

  /// Augmentations of rows whose features are the pixels of an image, row by row, or a sequence, which is an image of one row.
  ///
  /// They apply to values before scaling, as each feature may be scaled differently, and fill with 0 before scaling (black, silence).
  public struct Geometry: Sendable, Equatable {
    /// Channels, stored one after the other, which are all shifted and cut alike.
    public var channels: Int
    /// Rows of pixels; 1 for a sequence.
    public var rows: Int
    /// Pixels per row.
    public var columns: Int
    /// What was subtracted from each feature.
    public var centers: [Float]
    /// What each feature was then divided by.
    public var units: [Float]
    /// The maximum shift along each axis, in pixels.
    public var shift: Int
    /// The probability of a horizontal flip.
    public var flip: Double
    /// The side of the square that is cut out around a random position in the image, so that it may lie partly outside (DeVries and Taylor
    /// 2017); 0 for none.
    public var cutout: Int
    /// Changes of pixels by resampling and by colour; nil for none.
    public var distortion: Distortion?

    /// Augmentations of images of one size.
    public init(
      channels: Int = 1, rows: Int, columns: Int, centers: [Float], units: [Float], shift: Int = 0, flip: Double = 0, cutout: Int = 0
    ) {
      self.channels = channels
      (self.rows, self.columns, self.centers, self.units) = (rows, columns, centers, units)
      (self.shift, self.flip, self.cutout) = (shift, flip, cutout)
    }
  }

  /// Changes of an image that compute its pixels anew, in their values before scaling.
  public struct Distortion: Sendable, Equatable {
    /// The smallest share of the area that a random crop keeps, with proportions of 3:4 to 4:3, before it is resized to the whole (Inception crop, Szegedy
    /// et al. 2015; torchvision's `RandomResizedCrop`); 1 for none.
    public var crop: Double
    /// The largest angle of rotation, in degrees, either way.
    public var rotation: Double
    /// How far brightness, contrast and saturation are changed: by factors from 1 - color to 1 + color. Of pixels from 0 to 255.
    public var color: Double
    /// The number of random operations, each out of the fourteen of RandAugment (Cubuk et al. 2020); 0 for none. Of pixels from 0 to 255.
    public var operations: Int
    /// Their strength, from 0 to 30.
    public var magnitude: Double

    /// The given changes.
    public init(crop: Double = 1, rotation: Double = 0, color: Double = 0, operations: Int = 0, magnitude: Double = 9) {
      (self.crop, self.rotation, self.color) = (crop, rotation, color)
      (self.operations, self.magnitude) = (operations, magnitude)
    }
  }
}
