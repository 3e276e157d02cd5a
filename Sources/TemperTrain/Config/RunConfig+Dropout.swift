import TemperJSON
import TemperNN
import TemperOptim

extension RunConfig {
  /// Reports dropout that the model cannot have.
  func checkDropout(_ c: FieldReader) {
    let (dropout, key) = (regularization.dropout, "regularization.dropout")
    let rates = dropout.rates.count
    if dropout.isNone, rates == 1, regularization.dropoutPlaces == nil { return }
    if model.hiddenLayers == 0 {
      c.fail(key, .invalidValue, "has no effect: \(type(of: model).type) models have no hidden layers; remove it", with: ["model.type"])
    } else if rates > 1, rates != model.hiddenLayers {
      c.fail(
        key + ".rate", .invalidValue,
        "has \(rates) rates for \(model.hiddenLayers) \(model is any TransformerDropoutKeys ? "blocks" : "hidden layers"); set one for each, "
          + "or a single one for all",
        with: ["model.hidden", "model.type", "model.n_layer", "model.num_hidden_layers"])
    } else if case .variational = dropout, let mlp = model as? MLPConfig, mlp.isNTK {
      c.fail(
        "model.parametrization", .contradiction,
        "\"ntk\" scales the weights that \(key) of the type \"variational\" makes random; remove one of the two", with: [key + ".type"])
    } else if !model.learnsDropout, let kind = dropout.nameWithoutSchedule {
      c.fail(
        key + ".type", .invalidValue, "\(quoted(kind)) is not supported for \(type(of: model).type) models; use another type",
        with: ["model.type"])
    } else if let transformer = model as? any TransformerDropoutKeys {
      checkDropout(of: transformer, c)
    } else if regularization.dropoutPlaces != nil {
      c.fail(key + ".places", .invalidValue, "is only supported for transformers; remove it", with: ["model.type"])
    } else if case .variational = dropout, loss.replacesHead {
      c.fail(
        "loss.type", .contradiction,
        "takes the place of the last layer in training, whose weights \(key) of the type \"variational\" makes random; change one of the two",
        with: [key + ".type"])
    }
  }

  private func checkDropout(of transformer: any TransformerDropoutKeys, _ c: FieldReader) {
    let (dropout, key) = (regularization.dropout, "regularization.dropout")
    let type = dropout.nameWithoutSchedule ?? ""
    let (possible, _) = dropout.places
    if possible.isEmpty {
      c.fail(
        key + ".type", .invalidValue, "\(quoted(type)) is only supported for mlp models; use another type", with: ["model.type"])
    } else if dropout.isNone {
      c.fail(
        key + ".places", .invalidValue, "has no effect with a rate of 0; set \(key).rate, or remove it", with: [key + ".rate"])
    } else if let place = regularization.dropoutPlaces?.first(where: { !possible.contains($0) }) {
      c.fail(
        key + ".places", .invalidValue,
        "\(quoted(place.rawValue)) is not supported by the type \(quoted(type)); use "
          + possible.map { quoted($0.rawValue) }.joined(separator: " or "),
        with: [key + ".type"])
    } else if let own = transformer.dropoutRates.first(where: { $0.rate != $0.standard }) {
      c.fail(
        "model." + own.key, .contradiction,
        "is set, but \(key) replaces the dropout rates of the model; remove one of the two, and list in \(key).places where to drop",
        with: [key])
    } else if case .concrete = dropout, regularization.transformerDropout?.places.contains(.embedding) == true,
      optimizer.rule.rows == .touched
    {
      c.fail(
        "optimizer.rows", .contradiction,
        "is \"touched\", but the penalty of concrete dropout gives every row of the embeddings a gradient; remove one of the two, or "
          + "leave \"embedding\" out of \(key).places",
        with: [key])
    }
  }
}
