/// Images in files of their own: where they are, and how they are split and read.
public struct ImageFilesConfig: Sendable {
  /// A folder with a folder for each class, or a list of paths and classes.
  public enum Source: Sendable, Equatable {
    /// All images, of which these fractions are for validation and test; nil for none.
    case single(String, validation: Double?, test: Double?, stratify: Bool)
    /// Images that are split already; nil for those that there are not. Without others, a fraction of the training images may be for validation.
    case parts(train: String, validation: String?, test: String?, heldOut: Double?)
  }

  /// Where the images are.
  public var source: Source
  /// The column of a list with the paths.
  public var pathColumn = "path"
  /// The column of a list with the classes.
  public var labelColumn = "label"
  /// Height and width of the model's images; nil for those of all training images.
  public var size: (height: Int, width: Int)?
  /// Whether the model's images are grey; nil where all training images are.
  public var isGrey: Bool?
  /// What happens to images of another size.
  public var resizing = ImageResizing.crop
  /// How pixels become features.
  public var scaling = PixelScaling.unit
  /// Whether images that cannot be decoded are left out.
  public var skipsDamaged = false
  /// Bytes of decoded images that may stay in memory.
  public var cache = 2 << 30
  /// The class whose images are ignored.
  public var ignoredLabel: Int?

  /// Images from `source`.
  public init(_ source: Source) { self.source = source }
}
