extension JourneyTests {
  static let arrays: [Journey] = [
    Journey("arrays, cnn", data: array("kinds.npy"), model: cnn("[3]"), "\"train\": {\"epochs\": 4}", .predict("x.npy")),
    Journey(
      "arrays, regression, cnn", "regression", data: array("y.npy"), model: cnn("[3, 1, 1]"), "\"train\": {\"epochs\": 4}",
      .predict("x.npy")),
    Journey("arrays, vit", data: array("kinds.npy"), model: vit("[3]", patch: "1"), "\"train\": {\"epochs\": 4}", .predict("x.npy")),
    Journey(
      "arrays, regression, vit", "regression", data: array("y.npy"), model: vit("[3, 1, 1]", patch: "1"), "\"train\": {\"epochs\": 4}",
      .predict("x.npy")),
    Journey("arrays, tabm", data: array("kinds.npy"), model: tabm, "\"train\": {\"epochs\": 4}", .predict("x.npy")),
    Journey(
      "arrays, regression, tabm", "regression", data: array("y.npy"), model: tabm, "\"train\": {\"epochs\": 4}", .predict("x.npy")),
    Journey(
      "arrays, mlp, max-norm of gradients", data: array("kinds.npy"), model: mlp,
      "\"train\": {\"epochs\": 5, \"max_grad_norm\": 0.5}", .predict("x.npy")),
    Journey(
      "arrays, linear, minmax", data: array("kinds.npy", "\"normalize\": \"minmax\""), model: linear,
      "\"train\": {\"epochs\": 5, \"shuffle\": false}", .predict("x.npy")),
    Journey(
      "arrays, linear, strict", data: array("kinds.npy"), model: linear,
      "\"optimizer\": {\"learning_rate\": 0.1}, \"early_stopping\": {\"patience\": 3}, \"strict\": true, \"train\": {\"epochs\": 20}",
      .predict("x.npy")),
    Journey(
      "arrays, regression, mlp, mae", "regression", data: array("y.npy"), model: mlp,
      "\"loss\": {\"type\": \"mae\"}, \"train\": {\"epochs\": 5}", .predict("x.npy")),
    Journey(
      "arrays, regression, linear, l2", "regression", data: array("y.npy", "\"split\": {\"test\": 0.2, \"validation\": null}"),
      model: linear, "\"regularization\": {\"l2\": 0.01}, \"train\": {\"epochs\": 5}", .predict("x.npy")),
  ]

  /// A folder of PNG and JPEG files in colours.
  private static let files = "{\"type\": \"images\", \"path\": \"data/pictures\", \"split\": {\"test\": 0.2}}"

  static let imageFiles: [Journey] = [
    Journey(
      "image files, cnn, all augmentations", data: files,
      model: "{\"type\": \"cnn\", \"channels\": [4], \"hidden\": [6]}",
      """
      "train": {"epochs": 3, "augment": {"shift": 1, "flip": 0.5, "crop": 0.6, "rotate": 10, "color": 0.2, "randaugment": {}, "cutmix": 1, "mixup": 0.2}}
      """, .predict("pictures")),
    Journey(
      "image files, resized, without memory, mlp",
      data: "{\"type\": \"images\", \"path\": \"data/pictures\", \"size\": [3, 5], \"cache_mb\": 0, \"normalize\": \"standard\"}",
      model: mlp,
      "\"train\": {\"epochs\": 3}", .predict("pictures")),
    Journey("image files, tabm", data: files, model: tabm, "\"train\": {\"epochs\": 3}", .predict("pictures")),
    Journey(
      "image files, vit", data: files,
      model: "{\"type\": \"vit\", \"patch\": 2, \"hidden_size\": 8, \"num_hidden_layers\": 2, \"num_attention_heads\": 2}",
      "\"train\": {\"epochs\": 3, \"augment\": {\"randaugment\": {\"operations\": 1}}}", .predict("pictures")),
    Journey("image files, linear", data: files, model: linear, "\"train\": {\"epochs\": 3}", .predict("pictures")),
  ]

  static let images: [Journey] = [
    Journey(
      "images, cnn, augmented", data: idx,
      model: "{\"type\": \"cnn\", \"channels\": [4], \"kernel\": 2, \"padding\": 1, \"pool\": \"average\", \"hidden\": [6]}",
      "\"train\": {\"epochs\": 3, \"augment\": {\"shift\": 1, \"mixup\": 0.2}}, \"weight_average\": {\"type\": \"ema\"}", .predict("images")
    ),
    Journey(
      "images, residual cnn", data: idx,
      model:
        "{\"type\": \"cnn\", \"block\": \"residual\", \"channels\": [4, 6], \"stride\": [1, 2], \"pool\": \"none\", \"global_pool\": true, "
        + "\"hidden\": []}",
      "\"regularization\": {\"stochastic_depth\": 0.2}, \"train\": {\"epochs\": 3}", .predict("images")),
    Journey(
      "images, mobilenet", data: idx,
      model:
        "{\"type\": \"cnn\", \"preset\": \"mobilenet\", \"channels\": [4, 6], \"stem\": {\"channels\": 4, \"stride\": 1}, \"last_channels\": 8, "
        + "\"norm\": \"group\", \"norm_groups\": 2}",
      "\"regularization\": {\"stochastic_depth\": 0.2}, \"train\": {\"epochs\": 3}", .predict("images")),
    Journey(
      "images, vit, augmented", data: idx,
      model:
        "{\"type\": \"vit\", \"patch\": [1, 1], \"pool\": \"mean\", \"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 2}",
      "\"regularization\": {\"dropout\": {\"rate\": 0.1}, \"stochastic_depth\": 0.1}, \"train\": {\"epochs\": 3, \"augment\": {\"shift\": 1}}",
      .predict("images")),
    Journey(
      "images, tabm, mixup", data: idx, model: tabm, "\"train\": {\"epochs\": 3, \"augment\": {\"mixup\": 0.2}}", .predict("images")),
    Journey(
      "images, mlp, augmented", data: idx, model: mlp,
      "\"train\": {\"epochs\": 4, \"augment\": {\"shift\": 1, \"mixup\": 0.2}}", .predict("images")),
    Journey(
      "images, linear, probabilities", data: idx, model: linear,
      "\"loss\": {\"from\": \"probabilities\"}, \"train\": {\"epochs\": 4}", .predict("images")),
  ]

  static func vit(_ shape: String, patch: String) -> String {
    "{\"type\": \"vit\", \"shape\": \(shape), \"patch\": \(patch), \"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 1}"
  }
}
