/// Images with classes in IDX files, such as MNIST: their files and splits.
public struct ImagesConfig: Sendable, Equatable {
  /// The validation rows held out of the training rows.
  public enum HeldOut: Sendable, Equatable {
    /// This fraction of them, above 0 and below 1.
    case share(Double)
    /// This number of them.
    case rows(Int)
  }

  /// The training images.
  public var train: Files
  /// The test images, if any.
  public var test: Files?
  /// The validation images, stratified by class, out of the training images; nil for none.
  public var validation: HeldOut?
  /// How pixels become features.
  public var scaling: PixelScaling
  /// The class whose images are ignored.
  public var ignoredLabel: Int?

  /// A file of images and one of their labels; files that end in `.gz` are decompressed.
  public struct Files: Sendable, Equatable {
    /// The file of the images.
    public var images: String
    /// The file of their labels.
    public var labels: String

    /// The two files.
    public init(images: String, labels: String) {
      (self.images, self.labels) = (images, labels)
    }
  }

  /// By default a tenth of the training images are for validation.
  public init(train: Files, test: Files? = nil, validation: HeldOut? = .share(0.1), scaling: PixelScaling = .unit) {
    (self.train, self.test, self.validation, self.scaling) = (train, test, validation, scaling)
  }
}
