/// The version of Temper, printed by `temper --version` and recorded in manifests.
public let temperVersion = "0.1.0"
