import TemperRunSupport
import Testing

@testable import TemperTrain

extension ResumeTests {
  @Test(arguments: [
    #"{"type": "tabm", "members": 3, "hidden": [6, 5]}"#,
    #"{"type": "tabm", "members": 2, "hidden": [6, 4], "variant": "full", "numeric_embedding": {"type": "periodic"}}"#,
    #"{"type": "cnn", "shape": [6], "channels": [3, 4], "hidden": [5, 4]}"#,
    #"{"type": "cnn", "shape": [2, 3], "channels": [3, 4], "block": "residual", "pool": "none", "norm": "none", "global_pool": true, "hidden": [5, 4]}"#,
    #"{"type": "vit", "shape": [2, 3], "patch": [2, 1], "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 2}"#,
    #"{"hidden": [6, 4], "numeric_embedding": {"type": "piecewise_linear"}, "feature_scaling": true, "parametrization": "ntk", "#
      + #""parametric_activation": true, "initializer": {"type": "data_driven"}, "category_embedding": {"type": "learned", "min_features": 2}}"#,
  ])
  func networksForTablesGoOn(model: String) throws { try expectGoesOn(stops: [3, 17], changes: ["model=\(model)"]) }
}
