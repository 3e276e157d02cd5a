import TemperJSON
import TemperRunSupport
import Testing

import TemperTables

@Suite("Prediction files") struct PredictionWriterTests {
  static let text = "id,note\n007,\"a, \"\"b\"\"\"\n8,\"x\ny\"\n9,\n"

  @Test func csv() throws {
    let writer = try PredictionWriter(
      .csv, table: table(Self.text), passthrough: ["id", "note"], target: .classes(label: "y", names: ["no", "yes, sure"]))
    let text =
      writer.header + writer.lines(rows: 0..<2, outputs: [0.25, 0.75, 0.5, 0.5])
      + writer.lines(rows: 2..<3, outputs: [1, 1e-9])
    #expect(
      text == """
        id,note,prediction,probability_no,"probability_yes, sure"
        007,"a, ""b""\","yes, sure",0.25,0.75
        8,"x
        y",no,0.5,0.5
        9,"",no,1.0,1e-09

        """)
    let back = try table(text)
    #expect(rows(back)[0] == ["007", "a, \"b\"", "yes, sure", "0.25", "0.75"])
    #expect(NumberGrammar.double(back.text(row: 2, column: 4)) == 1e-9)
  }

  @Test func jsonLines() throws {
    let writer = try PredictionWriter(
      .jsonl, table: table(Self.text), passthrough: ["note"], target: .classes(label: "y", names: ["no", "\"yes\""]))
    #expect(writer.header == "")
    let lines = writer.lines(rows: 0..<2, outputs: [0.25, 0.75, .nan, 1e-9]).split(separator: "\n")
    #expect(
      lines == [
        #"{"note":"a, \"b\"","prediction":"\"yes\"","probability_no":0.25,"probability_\"yes\"":0.75}"#,
        #"{"note":"x\ny","prediction":"\"yes\"","probability_no":null,"probability_\"yes\"":1e-09}"#,
      ])
    for line in lines { #expect(try JSON.parse(String(line), path: "p").members?.count == 4) }
  }

  @Test func columnsThatCannotBePassedThrough() {
    #expect(
      errors {
        try PredictionWriter(
          .csv, table: table("id,prediction\n1,2\n"), passthrough: ["ids", "prediction"],
          target: .classes(label: "y", names: ["a"]))
      } == [
        "t.csv:1:1: the columns to pass through: unknown column \"ids\". Did you mean \"id\"? Columns: \"id\", \"prediction\". [E0211]",
        "t.csv:1:4: the predictions already have a column \"prediction\". Do not pass it through again, or rename it. [E0217]",
      ])
  }
}
