import TemperFiles

/// How pixels of 0 to 255 become features.
public enum PixelScaling: String, Sendable, CaseIterable {
  /// Divided by 255.
  case unit
  /// To mean 0 and deviation 1 over all pixels of a channel in the training images; divided by 255 where they are all the same.
  case standard
  /// Not at all.
  case none
}

/// Images with classes in IDX files, as MNIST and its relatives come: where they are, and which are for what.
public struct ImagesConfig: Sendable, Equatable {
  /// The rows that are held out of the training rows.
  public enum HeldOut: Sendable, Equatable {
    /// This share of them, above 0 and below 1.
    case share(Double)
    /// So many of them.
    case rows(Int)
  }

  /// The images to learn from.
  public var train: Files
  /// The images to report on at the end, if there are any.
  public var test: Files?
  /// How many training images, stratified by class, are for validation; nil for none.
  public var validation: HeldOut?
  /// How pixels become features.
  public var scaling: PixelScaling
  /// The class whose images are left out.
  public var ignoredLabel: Int?

  /// A file of images and one of their labels; names that end in `.gz` are unpacked.
  public struct Files: Sendable, Equatable {
    /// The file of the images.
    public var images: String
    /// The file of their labels.
    public var labels: String

    /// Two files.
    public init(images: String, labels: String) {
      (self.images, self.labels) = (images, labels)
    }
  }

  /// Images, of which a tenth is for validation unless said otherwise.
  public init(train: Files, test: Files? = nil, validation: HeldOut? = .share(0.1), scaling: PixelScaling = .unit) {
    (self.train, self.test, self.validation, self.scaling) = (train, test, validation, scaling)
  }
}
