import TemperJSON

/// Key names from other tools, mapped to their equivalents here. They are rejected with an error that gives the right name.
enum Aliases {
  /// The aliases, and every key that exists in only one block: elsewhere it is rejected with its right place. If there are several
  /// places, the one that is read under every type is given, if any.
  static let all: [String: String] = {
    let rows = RunConfig.table.filter { $0.path.contains(".") && !$0.path.contains("*") && !$0.path.contains("[") }
    let places = Dictionary(grouping: rows) { row in row.path.split(separator: ".").last.map(String.init) ?? row.path }
    let targets = places.compactMapValues { rows in
      [Set(rows.map(\.path)), Set(rows.filter(\.types.isEmpty).map(\.path))].first { $0.count == 1 }?.first
    }
    return keys.merging(targets) { alias, _ in alias }
  }()

  static let keys: [String: String] = [
    "lr": "optimizer.learning_rate", "learningRate": "optimizer.learning_rate", "eta": "optimizer.learning_rate",
    "wd": "optimizer.weight_decay", "beta1": "optimizer.betas", "beta2": "optimizer.betas", "epsilon": "optimizer.eps",
    "n_epochs": "train.epochs", "num_epochs": "train.epochs", "num_train_epochs": "train.epochs", "max_epochs": "train.epochs",
    "nb_epoch": "train.epochs", "iters": "train.max_steps", "iterations": "train.max_steps", "num_steps": "train.max_steps",
    "steps": "train.max_steps", "max_iters": "train.max_steps", "batch": "train.batch_size", "batchsize": "train.batch_size",
    "bs": "train.batch_size", "per_device_train_batch_size": "train.batch_size", "grad_clip": "train.max_grad_norm",
    "clip_grad_norm": "train.max_grad_norm", "gradient_clip_val": "train.max_grad_norm", "clipnorm": "train.max_grad_norm",
    "grad_accum": "train.gradient_accumulation_steps", "accumulate_grad_batches": "train.gradient_accumulation_steps",
    "early_stop": "early_stopping", "early_stopping_patience": "early_stopping.patience",
    "restore_best_weights": "early_stopping.restore_best",
    "hidden_sizes": "model.hidden", "hidden_layers": "model.hidden", "hidden_dim": "model.hidden",
    "layers": "model.hidden", "act": "model.activation", "nonlinearity": "model.activation", "dropout_rate": "regularization.dropout.rate",
    "target": "data.label", "target_column": "data.label", "label_column": "data.label", "file": "data.path", "filename": "data.path",
    "csv": "data.path", "n_splits": "data.split.validation.folds", "n_folds": "data.split.validation.folds",
    "num_folds": "data.split.validation.folds", "k_folds": "data.split.validation.folds", "kfold": "data.split.validation.folds",
    "cross_validation": "data.split.validation.folds", "test_size": "data.split.test", "time_column": "data.split.order_by",
    "scheduler": "schedule", "lr_scheduler": "schedule", "warmup": "schedule.warmup_steps",
    "num_warmup_steps": "schedule.warmup_steps", "min_lr": "schedule.min_learning_rate", "random_seed": "seed", "random_state": "seed",
    "num_threads": "threads", "n_jobs": "threads", "out_dir": "output_dir", "output": "output_dir", "run_name": "name",
    "pretrained": "init.weights", "init_weights": "init.weights", "load_weights": "init.weights",
    "label_smoothing_factor": "loss.label_smoothing", "noise": "data.label_noise", "noise_rate": "data.label_noise",
    "augmentation": "train.augment", "augmentations": "train.augment", "mixup_alpha": "train.augment.mixup",
    "sampler": "train.sampling", "random_erasing": "train.augment.cutout", "hflip": "train.augment.flip", "fliplr": "train.augment.flip",
    "class_weight": "loss.class_weights", "ignore_class": "loss.ignore_index", "criterion": "loss",
    "drop_path": "regularization.stochastic_depth", "drop_path_rate": "regularization.stochastic_depth",
    "drop_connect": "regularization.dropconnect", "ema": "weight_average", "swa": "weight_average",
  ]
}
