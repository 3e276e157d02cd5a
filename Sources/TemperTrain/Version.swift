/// This version of Temper, as `temper --version` prints it and manifests record it.
public let temperVersion = "0.1.0"
