import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperNN
import TemperTables
import TemperText
import TemperTrain

/// Every code that a message ends in, with its remedy.
enum CodeList {
  /// Sorted by code.
  static let all: [(code: Diagnostic.Code, remedy: String)] = [
    (.jsonEmpty, "Write a config into the file; `temper init` writes one."),
    (.jsonUnexpected, "Insert what the message asks for; often a comma or a quote is missing."),
    (.jsonEndsEarly, "Close the string, array or object that the message names."),
    (.jsonTextAfterEnd, "Keep only one object in the file."),
    (.jsonTrailingComma, "Remove the comma."),
    (.jsonComment, "Remove the comment."),
    (.jsonQuotes, #"Write `"`."#),
    (.jsonMalformedNumber, "Write it like -12.5 or 3e-4."),
    (.jsonNumberTooLarge, "Write a smaller number."),
    (.jsonControlCharacter, #"Write `\n`, or put the text on one line."#),
    (.jsonBadEscape, #"Write a backslash as `\\`."#),
    (.jsonLoneSurrogate, "Write the character itself."),
    (.jsonInvalidUTF8, "Save the file as UTF-8."),
    (.jsonDuplicateKey, "Keep only one of the two."),
    (.jsonTooDeep, "Flatten the value: configs need only a few levels."),
    (.jsonMisspeltWord, "Write the word in lowercase."),
    (.missingKey, "Add the key."),
    (.unknownKey, "Use the name that the message suggests, or remove the key."),
    (.alias, "Use the name that the message gives."),
    (.wrongType, "Use a value of the type that the message names."),
    (.outOfRange, "Use a number within the range that the message gives."),
    (.unknownChoice, "Use one of the values that the message lists."),
    (.notReadByType, "Remove the key, or choose the type that reads it."),
    (.contradiction, "Remove one of the two."),
    (.invalidValue, "Change the value, or the other value that the message names."),
    (.malformedOverride, "Write `--set key=value`."),
    (.overrideThroughValue, "Name a key of an object, or replace the whole object."),
    (.fixedSetting, "Leave the setting unchanged, or start a new run."),
    (.tooLarge, "Lower the setting that the message names, or give the process more memory."),
    (.unknownClass, "Write the class as it is in the label column."),
    (.noSuchPart, "Name a split that the run has, or a file with `--input`."),
    (.notATable, "Name a config or a file with a table."),
    (.noLanguage, "Name a run with the task `language_modeling`, or a folder written by `temper import`."),
    (.unknownText, "Remove the characters that the tokenizer does not support."),
    (.noMask, "Use a `data.tokenizer` of type wordpiece, or a file with a mask token."),
    (.notRows, "Use a model for tables, images or labelled texts; for a language model use `temper generate`."),
    (.commandLine, "See the usage below the message; `--help` describes every option."),
    (.differentTasks, "Compare runs of the same task."),
    (.tableEmpty, "Write a header and rows into the file."),
    (.tableWithoutRows, "Add rows."),
    (.raggedRow, "Add the missing fields, or quote a value that contains the delimiter."),
    (.strayQuote, "Quote the whole field and double the quotes inside it, or set `data.quote`."),
    (.unclosedQuote, "Close the quote, or double it if it belongs to the value."),
    (.blankLine, "Remove the line."),
    (.badHeader, "Give every column a unique name, or set `data.duplicate_columns`."),
    (.notUTF8, "Save the file as UTF-8, or set `data.encoding`."),
    (.repeatedHeader, "Remove the row."),
    (.unknownColumn, "Use one of the names that the message lists."),
    (.notANumber, "Correct the value, declare another type for the column, or list the value in `data.missing_values`."),
    (.emptyValue, "Fill in the value, or set `data.impute`; for a label, `data.unlabelled`."),
    (.tooManyCategories, "Declare the column in `data.columns`: `text`, `categorical` or `ignore`."),
    (.unknownCategory, "Correct the value, or set `data.unknown`."),
    (.unknownLabel, "Correct the label, or add rows with it to the training rows."),
    (.columnConflict, "Remove the column from one of the two places."),
    (.missingColumns, "Use a table with these columns."),
    (.unusableLabels, "Set `data.label` to another column, or add rows of more classes."),
    (.badPreprocessing, "Train the model again."),
    (.noFeatures, "Use a table with features, or declare the kind of an ignored column."),
    (.tooManyFeatures, "Ignore columns, or merge rare categories with `data.rare`."),
    (.notALabel, "Write 1 if the row has the label, otherwise 0."),
    (.undeclaredMissing, "List the value in `data.missing_values`, or declare the column categorical."),
    (.notOfItsKind, "Correct the value, or declare another type for the column."),
    (.unusableColumn, "Declare another type for the column, or `ignore` it."),
    (.changedWhileRead, "Run again when no other process is writing to the file."),
    (.tooMuchMemory, "Use part of the file, or add memory."),
    (.notATableOfRows, "Omit `--input`, or use a table with a label."),
    (.badSplitValue, "Write train, validation, test or unused."),
    (.badSplit, "Hold out fewer rows, or set `data.split.stratify` to false."),
    (.badWeights, "Copy or download the file again."),
    (.damagedModel, "Train the model again."),
    (.unfitWeights, "Use weights of a model with the same shape."),
    (.changedData, "Restore the data, or start a new run."),
    (.damagedCheckpoint, "Train again with `--overwrite`."),
    (.unsupportedModel, "Use a supported model type and supported settings."),
    (.contradictoryWeights, "Copy the folder again, or correct its config."),
    (.badLlama2C, "Name the file that llama2.c exported."),
    (.changedMetrics, "Restore the file, or train again with `--overwrite`."),
    (.nonFiniteOutput, "Look for values far outside the range of the training rows."),
    (.notIDX, "Use an IDX file, the format of MNIST."),
    (.idxType, "Store the array as unsigned bytes."),
    (.idxAxes, "Use images with three axes and labels with one."),
    (.idxSize, "Copy or download the file again."),
    (.idxCounts, "Use files with the same number of images and labels."),
    (.imageSize, "Use images of the size that the model was trained on."),
    (.badGzip, "Copy or download the file again."),
    (.unpacksTooLarge, "Decompress the file with gunzip if you trust it."),
    (.columnsDiffer, "Use files with the same columns."),
    (.formatsDiffer, "Use files of one format."),
    (.badJSONLine, "Write one JSON object per line."),
    (.nestedValue, "Use numbers, strings, true, false or null."),
    (.badJSONKey, "Give each key a unique name."),
    (.notNPY, "Write the file with `numpy.save` or `numpy.savez`."),
    (.arrayType, "Convert the array to a numeric type of 16 to 64 bits."),
    (.arrayShape, "Use an array with the shape that the message gives."),
    (.arraySize, "Write the file again."),
    (.badArchive, "Write the archive again, or name an array that it has."),
    (.corpusEmpty, "Name files with text."),
    (.lineWithoutText, "Add the text, or name the key that has it."),
    (.corpusTooSmall, "Add text, or change the split."),
    (.noText, "Add text, or change the split."),
    (.badTokenizer, "Copy or download the tokenizer again, or correct what the message names."),
    (.unsupportedTokenizer, "Use a tokenizer with the components that the message lists."),
    (.noToken, "Train the tokenizer on texts with the character, or add an unknown token."),
    (.untrainableTokenizer, "Use a larger vocabulary, or add text."),
    (.badTokenID, "Write ids of the vocabulary, separated by spaces."),
    (.noRow, "Remove the token, or use the tokenizer that the model was trained with."),
    (.badBaseline, "Write the file again with `temper check --update-baseline`, or correct what the message names."),
    (.damagedRun, "Train again with `--overwrite`."),
    (.inputMissing, "Check the path: in a config it is relative to the config, on the command line to the current directory."),
    (.inputUnreadable, "Name a file, and check its permissions."),
    (.inputTooLarge, "Split the file into several, or take a sample of its rows."),
    (.folderWithoutTables, "Name a folder with tables."),
    (.folderWithoutText, "Name a folder with .txt, .md or .jsonl files."),
    (.noModel, "Name the directory of a run, or its `best/`."),
    (.noRun, "Name the directory of a run."),
    (.noPretrainedModel, "Name a folder with config.json, model.safetensors and tokenizer.json."),
    (.noCheckpoint, "Use a step that the message lists."),
    (.cannotWrite, "Check the path, permissions and free disk space."),
    (.runExists, "Use another `--name`, or add `--overwrite` or `--resume`."),
    (.runLocked, "Wait for the other process, or use another `--name`."),
    (.configExists, "Use another `--output`, or remove the file."),
    (.outputExists, "Use another `--output`, or remove the file."),
    (.runMoved, "Resume it with `--resume` and its new path."),
    (.cannotStart, "Close other programs, or raise the limit on processes."),
    (.unreachablePatience, "Lower `early_stopping.patience`, evaluate more often, or set `early_stopping` to null."),
    (.loneClass, "Add rows of the class, merge it with another, or remove it."),
    (.valuesOnce, "Declare the column in `data.columns`: `text`, `categorical` or `ignore`."),
    (.givesLabelAway, "Ignore the column if it is not known at prediction time."),
    (.wordsAmongLabels, "List the word in `data.missing_values` if it means a missing label."),
    (.numbersAsClasses, "Set `task` to `regression` to predict the number."),
    (.loneCategories, "Set `data.rare.min_count` to 2, which merges rare categories."),
    (.undefinedMetric, "Monitor another metric, or hold out rows of every class."),
    (.highFirstLoss, "Scale the features (`data.normalize`), or use smaller initial weights."),
    (.trainedTooLong, "Train for fewer steps, or set `early_stopping`."),
    (.noBetterThanGuessing, "Check whether the features are related to the label, and add rows."),
    (.neverPredicted, "Add rows of the class, or set `loss.class_weights` to \"balanced\"."),
  ]

  /// A table in Markdown, as in configs/CODES.md.
  static var markdown: String {
    let rows = all.map { code, remedy in "| \(code.name) | \(status(code)) | \(code.meaning) | \(remedy) |" }
    return (["| code | exit | meaning | what to do |", "|---|---|---|---|"] + rows).joined(separator: "\n")
  }

  /// The same as an array of objects.
  static var json: JSON {
    .array(
      all.map { code, remedy in
        ["code": .string(code.name), "exit_code": .integer(status(code)), "meaning": .string(code.meaning), "remedy": .string(remedy)]
      })
  }

  private static func status(_ code: Diagnostic.Code) -> Int {
    ExitStatus(Diagnostics([Diagnostic(code, at: .option(""), "")])).rawValue
  }
}
