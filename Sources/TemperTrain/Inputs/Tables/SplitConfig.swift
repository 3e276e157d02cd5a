import TemperCore
import TemperData
import TemperJSON
import TemperTables

/// The parsed `data.split` block.
struct SplitReading {
  let split: TableConfig.SplitConfig
  /// Whether a tenth is held out if validation is not specified.
  let holdsOut: Bool
  let folds: Folds?
  /// The fraction of test rows, if given.
  let test: Double?

  /// Reads the block; `hasColumns` says whether rows have columns besides their features, as in a table but not in an array.
  init(_ c: FieldReader, hasColumns: Bool) {
    func column(_ key: String, _ doc: String) -> String? { hasColumns ? c.optionalString(key, doc: doc) : nil }
    let assignment = column("column", "Column with the split of each row: train, validation, test, or unused for rows to leave out.")
    let group = column(
      "group", "Group column: rows with the same value are all in the same split. It is not used as a feature.")
    let order = column(
      "order_by",
      "Column of numbers or dates to split by time: the last rows are for test, those before for validation; ties keep file order."
    )
    let held = c.presence(
      "validation", .either(.number(in: .above(0, below: 1)), .object { Folds($0, hasColumns: hasColumns) }),
      doc: "Fraction of rows for validation, or folds for cross-validation; by default a tenth of the training rows, `null` for none.")
    test = c.optionalNumber("test", in: .above(0, below: 1), doc: "Fraction of rows for the test.")
    let stratify = c.optionalBool("stratify", doc: "Keep class proportions in each split; true by default.")
    var validation: Double?
    var (holdsOut, folds): (Bool, Folds?) = (true, nil)
    switch held {
    case .absent: break
    case .null: holdsOut = false
    case .value(.first(let share)): validation = share
    case .value(.second(let beside)): folds = beside
    }
    (self.holdsOut, self.folds) = (holdsOut, folds)
    if let assignment {
      split = .column(assignment)
    } else if let order {
      split = .ordered(by: order, validation: validation, test: test)
    } else {
      // Test rows and folds use the same rule.
      split = .random(
        validation: validation, test: test, stratify: folds?.stratify ?? stratify ?? true, group: folds == nil ? group : folds?.group)
    }

    if assignment != nil, let other = ["validation", "test", "stratify", "group", "order_by"].first(where: { c.has($0) }) {
      c.fail(
        other, .contradiction, "cannot be combined with data.split.column, which assigns each row; remove one of the two",
        with: ["column"])
    } else if folds != nil, let other = ["group", "stratify"].first(where: { c.has($0) }) {
      c.fail(
        other, .contradiction, "belongs beside \"folds\", in data.split.validation, and applies to the test rows too; move it there",
        with: ["validation"])
    } else if order != nil {
      if folds != nil {
        c.fail(
          "validation", .contradiction,
          "has folds, most of which would train on rows later than their validation rows, but data.split.order_by splits by time; "
            + "set a fraction, or remove order_by", with: ["order_by"])
      } else if group != nil {
        c.fail(
          "group", .contradiction, "cannot be combined with data.split.order_by, which may split a group; remove one of the two",
          with: ["order_by"])
      } else if stratify == true {
        c.fail(
          "stratify", .contradiction, "cannot be combined with data.split.order_by, which splits by time alone; remove one of the two",
          with: ["order_by"])
      }
    }
    if let validation, let test, validation + test >= 1 {
      c.fail(
        "test", .invalidValue, "leaves no rows for training: validation and test together must be below 1; hold out less",
        with: ["validation"])
    } else if !holdsOut, test == nil, let key = ["group", "order_by"].first(where: { c.has($0) }) {
      c.fail(key, .invalidValue, "has no effect: validation is null and test is not set; set one of them", with: ["validation", "test"])
    }
  }
}

extension Folds {
  /// Reads the block of folds.
  init(_ c: FieldReader, hasColumns: Bool) {
    let count = c.integer("folds", in: 2...1000, doc: "Number of folds; each is the validation set of a run trained on the others.")
    let stratify = c.bool("stratify", default: true, doc: "Keep class proportions in folds, and in test rows.")
    let group =
      hasColumns
      ? c.optionalString("group", doc: "Group column: rows with the same value share a fold, or are all in test. Not a feature.") : nil
    let fold = c.optionalInteger("fold", in: 1...1000, doc: "Single fold to train, from 1; by default all, one after the other.")
    if let fold, fold > count {
      c.fail("fold", .invalidValue, "is \(fold), but there are only \(count) folds", with: ["folds"])
    }
    self.init(count: count, fold: fold, stratify: stratify, group: group)
  }
}
