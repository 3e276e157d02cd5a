import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperNN
import TemperTables
import TemperText
import TemperTrain

/// Every code that a message ends in, with what to do about it.
enum CodeList {
  /// In the order of the codes.
  static let all: [(code: Diagnostic.Code, remedy: String)] = [
    (.jsonEmpty, "Write a config into it, as `temper init` does."),
    (.jsonUnexpected, "Put what the message asks for at the place it names; mostly a comma or a quote is missing."),
    (.jsonEndsEarly, "Close the string, array or object that the message names."),
    (.jsonTextAfterEnd, "Keep one object in the file."),
    (.jsonTrailingComma, "Remove the comma."),
    (.jsonComment, "Remove the comment."),
    (.jsonQuotes, #"Write `"`."#),
    (.jsonMalformedNumber, "Write it like -12.5 or 3e-4."),
    (.jsonNumberTooLarge, "Write a smaller number."),
    (.jsonControlCharacter, #"Write `\n`, or put the text on one line."#),
    (.jsonBadEscape, #"Write a backslash as `\\`."#),
    (.jsonLoneSurrogate, "Write the character itself."),
    (.jsonInvalidUTF8, "Save the file as UTF-8."),
    (.jsonDuplicateKey, "Keep one of the two."),
    (.jsonTooDeep, "Flatten it: configs need a few levels."),
    (.jsonMisspeltWord, "Write it in small letters."),
    (.missingKey, "Add the key."),
    (.unknownKey, "Take the name that the message suggests, or remove the key."),
    (.alias, "Write the name that the message gives."),
    (.wrongType, "Write a value of the type that the message names."),
    (.outOfRange, "Write a number within the range that the message gives."),
    (.unknownChoice, "Write one of the words that the message lists."),
    (.notReadByType, "Remove the key, or choose the type that reads it."),
    (.contradiction, "Remove one of the two."),
    (.invalidValue, "Change the value, or that which the message names beside it."),
    (.malformedOverride, "Write `--set key=value`."),
    (.overrideThroughValue, "Name a key of an object, or give the whole object."),
    (.fixedSetting, "Leave the setting as it was, or begin another run."),
    (.tooLarge, "Lower the setting that the message names, or give the process more memory."),
    (.unknownClass, "Write the class as the label column has it."),
    (.noSuchPart, "Name a part that the run has, or a file by `--input`."),
    (.notATable, "Name a config or a file whose rows are a table."),
    (.noLanguage, "Name a run of the task language_modeling, or a folder that temper import wrote."),
    (.unknownText, "Leave out what the tokenizer does not know."),
    (.noMask, "Take data.tokenizer of the type wordpiece, or a file with a mask token."),
    (.notRows, "Name a model of rows, or take temper generate."),
    (.commandLine, "Write it as the usage below the message says; `--help` tells more."),
    (.tableEmpty, "Write a header and rows into the file."),
    (.tableWithoutRows, "Add rows."),
    (.raggedRow, "Add what is missing, or put a value that holds the delimiter in quotes."),
    (.strayQuote, "Put the whole field in quotes and double those inside it, or set `data.quote`."),
    (.unclosedQuote, "Close the quote, or double it if it belongs to the value."),
    (.blankLine, "Remove the line."),
    (.badHeader, "Name the column, and each one differently, or set `data.duplicate_columns`."),
    (.notUTF8, "Save the file as UTF-8, or set `data.encoding`."),
    (.repeatedHeader, "Remove the row."),
    (.unknownColumn, "Take one of the names that the message lists."),
    (.notANumber, "Correct the value, declare the column otherwise, or list the word in `data.missing_values`."),
    (.emptyValue, "Fill it in, or set `data.impute`; for a label, `data.unlabelled`."),
    (.tooManyCategories, "Declare the column in `data.columns`: `text`, `categorical` or `ignore`."),
    (.unknownCategory, "Correct the value, or set `data.unknown`."),
    (.unknownLabel, "Correct the label, or give rows like it to training."),
    (.columnConflict, "Take the column out of one of the two places."),
    (.missingColumns, "Give a table with these columns."),
    (.unusableLabels, "Name another column by `data.label`, or give rows of more classes."),
    (.badPreprocessing, "Train the model again."),
    (.noFeatures, "Give a table with a column to learn from, or declare one that was left out."),
    (.tooManyFeatures, "Leave columns out, or make rare categories one by `data.rare`."),
    (.notALabel, "Write 1 where a row has the label and 0 where not."),
    (.undeclaredMissing, "List the word in `data.missing_values`, or declare the column categorical."),
    (.notOfItsKind, "Correct the value, or declare the column otherwise."),
    (.unusableColumn, "Declare the column otherwise, or `ignore` it."),
    (.changedWhileRead, "Run again when nobody writes to the file."),
    (.tooMuchMemory, "Take a part of the file, or more memory."),
    (.notATableOfRows, "Leave `--input` out, or give a table with a label."),
    (.badSplitValue, "Write train, validation, test or unused."),
    (.badSplit, "Hold out less, or turn `data.split.stratify` off."),
    (.badWeights, "Copy or download the file again."),
    (.damagedModel, "Train the model again."),
    (.unfitWeights, "Name weights of a model of the same shape."),
    (.changedData, "Bring the old data back, or begin another run."),
    (.damagedCheckpoint, "Begin the run anew with `--overwrite`."),
    (.unsupportedModel, "Take a model of a kind that Temper has, or settings that it knows."),
    (.contradictoryWeights, "Copy the folder again, or correct its config."),
    (.badLlama2C, "Name the file that llama2.c exported."),
    (.changedMetrics, "Bring the file back, or begin the run anew with `--overwrite`."),
    (.nonFiniteOutput, "Look for values far from those of the training rows."),
    (.notIDX, "Name an IDX file, such as MNIST comes in."),
    (.idxType, "Write the array as unsigned bytes."),
    (.idxAxes, "Give images of three axes, and labels of one."),
    (.idxSize, "Copy or download the file again."),
    (.idxCounts, "Name the images and the labels of the same rows."),
    (.imageSize, "Give images of the size that the model learned."),
    (.badGzip, "Copy or download the file again."),
    (.unpacksTooLarge, "Unpack it with gunzip if it is to be trusted."),
    (.columnsDiffer, "Give files with the same columns."),
    (.formatsDiffer, "Give files of one format."),
    (.badJSONLine, "Write one object a line."),
    (.nestedValue, "Write numbers, texts, true, false or null."),
    (.badJSONKey, "Name each key once."),
    (.notNPY, "Write the file with numpy's `save` or `savez`."),
    (.arrayType, "Convert the array to a numeric type of 16 to 64 bits."),
    (.arrayShape, "Give an array of the shape that the message names."),
    (.arraySize, "Write the file again."),
    (.badArchive, "Write the archive again, or name an array that it has."),
    (.corpusEmpty, "Name files with text."),
    (.lineWithoutText, "Add the text, or name the key that has it."),
    (.corpusTooSmall, "Give more text, or hold out another share."),
    (.noText, "Give more text, or another split."),
    (.badTokenizer, "Copy or download the tokenizer again, or correct what the message names."),
    (.unsupportedTokenizer, "Make the tokenizer of the parts that the message lists."),
    (.noToken, "Make the tokenizer of texts that have the character, or with an unknown token."),
    (.untrainableTokenizer, "Ask for a larger vocabulary, or give more text."),
    (.badTokenID, "Write whole numbers that are ids of the tokenizer, with spaces between them."),
    (.noRow, "Leave the token out, or take the tokenizer that the model was trained with."),
    (.inputMissing, "Check the path; it is relative to the config, and on the command line to the working folder."),
    (.inputUnreadable, "Name a file, and check its permissions."),
    (.inputTooLarge, "Split the file into several, or take a sample of its rows."),
    (.folderWithoutTables, "Name a folder that holds tables."),
    (.folderWithoutText, "Name a folder that holds .txt, .md or .jsonl files."),
    (.noModel, "Name the directory of a run, or its best/."),
    (.noRun, "Name the directory of a run."),
    (.noPretrainedModel, "Name a folder with config.json, model.safetensors and tokenizer.json."),
    (.noCheckpoint, "Name a step that the message lists."),
    (.cannotWrite, "Check the path, its permissions and the space left."),
    (.runExists, "Give another `--name`, or `--overwrite`, or `--resume`."),
    (.runLocked, "Wait for the other process, or give another `--name`."),
    (.configExists, "Give another `--output`, or remove the file."),
    (.outputExists, "Give another `--output`, or remove the file."),
    (.runMoved, "Go on with it by `--resume` and its new path."),
    (.unreachablePatience, "Lower `early_stopping.patience`, evaluate more often, or set `early_stopping` to null."),
    (.loneClass, "Add rows of the class, or merge it with another, or leave it out."),
    (.valuesOnce, "Declare the column in `data.columns`: `text`, `categorical` or `ignore`."),
    (.givesLabelAway, "Ignore the column if it is not known when a prediction is to be made."),
    (.wordsAmongLabels, "List the word in `data.missing_values` if it stands for a missing label."),
    (.numbersAsClasses, "Set `task` to `regression` to predict the number."),
    (.loneCategories, "Set `data.rare` to 2, so that rare categories become one."),
    (.undefinedMetric, "Watch another metric, or hold out rows of every class."),
    (.highFirstLoss, "Scale the features (`data.normalize`), or take smaller first weights."),
    (.trainedTooLong, "Train for fewer steps, or let `early_stopping` end the run."),
    (.noBetterThanGuessing, "Look whether the columns say anything about the label, and for more rows."),
    (.neverPredicted, "Give more rows of the class, or set `loss.class_weights` to \"balanced\"."),
  ]

  /// A table in Markdown, as the README has it.
  static var markdown: String {
    let rows = all.map { code, remedy in "| \(code.name) | \(status(code)) | \(code.meaning) | \(remedy) |" }
    return (["| code | exit | meaning | what to do |", "|---|---|---|---|"] + rows).joined(separator: "\n")
  }

  /// An array of objects.
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
